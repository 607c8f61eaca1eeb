// The bandits' entries in the suite of all learners.

import { createRng } from '../../kernel/rng.ts'
import type { Dump } from '../../log/dump.ts'
import type { Bandit, BanditOptions } from '../bandit.ts'
import { createBandit, dumpBandit, learn, restoreBandit, scoreActions } from '../bandit.ts'
import type { Example, Feature } from '../events.ts'
import { learnerConformance } from './learner-conformance.ts'

type Data = {
  readonly examples: readonly Example[]
  readonly ask: { readonly shared: readonly Feature[]; readonly actions: readonly (readonly Feature[])[] }
}

const actionOf = (name: string): readonly Feature[] => [
  [`action=${name}`, 1],
  [`channel=${name.slice(0, 1)}`, 1],
  ['cost', 0.3],
]

const dataOf = (seed: string, many: number): Data => {
  const rng = createRng(`learner:${seed}`)
  // With `many` every example brings names nobody has seen.
  const fresh = () => rng.below(many > 1 ? 1e9 : 6)
  const examples = Array.from({ length: 150 * many }, (_, i): Example => {
    const segment = fresh()
    const action = `a${many > 1 ? fresh() : rng.below(3)}`
    return {
      shared: [
        [`segment=${segment}`, 1],
        ['recency', rng.normal()],
        ['visits', rng.normal()],
      ],
      action: actionOf(action),
      reward: segment % 3 === 0 && rng.uniform() < 0.4 ? 10 * rng.uniform() : -0.1,
      propensity: 1 / 3,
      at: i * 3_600_000,
    }
  })
  const shared: readonly Feature[] = [
    ['segment=3', 1],
    ['recency', 0.5],
    ['visits', -0.25],
  ]
  return { examples, ask: { shared, actions: ['a0', 'a1', 'a2'].map(actionOf) } }
}

const turned = ({ examples, ask }: Data): Data => ({
  examples: examples.map((one) => ({
    ...one,
    shared: one.shared.toReversed(),
    action: one.action.toReversed(),
  })),
  ask: { shared: ask.shared.toReversed(), actions: ask.actions.map((action) => action.toReversed()) },
})

const asking = (data: Data, ask: Partial<Data['ask']>): Data => ({ ...data, ask: { ...data.ask, ...ask } })

const withFirst = (data: Data, part: Partial<Example>): Data => ({
  ...data,
  examples: data.examples.map((one, i) => (i === 40 ? { ...one, ...part } : one)),
})

const yesNo = (data: Data): Data => ({
  ...data,
  examples: data.examples.map((one) => ({ ...one, reward: one.reward > 0 ? 1 : 0 })),
})

const register = (name: string, options: Partial<BanditOptions>, bytesMax: number): void =>
  learnerConformance<Data, Bandit>({
    name: `bandit ${name}`,
    covers: ['learn', 'observeReward'],
    dataOf: (seed, many) => (options.link === 'logit' ? yesNo(dataOf(seed, many)) : dataOf(seed, many)),
    learn: ({ examples }) => {
      const bandit = createBandit(options)
      for (const example of examples) learn(bandit, example)
      return bandit
    },
    answer: (bandit, { ask }) => scoreActions(bandit, ask),
    reordered: turned,
    changed: (data) => [
      asking(data, { shared: [] }),
      asking(data, { shared: [...data.ask.shared, ['never=seen', 1], ['nor this', -2]] }),
      asking(data, { actions: [[['action=new', 1]], [['channel=b', 1]], []] }),
    ],
    kept: {
      dump: dumpBandit,
      restore: (kept: Dump) => restoreBandit(kept, options),
      learnOn: (bandit, { examples }) => {
        for (const example of examples) learn(bandit, { ...example, at: example.at + 1e9 })
      },
    },
    memory: { bytesMax, many: 20 },
    broken: (data) => [
      ['a reward of NaN', withFirst(data, { reward: Number.NaN })],
      ['an infinite reward', withFirst(data, { reward: Infinity })],
      ['a time of NaN', withFirst(data, { at: Number.NaN })],
      ['an infinite feature', withFirst(data, { shared: [['x', -Infinity]] })],
      ['asked about NaN', asking(data, { shared: [['x', Number.NaN]] })],
      ['asked about an infinite action', asking(data, { actions: [[['x', Infinity]]] })],
    ],
  })

/** Cells of 16 bytes, rows of the encoder, and 16,384 names kept at hand: all of them fixed. */
export const registerBandits = (): void => {
  register('hashed', { kind: 'hashed', bits: 12 }, 3 * 2 ** 20)
  register('dense', { kind: 'dense', dimensionMax: 64 }, 3 * 2 ** 20)
  register('dense, prior learnt', { kind: 'dense', dimensionMax: 64, learnsPrior: true }, 3 * 2 ** 20)
  const logit = { kind: 'dense', dimensionMax: 64, learnsPrior: true, link: 'logit' } as const
  register('dense, chances of yes and no', logit, 3 * 2 ** 20)
  const fading = { kind: 'hashed', bits: 12, halfLifeDays: 20, changePoints: true } as const
  register('hashed, forgetting', fading, 3 * 2 ** 20)
}
