// How fast bandits decide and learn beside VowpalWabbit, which reads the same examples natively from its
// own cache (parsed and hashed beforehand): 20 actions of 40 features, in two shapes.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRng } from '../../src/kernel/rng.ts'
import { choose, createBandit, distribution, learn, scoreActions } from '../../src/model/index.ts'
import type { Bandit, BanditOptions, Feature, PolicySpec } from '../../src/model/index.ts'
import { createEncoder, encodeActions, encodeShared } from '../../src/model/features.ts'
import { runPeer, type Verdict } from './peer.ts'

const ACTIONS = 20
const EXAMPLES = 8_000
const CONTEXTS = 512
const ROUNDS = 5

type Rates = { readonly text: number; readonly learn: number; readonly predict: number }
type Peer = {
  readonly version: string
  readonly result: Readonly<Record<string, Readonly<Record<string, Rates>>>>
}

type Shape = {
  readonly name: string
  /** What makes VowpalWabbit cross the namespaces as ours does by itself. */
  readonly flags: string
  readonly options: Partial<BanditOptions>
  readonly contexts: readonly (readonly Feature[])[]
  readonly isFresh: boolean
  readonly actions: readonly (readonly Feature[])[]
}

const rngOf = (name: string) => createRng(`bandit speed:${name}`)

/** Nine features of the person, four of each action and their 36 crosses; no two actions share a feature. */
const crossed = (): Shape => {
  const rng = rngOf('crossed')
  return {
    name: '9 shared × 4 own, crossed',
    flags: '-q sa',
    options: {},
    isFresh: false,
    contexts: Array.from({ length: CONTEXTS }, () =>
      Array.from(
        { length: 9 },
        (_, s): Feature => (s < 6 ? [`trait${s}=${rng.below(10)}`, 1] : [`number${s}`, rng.normal()]),
      ),
    ),
    actions: Array.from({ length: ACTIONS }, (_, a): readonly Feature[] =>
      ['action', 'creative', 'offer', 'moment'].map((what) => [`${what}=a${a}`, 1] as const),
    ),
  }
}

/** Forty features of each action, nothing crossed; the lists are made anew for each example. */
const plain = (): Shape => ({
  name: '40 own, nothing crossed',
  flags: '',
  options: { limits: { sharedFeaturesMax: 256, actionsMax: 200, actionFeaturesMax: 40, valueAbsMax: 10 } },
  contexts: [[]],
  isFresh: true,
  actions: Array.from({ length: ACTIONS }, (_, a) =>
    Array.from(
      { length: 40 },
      (_, f): Feature => [f % 2 === 0 ? `f${f}=a${a}` : `f${f}=${(a * 7 + f) % 5}`, 1],
    ),
  ),
})

type Drawn = { readonly context: readonly Feature[]; readonly action: number; readonly reward: number }

const drawnOf = (shape: Shape): readonly Drawn[] => {
  const rng = rngOf(`${shape.name} draws`)
  return Array.from({ length: EXAMPLES }, () => ({
    context: shape.contexts[rng.below(shape.contexts.length)] ?? [],
    action: rng.below(ACTIONS),
    reward: rng.uniform() < 0.05 ? 20 : 0,
  }))
}

const writeVw = (path: string, shape: Shape, drawn: readonly Drawn[]): void => {
  const words = (features: readonly Feature[]) =>
    features.map(([name, value]) => (value === 1 ? name : `${name}:${value.toFixed(4)}`)).join(' ')
  const actionWords = shape.actions.map(words)
  const blocks = drawn.map(({ context, action, reward }) => {
    const lines = actionWords.map((own, a) => `${a === action ? `${a}:${-reward}:0.05 ` : ''}|a ${own}`)
    return [`shared |s ${words(context)}`, ...lines, ''].join('\n')
  })
  writeFileSync(path, `${blocks.join('\n')}\n`)
}

/** The best round: others share the machine. Every thread's time counts, the collector's too. */
const perSecond = (work: () => void): number => {
  work()
  let bestRate = 0
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    bestRate = Math.max(bestRate, EXAMPLES / ((user + system) / 1e6))
  }
  return bestRate
}

const POLICY: PolicySpec = { kind: 'squarecb', explorationFloor: 0 }
const ACTION_IDS = Array.from({ length: ACTIONS }, (_, a) => `a${a}`)

type Ours = {
  readonly decide: number
  readonly both: number
  readonly learnOnly: number
  /** µs of one decision by what they are spent on, in the order in which it is done. */
  readonly parts: Readonly<Record<string, number>>
}

const measure = (shape: Shape, drawn: readonly Drawn[]): Ours => {
  const bandit: Bandit = createBandit(shape.options)
  const rng = rngOf('policy')
  const decide = ({ context }: Drawn) => {
    const actions = shape.isFresh ? shape.actions.map((own) => own.slice()) : shape.actions
    const scores = scoreActions(bandit, { shared: context, actions })
    choose(distribution(POLICY, scores, { examples: bandit.examples, actionIds: ACTION_IDS }), rng)
  }
  const teach = ({ context, action, reward }: Drawn) =>
    learn(bandit, { shared: context, action: shape.actions[action] ?? [], reward, propensity: 0.05, at: 0 })
  const learnOnly = perSecond(() => drawn.forEach(teach))
  const decideRate = perSecond(() => drawn.forEach(decide))
  return {
    learnOnly,
    decide: decideRate,
    parts: partsOf({ shape, drawn, bandit, whole: 1e6 / decideRate }),
    both: perSecond(() =>
      drawn.forEach((one) => {
        decide(one)
        teach(one)
      }),
    ),
  }
}

/** Each step run alone on what the one before it gave; the rest is lists made anew, calls and collecting. */
const partsOf = ({
  shape,
  drawn,
  bandit,
  whole,
}: {
  readonly shape: Shape
  readonly drawn: readonly Drawn[]
  readonly bandit: Bandit
  /** µs */
  readonly whole: number
}): Ours['parts'] => {
  const encoder = createEncoder(bandit.options.limits)
  const rng = rngOf('parts')
  const scores = drawn.map(({ context }) => scoreActions(bandit, { shared: context, actions: shape.actions }))
  const input = { examples: bandit.examples, actionIds: ACTION_IDS }
  const shares = scores.map((one) => distribution(POLICY, one, input))
  const micros = (work: () => void): number => 1e6 / perSecond(work)
  const actionsOf = () => (shape.isFresh ? shape.actions.map((own) => own.slice()) : shape.actions)
  const copying = shape.isFresh ? micros(() => drawn.forEach(actionsOf)) : 0
  const encoding = micros(() =>
    drawn.forEach(({ context }) => {
      encodeShared(encoder, context)
      encodeActions(encoder, actionsOf())
    }),
  )
  const scoring = micros(() =>
    drawn.forEach(({ context }) => scoreActions(bandit, { shared: context, actions: actionsOf() })),
  )
  const drawing = micros(() => scores.forEach((one) => choose(distribution(POLICY, one, input), rng)))
  const choosing = micros(() => shares.forEach((one) => choose(one, rng)))
  const known = {
    'names to keys': encoding - copying,
    'weights and errors': scoring - encoding,
    probabilities: drawing - choosing,
    'the draw': choosing,
  }
  // Parts are timed at other moments than the whole, so on a machine that is shared they may come to more.
  const rest = whole - Object.values(known).reduce((sum, part) => sum + part, 0)
  return { ...known, 'lists made anew, calls, collecting': Math.max(0, rest) }
}

const POLICY_FLAGS = ['--squarecb', '--regcbopt', '--epsilon 0.05'] as const

/** Files go to `dir`. */
export const speedVerdicts = (dir: string): readonly Verdict[] => {
  const shapes = [crossed(), plain()].map((shape) => ({ shape, drawn: drawnOf(shape) }))
  const files = shapes.map(({ shape, drawn }, i) => {
    const file = join(dir, `speed-${i}.vw`)
    writeVw(file, shape, drawn)
    return [shape.name, { file, flags: shape.flags, examples: EXAMPLES }] as const
  })
  const job = join(dir, 'speed.json')
  writeFileSync(
    job,
    JSON.stringify({ shapes: Object.fromEntries(files), policies: POLICY_FLAGS, rounds: ROUNDS }),
  )
  const peer = runPeer<Peer>('./bandit-peer.py', ['speed', job])
  return shapes.flatMap(({ shape, drawn }) => verdictsOf(shape, measure(shape, drawn), peer))
}

const verdictsOf = ({ name }: Shape, ours: Ours, peer: Peer | null): readonly Verdict[] => {
  const rates = peer?.result[name]
  const thousand = (rate: number) => `${(rate / 1_000).toFixed(1)}k/s`
  const line = (what: string, rate: number, pick: (of: Rates) => number): Verdict => {
    const squarecb = rates?.['--squarecb']
    if (rates === undefined || squarecb === undefined)
      return { what: `${name}: ${what}`, ours: thousand(rate), known: '', peer: 'not installed', ok: null }
    const others = POLICY_FLAGS.slice(1).map(
      (flag) => `${flag} ${thousand(rates[flag] ? pick(rates[flag]) : 0)}`,
    )
    const ratio = rate / pick(squarecb)
    return {
      what: `${name}: ${what}`,
      ours: `${thousand(rate)} = ${ratio.toFixed(2)}x`,
      known: 'goal 0.5x',
      peer: `--squarecb ${thousand(pick(squarecb))}, ${others.join(', ')}`,
      ok: ratio >= 0.5,
    }
  }
  const micros = 1e6 / ours.decide
  const spentOnAll = Object.values(ours.parts).reduce((sum, spent) => sum + spent, 0)
  const parts = Object.entries(ours.parts)
    .toSorted(([, left], [, right]) => right - left)
    .map(([part, spent]) => `${part} ${((100 * spent) / spentOnAll).toFixed(0)} %`)
  return [
    line('decisions (scores and probabilities of 20)', ours.decide, ({ predict }) => predict),
    {
      what: `${name}: what limits it (a decision of ${micros.toFixed(1)} µs)`,
      ours: parts.join(', '),
      known: '',
      peer: rates === undefined ? 'not installed' : 'reads keys hashed beforehand from its cache',
      ok: null,
    },
    line('examples decided and learnt', ours.both, ({ learn: rate }) => rate),
    {
      what: `${name}: examples learnt alone (peer: from text)`,
      ours: thousand(ours.learnOnly),
      known: '',
      peer: rates?.['--squarecb'] === undefined ? 'not installed' : thousand(rates['--squarecb'].text),
      ok: null,
    },
  ]
}
