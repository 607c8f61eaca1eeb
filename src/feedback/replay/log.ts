// A log of decisions made ready for replay: checked, in numbers, oldest first.

import { assert } from '../../kernel/assert.ts'
import { Failure } from '../../kernel/failure.ts'
import { createBandit, type Bandit, type BanditOptions, type Frame } from '../../model/index.ts'
import type { Feature, PolicySpec } from '../../model/events.ts'

export type NamedPolicy = { readonly name: string; readonly policy: PolicySpec }

export type ReplayInput = {
  readonly context: Frame
  readonly actions: readonly string[]
  readonly rewards: Float64Array
  /** Null where the log has none: each action's share of the rows is taken, which holds only if chance drew it. */
  readonly propensities: Float64Array | null
  /** ms; null: in the order of the rows, and nothing is forgotten. */
  readonly times: Float64Array | null
  readonly policies: readonly NamedPolicy[]
  readonly model?: Partial<BanditOptions>
  readonly seed: string
  readonly alpha?: number
}

const ACTIONS_MAX = 200
/** Rows times policies, single actions counted: what is held in memory. */
const JUDGEMENTS_MAX = 8_000_000

/** The log as numbers, oldest first. */
export type PreparedLog = {
  readonly names: readonly string[]
  readonly taken: Uint16Array
  readonly counts: Float64Array
  readonly propensities: Float64Array
  readonly order: readonly number[]
}

/** Throws Failures `replay.*`, as `replayBandits` says. */
export const prepareLog = (input: ReplayInput): PreparedLog => {
  const { actions, rewards, propensities, times, context } = input
  const rows = actions.length
  assert(rewards.length === rows && context.rows === rows, 'a reward and a context for each action')
  if (rows === 0) throw new Failure({ code: 'replay.no_rows', message: 'There are no logged decisions.' })
  const names = [...new Set(actions)].toSorted()
  if (names.length > ACTIONS_MAX)
    throw new Failure({
      code: 'replay.too_many_actions',
      message: `The log has ${names.length} actions; ${ACTIONS_MAX} can be compared.`,
      hint: 'Name another column with --action, or take rows of fewer actions.',
    })
  if (rows * (names.length + input.policies.length) > JUDGEMENTS_MAX)
    throw new Failure({
      code: 'replay.too_large',
      message: `${rows} rows with ${names.length} actions are more than is replayed at once.`,
      hint: 'Take the latest rows, or rows of fewer actions.',
    })
  const numbers = new Map(names.map((name, i) => [name, i]))
  const taken = Uint16Array.from(actions, (action) => numbers.get(action) ?? 0)
  const counts = new Float64Array(names.length)
  for (const action of taken) counts[action] = (counts[action] as number) + 1
  const known = propensities ?? Float64Array.from(taken, (action) => (counts[action] as number) / rows)
  for (let row = 0; row < rows; row++) {
    if (!Number.isFinite(rewards[row])) throw badRow('reward', row, rewards[row])
    const p = known[row] as number
    if (!(p > 0 && p <= 1)) throw badRow('propensity', row, p)
  }
  const order = Array.from({ length: rows }, (_, row) => row)
  if (times !== null) order.sort((left, right) => (times[left] as number) - (times[right] as number))
  return { names, taken, counts, propensities: known, order }
}

const badRow = (what: 'reward' | 'propensity', row: number, value: number | undefined): Failure =>
  new Failure({
    code: `replay.${what}_invalid`,
    message: `Row ${row + 1} has the ${what} ${value}.`,
    hint:
      what === 'reward'
        ? 'Take out the rows whose reward is not known yet.'
        : 'A propensity is the probability with which the logged action was drawn: above 0, at most 1.',
  })

/** Actions as the model sees them. */
export const actionFeaturesOf = (names: readonly string[]): readonly (readonly Feature[])[] =>
  names.map((name): readonly Feature[] => [[`action=${name}`, 1]])

/** A bandit that has learnt nothing, for this log. */
export const banditFor = ({ times, model }: ReplayInput): Bandit =>
  createBandit({ ...(times === null ? { halfLifeDays: Infinity } : {}), ...model })
