// Multiclass data as a bandit: an action per class, reward 1 for the right one. Set up as the published
// figures were: shuffled, standardised on the first thousand rows, cut at ± 5, divided by the root of
// the number of features.

import { createRng } from '../../kernel/rng.ts'
import type { Bandit, BanditOptions } from '../bandit.ts'
import { createBandit, learn, scoreActions } from '../bandit.ts'
import { choose } from '../choose.ts'
import type { Feature, PolicySpec } from '../events.ts'
import { distribution } from '../policy.ts'

export type Multiclass = { readonly classes: number; readonly rows: readonly MulticlassRow[] }
type MulticlassRow = { readonly shared: readonly Feature[]; readonly label: number }

const SCALING_ROWS = 1_000
const CUT = 5

/** Numeric attributes and a last, nominal one, from ARFF text; in the shuffled order of `seed`. */
export const readMulticlass = (arff: string, seed: string): Multiclass => {
  const start = arff.search(/^@data/im)
  const lines = arff
    .slice(start)
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('%'))
  const raw = lines.map((line) => line.split(','))
  const labels = [...new Set(raw.map((cells) => (cells.at(-1) ?? '').trim()))].toSorted()
  const rng = createRng(`shuffle:${seed}`)
  for (let i = raw.length - 1; i > 0; i--) {
    const j = rng.below(i + 1)
    const kept = raw[i] as string[]
    raw[i] = raw[j] as string[]
    raw[j] = kept
  }
  const numbers = raw.map((cells) => cells.slice(0, -1).map(Number))
  const width = numbers[0]?.length ?? 0
  const scales = Array.from({ length: width }, (_, c) =>
    scaleOf(numbers.slice(0, SCALING_ROWS).map((row) => row[c] ?? 0)),
  )
  const rows = numbers.map((row, r) => ({
    shared: [
      ['bias', 1 / Math.sqrt(width)] as const,
      ...row.map((x, c) => {
        const { mean, deviation } = scales[c] as { mean: number; deviation: number }
        const z = Math.max(-CUT, Math.min(CUT, (x - mean) / deviation))
        return [`x${c}`, z / Math.sqrt(width)] as const
      }),
    ],
    label: labels.indexOf((raw[r]?.at(-1) ?? '').trim()),
  }))
  return { classes: labels.length, rows }
}

const scaleOf = (values: readonly number[]): { mean: number; deviation: number } => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length
  return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 }
}

/** A ridge regression per class: no baseline in common, and a wide prior since here nearly all is signal. */
export const RIDGE: Partial<BanditOptions> = {
  kind: 'dense',
  dimensionMax: 256,
  halfLifeDays: Infinity,
  winsorise: false,
  prior: { shared: 1e-9, action: 1, cross: 20 },
}

export type MulticlassRun = {
  readonly data: Multiclass
  readonly seed: string
  readonly options: Partial<BanditOptions>
  /** `full`: every class's reward is shown after each row, and the best mean is taken. */
  readonly policy: PolicySpec | 'full'
}

/** Share of wrong choices while learning (progressive validation). */
export const progressiveError = ({ data, seed, options, policy }: MulticlassRun): number => {
  const bandit = createBandit(options)
  const rng = createRng(`draw:${seed}`)
  const actionIds = Array.from({ length: data.classes }, (_, k) => `class${k}`)
  const actions = actionIds.map((id): readonly Feature[] => [[`action=${id}`, 1]])
  let wrong = 0
  for (const { shared, label } of data.rows) {
    const taken = take({ bandit, shared, actions, actionIds, policy, rng })
    if (taken.index !== label) wrong++
    for (let k = 0; k < actions.length; k++) {
      if (policy !== 'full' && k !== taken.index) continue
      const action = actions[k] as readonly Feature[]
      learn(bandit, { shared, action, reward: k === label ? 1 : 0, propensity: taken.propensity, at: 0 })
    }
  }
  return wrong / data.rows.length
}

type Take = Pick<MulticlassRun, 'policy'> & {
  readonly bandit: Bandit
  readonly shared: readonly Feature[]
  readonly actions: readonly (readonly Feature[])[]
  readonly actionIds: readonly string[]
  readonly rng: ReturnType<typeof createRng>
}

const GREEDY: PolicySpec = { kind: 'epsilon_greedy', epsilon: 0, explorationFloor: 0 }

const take = ({ bandit, shared, actions, actionIds, policy, rng }: Take) => {
  const scores = scoreActions(bandit, { shared, actions })
  const spec = policy === 'full' ? GREEDY : policy
  return choose(distribution(spec, scores, { examples: bandit.examples, actionIds }), rng)
}
