// Contextual bandits on public multiclass sets beside published figures and VowpalWabbit on the same
// shuffled streams, and how many examples are learnt and decided in a second of one core. The peer's settings are run in
// processes of their own, while ours run in workers (bandit-grid.ts).
// `node bench/learning/bandit.ts [quality] [speed] [--only waveform] [--seeds 3]`.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Multiclass } from '../../src/model/testing/multiclass.ts'
import {
  OPTIMISM,
  OUR_GRID,
  type Ours,
  playGrid,
  SET_NAMES,
  type SetName,
  type Setting,
  streamsOf,
  THOMPSON,
} from './bandit-grid.ts'
import { speedVerdicts } from './bandit-speed.ts'
import { type Interval, intervalOf } from './intervals.ts'
import { printVerdicts, startPeer, type Verdict } from './peer.ts'

const { values: asked, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' }, seeds: { type: 'string', default: '' } },
})

/** Waveform has more of them: its gap to the peer is smaller than what three seeds can tell. */
const SEEDS_OF = { pendigits: 3, waveform5000: 10, segment: 3 } as const
const seedsOf = (name: SetName): number => Number(asked.seeds) || SEEDS_OF[name]

/** Published progressive error of full information; errors of independent runs of LinTS and LinUCB, three seeds. */
const KNOWN = {
  pendigits: { oaa: 0.138009, thompson: 0.123, optimism: 0.1203 },
  waveform5000: { oaa: 0.1562, thompson: 0.1697, optimism: 0.1575 },
  segment: { oaa: 0.178355, thompson: 0.1623, optimism: 0.1701 },
} as const

/**
 * As its own pages advise: several learning rates, γ-scales, mellownesses, and the losses as 0/1 and −1/0.
 * The first of each policy is what it does unasked.
 */
const VW_POLICIES = {
  'squarecb γ10': '--squarecb',
  'squarecb γ100': '--squarecb --gamma_scale 100',
  'squarecb γ1000': '--squarecb --gamma_scale 1000',
  'regcbopt .1': '--regcbopt --mellowness 0.1',
  'regcbopt .01': '--regcbopt --mellowness 0.01',
  'regcbopt .001': '--regcbopt --mellowness 0.001',
  'regcb .001': '--regcb --mellowness 0.001',
}
const VW_GRID = Object.entries(VW_POLICIES).flatMap(([policy, flags]) =>
  [0.25, 0.5, 1, 2, 4].flatMap((rate) =>
    ['', '--loss0 -1 --loss1 0'].map((losses) => ({
      name: `${policy} l${rate}${losses === '' ? '' : ' −1/0'}`,
      flags: `${flags} -l ${rate} ${losses}`,
    })),
  ),
)

type PeerSet = {
  readonly oaa: number
  readonly settings: readonly { readonly name: string; readonly errors: readonly number[] }[]
}
type Peer = { readonly version: string; readonly result: Readonly<Partial<Record<SetName, PeerSet>>> }

const dir = mkdtempSync(join(tmpdir(), 'windvane-bench-'))
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length
const four = (value: number): string => value.toFixed(4)
const NOT_INSTALLED = 'not installed'

/** Processes that share the peer's settings among them. */
const PEERS = 2

const peerOf = async (sets: ReadonlyMap<SetName, readonly Multiclass[]>): Promise<Peer | null> => {
  const files = Object.fromEntries([...sets].map(([name, streams]) => [name, writeStreams(name, streams)]))
  const parts = await Promise.all(
    Array.from({ length: PEERS }, (_, part) => {
      const job = join(dir, `quality-${part}.json`)
      const settings = VW_GRID.filter((_setting, i) => i % PEERS === part)
      writeFileSync(job, JSON.stringify({ sets: files, settings, oaa: part === 0 }))
      return startPeer<Peer>('./bandit-peer.py', ['quality', job])
    }),
  )
  const [first] = parts
  if (first === null || first === undefined || parts.includes(null)) return null
  const whole = Object.entries(first.result).map(([name, set]) => [
    name,
    { ...set, settings: parts.flatMap((part) => part?.result[name as SetName]?.settings ?? []) },
  ])
  return { ...first, result: Object.fromEntries(whole) as Peer['result'] }
}

const writeStreams = (name: SetName, streams: readonly Multiclass[]) => {
  const paths = streams.map(({ rows }, i) => {
    const path = join(dir, `${name}-${i}.vw`)
    const lines = rows.map(({ shared, label }) => {
      const features = shared.filter(([feature]) => feature !== 'bias').map(([x, value]) => `${x}:${value}`)
      return `${label + 1} | ${features.join(' ')}`
    })
    writeFileSync(path, `${lines.join('\n')}\n`)
    return [String(i + 1), path] as const
  })
  return { classes: streams[0]?.classes ?? 0, files: Object.fromEntries(paths) }
}

const best = <T extends { readonly errors: readonly number[] }>(settings: readonly T[]): T | undefined =>
  settings.toSorted((left, right) => mean(left.errors) - mean(right.errors))[0]

/** So much more error, five in a thousand, counts as no worse when the seeds cannot tell it from none. */
const NO_WORSE = 0.005

const gapOf = (left: readonly number[], right: readonly number[]): Interval =>
  intervalOf(left.map((x, i) => x - (right[i] ?? 0)))

/** At or below the peer; or behind by what the seeds cannot tell from none, and surely by less than {@link NO_WORSE}. */
const isNoWorse = ({ mean: gap, low, high }: Interval): boolean => gap <= 0 || (low <= 0 && high <= NO_WORSE)

/** The gap to the peer on the same streams with its 95 % interval, and whether it is told from none. */
const gapText = (left: readonly number[], right: readonly number[]): string => {
  const { mean: gap, low, high } = gapOf(left, right)
  const place = gap > 0 ? `behind by ${four(gap)}` : `ahead by ${four(-gap)}`
  const told = low > 0 || high < 0
  return `${place}, gap [${four(low)}, ${four(high)}] over ${left.length} seeds${told ? '' : ': not told apart'}`
}

/** The one setting of the peer that is best over all sets, by the mean of its errors. */
const bestForAll = (peer: Peer | null): string | undefined => {
  const sets = Object.values(peer?.result ?? {})
  const names = sets[0]?.settings.map(({ name }) => name) ?? []
  const overall = (name: string) =>
    mean(sets.map(({ settings }) => mean(settings.find((one) => one.name === name)?.errors ?? [1])))
  return names.toSorted((left, right) => overall(left) - overall(right))[0]
}

type PeerChoice = { readonly name: string; readonly errors: readonly number[] }

const qualityOf = (
  name: SetName,
  { full, settings: ours }: Ours,
  { peer, forAll }: { readonly peer: PeerSet | undefined; readonly forAll: string | undefined },
): readonly Verdict[] => {
  const known = KNOWN[name]
  const of = (wanted: Setting): PeerChoice =>
    ours.find((one) => one.name === wanted.name) ?? { ...wanted, errors: [] }
  const theirs = (wanted: string | undefined) => peer?.settings.find((one) => one.name === wanted)
  const against = (what: string, left: PeerChoice | undefined, right: PeerChoice | undefined): Verdict => ({
    what: `${name}: ${what}`,
    ours:
      left === undefined
        ? ''
        : `${four(mean(left.errors))} (${left.name})${right === undefined ? '' : `; ${gapText(left.errors, right.errors)}`}`,
    known: '',
    peer: right === undefined ? NOT_INSTALLED : `${four(mean(right.errors))} (${right.name})`,
    ok: left === undefined || right === undefined ? null : isNoWorse(gapOf(left.errors, right.errors)),
  })
  const published = (one: Setting, reference: number, unasked: string): Verdict => {
    const peers = theirs(unasked)
    return {
      what: `${name}: ${one.name} (at most 1.1 times the known; peer unasked)`,
      ours: four(mean(of(one).errors)),
      known: four(reference),
      peer: peers === undefined ? NOT_INSTALLED : `${four(mean(peers.errors))} (${unasked})`,
      ok: mean(of(one).errors) <= 1.1 * reference,
    }
  }
  return [
    {
      what: `${name}: full information (published OAA ± .02; peer: best of 3 rates)`,
      ours: four(full),
      known: four(known.oaa),
      peer: peer === undefined ? NOT_INSTALLED : four(peer.oaa),
      ok: Math.abs(full - known.oaa) <= 0.02,
    },
    published(THOMPSON, known.thompson, 'squarecb γ10 l0.5'),
    published(OPTIMISM, known.optimism, 'regcbopt .1 l0.5'),
    against(
      `one setting for all sets (peer: best of ${VW_GRID.length} in hindsight)`,
      of(OPTIMISM),
      theirs(forAll),
    ),
    against(
      `each at its best for this set in hindsight (of ${OUR_GRID.length} and ${VW_GRID.length})`,
      best(ours),
      best(peer?.settings ?? []),
    ),
  ]
}

const quality = async (): Promise<readonly Verdict[]> => {
  const sets = new Map<SetName, readonly Multiclass[]>()
  for (const name of SET_NAMES) {
    const streams = name.startsWith(asked.only) ? streamsOf(name, seedsOf(name)) : null
    if (streams !== null) sets.set(name, streams)
  }
  if (sets.size === 0) {
    process.stdout.write('The multiclass sets are not here (set WINDVANE_DATA): left out.\n')
    return []
  }
  const running = peerOf(sets)
  const ours = await playGrid(new Map([...sets.keys()].map((name) => [name, seedsOf(name)])))
  const peer = await running
  const forAll = bestForAll(peer)
  return [...ours].flatMap(([name, one]) => qualityOf(name, one, { peer: peer?.result[name], forAll }))
}

const wanted = (part: string) => positionals.length === 0 || positionals.includes(part)
if (wanted('quality'))
  printVerdicts(
    `Contextual bandits: progressive error, mean of ${asked.seeds || 'three seeds (waveform: ten)'}; gaps with 95 % intervals, seed by seed`,
    await quality(),
  )
if (wanted('speed'))
  printVerdicts(
    'Contextual bandits: per second of processor time, 20 actions × 40 features',
    speedVerdicts(dir),
  )
rmSync(dir, { recursive: true, force: true })
