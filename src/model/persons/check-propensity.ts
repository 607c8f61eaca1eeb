// The word of a version held against what came: who was asked about one horizon ago is asked about again as
// they were then, with the version that was in use then.

import {
  MODEL_CHECKED,
  MODEL_DRIFT_FOUND,
  type ModelChecked,
  type ModelDriftFound,
  type ModelKey,
} from '../events.ts'
import type { PropensityModel } from '../propensity/model.ts'
import { calibrationOf, PSI_MAX, scorePsi } from './calibration-check.ts'
import type { Journal } from './journal.ts'
import { observe } from './observe.ts'
import { outcomeOf, questionOf, scoreRows, type Task } from './train-propensity.ts'

export type SaidVersion = {
  readonly key: ModelKey
  readonly version: string
  readonly horizonMs: number
  /** ms: from when to when it had the word; Infinity while it has. */
  readonly from: number
  readonly until: number
  readonly parameters: unknown
  readonly scoreEdges: readonly number[]
}

export type CheckFact =
  | { readonly type: typeof MODEL_CHECKED; readonly data: ModelChecked }
  | { readonly type: typeof MODEL_DRIFT_FOUND; readonly data: ModelDriftFound }

/** With fewer rows, or fewer of one outcome, nothing is said. */
const ROWS_MIN = 300
const OUTCOMES_MIN = 30

/** Facts about the versions of one model; none while no outcome is ripe. */
export const checkPropensity = (
  journal: Journal,
  task: Task,
  said: readonly SaidVersion[],
): readonly CheckFact[] => {
  const { key, dataUntil } = task
  const mine = said.filter((one) => one.key === key)
  const current = mine.find(({ until }) => until === Number.POSITIVE_INFINITY)
  if (current === undefined) return []
  const psi = psiNow(journal, task, current)
  const facts: CheckFact[] = []
  if (psi !== null && psi > PSI_MAX)
    facts.push(driftFact({ key, version: current.version, measure: 'psi', value: psi, error: 0 }))
  const spoke = mine.findLast(({ from, until, horizonMs }) => {
    const saidAt = dataUntil - horizonMs
    return from <= saidAt && saidAt < until
  })
  if (spoke === undefined) return facts
  const saidAt = dataUntil - spoke.horizonMs
  const then = { ...task, horizonMs: spoke.horizonMs }
  const rows = observe(journal, questionOf(then, [Math.floor(saidAt / 1_000)]))
  const came = outcomeOf(task.key, rows)
  const positives = came.reduce((sum, y) => sum + y, 0)
  if (rows.rows < ROWS_MIN || Math.min(positives, rows.rows - positives) < OUTCOMES_MIN) return facts
  const found = calibrationOf(scoreRows(spoke.parameters as PropensityModel, rows), came)
  const checked: ModelChecked = {
    key,
    version: spoke.version,
    saidAt,
    rows: rows.rows,
    positives,
    slope: found.slope,
    slopeError: found.error,
    deciles: found.deciles,
    psi: psi ?? 0,
  }
  facts.unshift({ type: MODEL_CHECKED, data: checked })
  if (found.isOff)
    facts.push(
      driftFact({
        key,
        version: spoke.version,
        measure: 'calibration_slope',
        value: found.slope,
        error: found.error,
      }),
    )
  return facts
}

const driftFact = (data: ModelDriftFound): CheckFact => ({ type: MODEL_DRIFT_FOUND, data })

/** How far today's scores have moved; null with too few people. */
const psiNow = (journal: Journal, task: Task, { parameters, scoreEdges }: SaidVersion): number | null => {
  const rows = observe(journal, questionOf(task, [Math.floor(task.dataUntil / 1_000)]))
  return rows.rows < ROWS_MIN ? null : scorePsi(scoreRows(parameters as PropensityModel, rows), scoreEdges)
}
