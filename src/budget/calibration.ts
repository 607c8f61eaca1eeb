// What experiments say of a line: each against what the line claimed in its days.

import type { BudgetExperimentRead } from './events.ts'
import { attributedAt, type LineModel } from './learn/line-model.ts'
import { calibrate, CALIBRATION_PRIOR, type Calibration } from './plan.ts'

/** An experiment never makes earlier ones surer than this: what was so then need not be so now. */
const KEPT_ERROR_MIN = 0.1

/** The share of the claimed value that is real; the prior without experiments. `valueOn` is a day's claim, null where none is known. */
export const calibrationFrom = (
  experiments: readonly Pick<BudgetExperimentRead, 'fromDay' | 'toDay' | 'effect' | 'standardError'>[],
  model: LineModel,
  dayOf: (day: number) => { readonly spend: number; readonly value: number } | undefined,
): Calibration => {
  let calibration = CALIBRATION_PRIOR
  for (const { fromDay, toDay, effect, standardError } of experiments) {
    let attributed = 0
    for (let day = fromDay; day <= toDay; day++) {
      const seen = dayOf(day)
      if (seen === undefined) continue
      // The part of that day's own claim that hangs on spend, as the model parts it now.
      const now = attributedAt(model, seen.spend)
      attributed += seen.value * (now / Math.max(now + model.base, 1e-9))
    }
    calibration = calibrate(
      {
        share: calibration.share,
        standardError: Math.max(calibration.standardError, KEPT_ERROR_MIN),
      },
      { effect, standardError, attributed },
    )
  }
  return calibration
}
