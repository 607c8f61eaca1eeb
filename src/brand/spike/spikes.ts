// The watch over all subjects: a fold over what is heard, of bounded size. `judgeSpikes` says what stands out now.

import { Failure } from '../../kernel/failure.ts'
import type { Dump } from '../../log/dump.ts'
import type { Heard, SpikeFinding } from './heard.ts'
import { judgeSubject, SPIKE_DEFAULTS, type SpikeOptions } from './judge.ts'
import { createSubject, hearOne, type Recent, type Subject } from './subject.ts'
import { createKnownAuthors, meetAuthor, type KnownAuthors } from './known-authors.ts'
import { createBackground, learnBackground, type Background } from './topics.ts'

export const SUBJECTS_MAX = 500

export type Spikes = {
  readonly options: SpikeOptions
  readonly subjects: Map<string, Subject>
  readonly background: Background
  readonly authors: KnownAuthors
  /** Mentions that were not counted: too late, or of one subject too many. */
  late: number
  refused: number
}

export const createSpikes = (options: Partial<SpikeOptions> = {}): Spikes => ({
  options: { ...SPIKE_DEFAULTS, ...options },
  subjects: new Map(),
  background: createBackground(),
  authors: createKnownAuthors(),
  late: 0,
  refused: 0,
})

/** Takes a mention in, in place. Mentions should come roughly by time; one older than a day is only counted as late. */
export const foldHeard = (spikes: Spikes, heard: Heard): void => {
  if (!Number.isFinite(heard.at) || !Number.isFinite(heard.score))
    throw new Failure({
      code: 'brand.not_a_number',
      message: `The mention ${heard.id} has no finite time or tone.`,
    })
  let subject = spikes.subjects.get(heard.subject)
  if (subject === undefined) {
    if (spikes.subjects.size >= SUBJECTS_MAX) {
      spikes.refused++
      return
    }
    subject = createSubject()
    spikes.subjects.set(heard.subject, subject)
  }
  const { subject: _, ...rest } = heard
  const isNew = heard.author !== '' && meetAuthor(spikes.authors, heard.author)
  const kept = hearOne(subject, { ...rest, isNew })
  if (kept === null) spikes.late++
  else if (!heard.isEcho) learnBackground(spikes.background, heard.text, kept)
}

/** What stands out of one subject now, or null. Pure. */
export const judgeSpike = (spikes: Spikes, subject: string, now: number): SpikeFinding | null => {
  const found = spikes.subjects.get(subject)
  return found === undefined
    ? null
    : judgeSubject(subject, found, { background: spikes.background, now, options: spikes.options })
}

/** What stands out now, gravest first. */
export const judgeSpikes = (spikes: Spikes, now: number): readonly SpikeFinding[] =>
  [...spikes.subjects.keys()]
    .map((subject) => judgeSpike(spikes, subject, now))
    .filter((finding) => finding !== null)
    .sort((left, right) => right.risk - left.risk || (left.subject < right.subject ? -1 : 1))

export const dumpSpikes = ({ options, subjects, background, authors, late, refused }: Spikes): Dump => {
  const names = [...subjects.keys()]
  const all = [...subjects.values()]
  const joined = (pick: (subject: Subject) => Float64Array): Float64Array =>
    Float64Array.from(all.flatMap((subject) => [...pick(subject)]))
  return {
    head: { options, names, late, refused, texts: background.texts, met: authors.met },
    clocks: Float64Array.from(all.flatMap(({ slot, hour }) => [slot, hour])),
    slots: joined(({ slots }) => slots),
    hours: joined(({ hours }) => hours),
    usual: joined(({ usual }) => usual),
    byHour: joined(({ byHour }) => byHour),
    recent: all.map(({ recent }) => recent),
    background: background.counts.slice(),
    authors: authors.bits.slice(),
  }
}

type Head = {
  readonly options: SpikeOptions
  readonly names: readonly string[]
  readonly late: number
  readonly refused: number
  readonly texts: number
  readonly met: number
}

/** Throws Failure `brand.dump_invalid` on a column that is missing or of another size. */
export const restoreSpikes = (dump: Dump): Spikes => {
  const head = dump['head'] as unknown as Head
  const spikes = createSpikes(head.options)
  spikes.late = head.late
  spikes.refused = head.refused
  spikes.background.texts = head.texts
  const counts = dump['background']
  const clocks = dump['clocks']
  if (!(counts instanceof Float32Array) || !(clocks instanceof Float64Array)) throw torn()
  spikes.background.counts.set(counts)
  const bits = dump['authors']
  if (!(bits instanceof Uint8Array) || bits.length !== spikes.authors.bits.length) throw torn()
  spikes.authors.bits.set(bits)
  spikes.authors.met = head.met
  const recent = dump['recent'] as unknown as readonly (readonly Recent[])[]
  head.names.forEach((name, i) => {
    const subject = createSubject()
    subject.slot = clocks[2 * i] ?? -1
    subject.hour = clocks[2 * i + 1] ?? -1
    for (const column of ['slots', 'hours', 'usual', 'byHour'] as const) {
      const all = dump[column]
      const size = subject[column].length
      if (!(all instanceof Float64Array) || all.length !== size * head.names.length) throw torn()
      subject[column].set(all.subarray(i * size, (i + 1) * size))
    }
    subject.recent = [...(recent[i] ?? [])]
    spikes.subjects.set(name, subject)
  })
  return spikes
}

const torn = (): Failure =>
  new Failure({
    code: 'brand.dump_invalid',
    message: 'the memory of what is usual is missing or torn',
    hint: 'delete the snapshot: the state is folded again from the log',
  })
