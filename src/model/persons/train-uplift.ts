// The uplift of one campaign, learnt from its own control group: judged on halves not seen, and said to be for
// single people only when its ranking is surely better than chance.

import { assert } from '../../kernel/assert.ts'
import { versionOf } from '../../kernel/version.ts'
import { PERSON_COLUMNS } from '../../profile/index.ts'
import type { CardInterval, ModelNotTrained, ModelTrained, NotTrainedReason } from '../events.ts'
import { assessUplift } from '../uplift/assess.ts'
import type { Interval } from '../uplift/curve.ts'
import type { UpliftModel } from '../uplift/learners.ts'
import type { Frame, FrameColumn } from '../propensity/frame.ts'
import { compileLinear, type RowScorer } from '../propensity/score-one.ts'
import { TRIAL_WIDTH, type TrialTable } from './trials.ts'

export type UpliftParameters = {
  readonly model: Extract<UpliftModel, { kind: 'dr' }>
  /** Least and greatest value of each of PERSON_COLUMNS in the trial; null where none was known. */
  readonly ranges: readonly (readonly [low: number, high: number] | null)[]
}

/** What the campaign is expected to bring of a person; what lies outside of the trial counts as its edge. */
export const compileUplift = ({ model, ranges }: UpliftParameters): RowScorer => {
  const score = compileLinear(model, PERSON_COLUMNS)
  const inside = new Float64Array(PERSON_COLUMNS.length)
  return (values) => {
    for (let c = 0; c < inside.length; c++) {
      const range = ranges[c] ?? null
      const value = values[c] as number
      inside[c] = range === null ? Number.NaN : Math.max(range[0], Math.min(range[1], value))
    }
    return score(inside)
  }
}

/** People of each group whose window is over. */
export const GROUP_MIN = 200
const TOP_SHARE = 0.3

/** A trained model, or why there is none. Deterministic. Costs are in the outcomes already. */
export const trainUplift = (table: TrialTable, dataUntil: number): ModelTrained | ModelNotTrained => {
  const key = `uplift:${table.campaignId}` as const
  const refuse = (reason: NotTrainedReason, has: number): ModelNotTrained => ({
    key,
    dataUntil,
    reason,
    needs: GROUP_MIN,
    has,
    detail: '',
  })
  const treated = table.treated.reduce((sum, t) => sum + t, 0)
  if (treated < GROUP_MIN) return refuse('treated', treated)
  if (table.treated.length - treated < GROUP_MIN) return refuse('untreated', table.treated.length - treated)
  const frame = frameOf(table)
  const { assessment, model } = assessUplift(
    {
      frame,
      treated: table.treated,
      outcome: table.outcomes,
      propensity: table.propensity,
    },
    // All of it was known when the groups were drawn.
    { keep: PERSON_COLUMNS },
  )
  const { effect, dr, tenths, targeting, targetRows, rows, treatedRows } = assessment
  const top = dr.upliftAt.find(({ share }) => share === TOP_SHARE)
  assert(model.kind === 'dr', 'the model that is kept is the DR-learner')
  const parameters: UpliftParameters = { model, ranges: frame.columns.map(rangeOf) }
  return {
    key,
    version: `uplift-${versionOf(parameters)}`,
    dataUntil,
    horizonMs: table.windowMs,
    parameters,
    card: {
      kind: 'uplift',
      campaignId: table.campaignId,
      rows,
      treatedRows,
      effect: interval(effect),
      qini: interval(dr.qini),
      upliftTop: { share: TOP_SHARE, ...interval(top ?? effect) },
      tenths,
      targeting: targeting.decision,
      because: targeting.because,
      targetShare: targetRows / rows,
      cost: 0,
    },
  }
}

const interval = ({ value, low, high }: Interval): CardInterval => ({ value, low, high })

const rangeOf = (column: FrameColumn): UpliftParameters['ranges'][number] => {
  if (column.kind !== 'number') return null
  const known = column.values.filter((_, row) => column.missing[row] === 0)
  if (known.length === 0) return null
  return [
    known.reduce((low, value) => Math.min(low, value)),
    known.reduce((high, value) => Math.max(high, value)),
  ]
}

const frameOf = ({ treated, vectors }: TrialTable): Frame => ({
  rows: treated.length,
  columns: PERSON_COLUMNS.map((name, c) => {
    const read = (row: number): number => vectors[row * TRIAL_WIDTH + c] as number
    return {
      name,
      kind: 'number' as const,
      values: Float64Array.from(treated, (_, row) => (Number.isNaN(read(row)) ? 0 : read(row))),
      missing: Uint8Array.from(treated, (_, row) => Number(Number.isNaN(read(row)))),
    }
  }),
})
