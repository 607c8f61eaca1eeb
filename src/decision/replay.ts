// Proof that a record is enough: the same scores, seed and policy give the same draw.

import { NOTHING } from '../kernel/ids.ts'
import { canonicalJson } from '../kernel/json.ts'
import { distribution, drawSlot } from '../model/index.ts'
import { chooseFrom, slotSeedOf } from './decide.ts'
import type { DecisionMade } from './events.ts'

export type Replay = {
  /** Whether the record's action and every probability came out again, to the bit. */
  readonly agrees: boolean
  readonly actionId: string
  readonly propensity: number
  /** What differs, in words; [] when it agrees. */
  readonly differences: readonly string[]
}

/** Works out distribution and draw from nothing but the record. */
export const replayRecord = (record: DecisionMade): Replay => {
  const { candidates } = record
  const probabilities =
    candidates.length === 1
      ? [1]
      : distribution(
          record.policy,
          {
            mean: Float64Array.from(candidates, ({ mean }) => mean),
            stderr: Float64Array.from(candidates, ({ stderr }) => stderr),
            noise: record.modelNoise ?? 0,
          },
          { examples: record.modelExamples ?? 0, actionIds: candidates.map(({ actionId }) => actionId) },
        )
  const again = candidates.map((candidate, index) => ({
    ...candidate,
    probability: (probabilities[index] ?? 0) + 0,
  }))
  const drawn = again[record.group === 'holdout' ? 0 : chooseFrom(again, record.seed)]
  const actionId = drawn?.actionId ?? NOTHING
  const propensity = drawn?.probability ?? 1
  const differences: string[] = []
  for (const [index, { probability }] of again.entries()) {
    const was = candidates[index]
    if (was !== undefined && was.probability !== probability)
      differences.push(`probability of ${was.actionId}: recorded ${was.probability}, again ${probability}`)
  }
  if (actionId !== record.actionId) differences.push(`action: recorded ${record.actionId}, again ${actionId}`)
  if (propensity !== record.propensity)
    differences.push(`propensity: recorded ${record.propensity}, again ${propensity}`)
  differences.push(...timingDifferences(record))
  return { agrees: differences.length === 0, actionId, propensity, differences }
}

/** The hour is drawn again from the number of hours, the best of them and the shares. */
const timingDifferences = ({ decisionId, timing }: DecisionMade): readonly string[] => {
  if (timing === undefined) return []
  const { slots, best, slot, mode, propensity } = timing
  const again = drawSlot(slots, best, timing, slotSeedOf(decisionId))
  return again.slot === slot && again.mode === mode && again.propensity === propensity
    ? []
    : [
        `hour: recorded ${slot} (${mode}, ${propensity}), again ${again.slot} (${again.mode}, ${again.propensity})`,
      ]
}

/** Whether two records are the same bytes in canonical JSON. */
export const sameDecision = (left: DecisionMade, right: DecisionMade): boolean =>
  canonicalJson(left) === canonicalJson(right)
