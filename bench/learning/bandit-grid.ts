// Our settings for the multiclass sets, as many as the peer has, and their errors: one run of one setting at a time in
// each of two workers. The grid was written down before any of it was run on waveform's figure of this size.

import { existsSync, readFileSync } from 'node:fs'
import { isMainThread, parentPort } from 'node:worker_threads'
import { gunzipSync } from 'node:zlib'
import { present } from '../../src/kernel/assert.ts'
import type { BanditOptions, PolicySpec } from '../../src/model/index.ts'
import {
  progressiveError,
  readMulticlass,
  RIDGE,
  type Multiclass,
} from '../../src/model/testing/multiclass.ts'
import { dataFile } from './peer.ts'
import { playSeeds } from './play-seeds.ts'

export const SET_NAMES = ['pendigits', 'waveform5000', 'segment'] as const
export type SetName = (typeof SET_NAMES)[number]

type Prior = number | 'learnt'
type Link = 'line' | 'log-odds'

export type Setting = {
  readonly name: string
  readonly options: Partial<BanditOptions>
  readonly policy: PolicySpec
}

/** Log-odds are counted in units of their own: of a 0 or 1 that is about even, one is a quarter of the other. */
const LOG_ODDS = 4

const optionsOf = (prior: Prior, link: Link): Partial<BanditOptions> => {
  const unit = link === 'log-odds' ? LOG_ODDS : 1
  return {
    ...RIDGE,
    learnsPrior: prior === 'learnt',
    link: link === 'log-odds' ? 'logit' : 'identity',
    prior: { shared: 1e-9, action: unit, cross: unit * (prior === 'learnt' ? 20 : prior) },
  }
}

const policyOf = (kind: PolicySpec['kind'], scale: number): PolicySpec => ({
  kind,
  explorationFloor: 0,
  ...(kind === 'squarecb'
    ? { gammaScale: scale }
    : kind === 'epsilon_greedy'
      ? { epsilon: scale }
      : { posteriorScale: scale }),
})

const settingOf = (kind: PolicySpec['kind'], scale: number, prior: Prior, link: Link = 'line'): Setting => ({
  name: `${kind} ${scale}, prior ${prior}${link === 'line' ? '' : ', log-odds'}`,
  options: optionsOf(prior, link),
  policy: policyOf(kind, scale),
})

export const THOMPSON = settingOf('thompson', 0.25, 'learnt')
/**
 * The posterior as it is: no constant in it. Chosen on pendigits, segment, page-blocks and generated
 * sets; waveform's figure was in sight while it was chosen.
 */
export const OPTIMISM = settingOf('optimism', 1, 'learnt')

const SCALES = [0.1, 0.25, 0.5, 1, 2]
const POLICIES: readonly (readonly [PolicySpec['kind'], number])[] = [
  ...SCALES.map((scale) => ['thompson', scale] as const),
  ...SCALES.map((scale) => ['optimism', scale] as const),
  ...[10, 100, 1_000].map((scale) => ['squarecb', scale] as const),
  ['epsilon_greedy', 0.05],
]
const MODELS: readonly (readonly [Prior, Link])[] = [
  [4, 'line'],
  [20, 'line'],
  ['learnt', 'line'],
  [20, 'log-odds'],
  ['learnt', 'log-odds'],
]
/** Every policy with every model: what a user would try on data of their own, and no single one added after a look. */
export const OUR_GRID: readonly Setting[] = MODELS.flatMap(([prior, link]) =>
  POLICIES.map(([kind, scale]) => settingOf(kind, scale, prior, link)),
)

/** The rows of one set in the order of each seed, from 1 on; null where the set is not here. */
export const streamsOf = (name: SetName, seeds: number): readonly Multiclass[] | null => {
  const path = dataFile('cb_multiclass', `${name}.arff.gz`)
  if (path === null || !existsSync(path)) return null
  const arff = gunzipSync(readFileSync(path)).toString()
  return Array.from({ length: seeds }, (_, i) => readMulticlass(arff, String(i + 1)))
}

export type Ours = {
  /** Mean progressive error when every class's reward is shown. */
  readonly full: number
  readonly settings: readonly (Setting & { readonly errors: readonly number[] })[]
}

type Task = { readonly set: SetName; readonly seeds: number; readonly setting: number | 'full' }
type Done = Task & { readonly errors: readonly number[] }

/** Ours on these sets, with so many seeds each. */
export const playGrid = async (
  seedsOf: ReadonlyMap<SetName, number>,
): Promise<ReadonlyMap<SetName, Ours>> => {
  const tasks = [...seedsOf].flatMap(([set, seeds]) =>
    (['full', ...OUR_GRID.keys()] as const).map((setting): Task => ({ set, seeds, setting })),
  )
  const done = await playSeeds<Done>(
    new URL(import.meta.url),
    {},
    tasks.map((task) => JSON.stringify(task)),
  )
  return new Map(
    [...seedsOf.keys()].map((set) => {
      const errorsOf = (setting: Task['setting']) =>
        present(
          done.find((one) => one.set === set && one.setting === setting),
          'each task has its result',
        ).errors
      const full = errorsOf('full')
      return [
        set,
        {
          full: full.reduce((sum, error) => sum + error, 0) / full.length,
          settings: OUR_GRID.map((setting, i) => ({ ...setting, errors: errorsOf(i) })),
        },
      ]
    }),
  )
}

const kept = new Map<string, readonly Multiclass[]>()

const play = (task: Task): Done => {
  const key = `${task.set} ${task.seeds}`
  const streams = kept.get(key) ?? present(streamsOf(task.set, task.seeds), 'the set is here')
  kept.set(key, streams)
  const run =
    task.setting === 'full'
      ? { options: RIDGE, policy: 'full' as const }
      : present(OUR_GRID[task.setting], 'a setting of the grid')
  const { options, policy } = run
  return {
    ...task,
    errors: streams.map((data, i) => progressiveError({ data, seed: String(i + 1), options, policy })),
  }
}

if (!isMainThread) {
  const port = present(parentPort, 'a worker has a port')
  port.on('message', (task: string) => port.postMessage(play(JSON.parse(task) as Task)))
}
