// The brand watch's state for a snapshot, and back.

import type { Dump } from '../log/dump.ts'
import type { BrandSpec, StatementApproved, ToneLearnt } from './events.ts'
import type { Incident } from './incident/incident.ts'
import type { ActCount } from './own-acts.ts'
import { dumpWatch, restoreWatch } from './read-mention.ts'
import {
  createBrand,
  type BrandState,
  type KnownCorrection,
  type KnownMention,
  type Mute,
  type SourceState,
} from './state.ts'

export const dumpBrand = (state: BrandState): Dump => ({
  ...prefixed('echoes', dumpWatch(state.watch).echoes),
  ...prefixed('spikes', dumpWatch(state.watch).spikes),
  spec: state.spec,
  version: state.version,
  open: [...state.incidents.open.values()],
  closed: [...state.incidents.closed],
  opened: state.incidents.opened,
  proposals: [...state.incidents.proposals],
  mentions: [...state.mentions],
  heard: [...state.heard],
  stored: [...state.stored],
  sources: [...state.sources],
  mutes: [...state.mutes],
  corrections: [...state.corrections],
  lessons: [...state.lessons],
  learnt: [...state.learnt.values()],
  statements: [...state.statements],
  ownActs: [...state.ownActs.values()].map((one) => ({ ...one })),
  nps: [...state.nps].map(([source, days]) => [source, [...days].map(([day, counts]) => [day, [...counts]])]),
})

/** A state that folds on as the dumped one would have. `dump` must come from {@link dumpBrand}. */
export const restoreBrand = (dump: Dump): BrandState => {
  const read = <T>(name: string): T => dump[name] as unknown as T
  const state = createBrand()
  state.watch = restoreWatch({ echoes: unprefixed('echoes', dump), spikes: unprefixed('spikes', dump) })
  state.spec = read<BrandSpec | null>('spec')
  state.version = read<string>('version')
  state.incidents.opened = read<number>('opened')
  for (const incident of read<Incident[]>('open')) state.incidents.open.set(incident.incidentId, incident)
  state.incidents.closed.push(...read<Incident[]>('closed'))
  fill(state.incidents.proposals, read<[string, { incidentId: string; step: number }][]>('proposals'))
  fill(state.mentions, read<[string, KnownMention][]>('mentions'))
  for (const key of read<string[]>('heard')) state.heard.add(key)
  fill(state.stored, read<[string, number][] | undefined>('stored') ?? [])
  fill(state.sources, read<[string, SourceState][]>('sources'))
  fill(state.mutes, read<[string, Mute][]>('mutes'))
  fill(state.corrections, read<[string, KnownCorrection][]>('corrections'))
  fill(state.lessons, read<[string, number][]>('lessons'))
  for (const learnt of read<ToneLearnt[]>('learnt')) state.learnt.set(learnt.language, learnt)
  state.statements.push(...read<StatementApproved[]>('statements'))
  for (const [source, days] of read<[string, [number, number[]][]][] | undefined>('nps') ?? [])
    state.nps.set(source, new Map(days.map(([day, counts]) => [day, [...counts]])))
  for (const one of read<ActCount[]>('ownActs'))
    state.ownActs.set(`${one.hour} ${one.what} ${one.campaignId} ${one.creativeId}`, { ...one })
  return state
}

const fill = <K, V>(map: Map<K, V>, entries: readonly (readonly [K, V])[]): void => {
  for (const [key, value] of entries) map.set(key, value)
}

/** Parts of a dump side by side in one. */
const prefixed = (name: string, dump: Dump): Dump =>
  Object.fromEntries(Object.entries(dump).map(([key, value]) => [`${name}.${key}`, value]))
const unprefixed = (name: string, dump: Dump): Dump =>
  Object.fromEntries(
    Object.entries(dump).flatMap(([key, value]) =>
      key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), value]] : [],
    ),
  )
