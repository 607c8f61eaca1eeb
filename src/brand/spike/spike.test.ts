// Rules BS1 to BS7 on seeded streams: what is an alarm, what is only loud, and what the watch keeps.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'
import type { Heard, SpikeFinding } from './heard.ts'
import { createSpikes, dumpSpikes, foldHeard, judgeSpike, restoreSpikes, SUBJECTS_MAX } from './spikes.ts'

const START = 19_000 * DAY_MS

/** Mentions of ordinary days: 4 an hour by day, 1 by night, one in five negative. */
const ordinary = (seed: string, days: number): Heard[] => {
  const rng = createRng(seed)
  const heard: Heard[] = []
  for (let hour = 0; hour < 24 * days; hour++) {
    const mean = hour % 24 < 8 ? 1 : 4
    for (let i = 0; i < 12; i++) {
      if (rng.uniform() > mean / 12) continue
      const at = START + hour * HOUR_MS + Math.floor(rng.uniform() * HOUR_MS)
      heard.push(one(heard.length, at, { score: rng.uniform() < 0.2 ? -0.6 : rng.uniform() < 0.3 ? 0.5 : 0 }))
    }
  }
  return heard.sort((left, right) => left.at - right.at)
}

const one = (n: number, at: number, more: Partial<Heard> = {}): Heard => ({
  id: `m${n}`,
  at,
  subject: 'shop',
  author: `author ${n}`,
  voice: n,
  isEcho: false,
  isRepost: false,
  score: 0,
  risks: [],
  text: `обычный разговор о магазине номер ${n}`,
  ...more,
})

const burst = (count: number, minutes: number, at: number, more: (i: number) => Partial<Heard>): Heard[] =>
  Array.from({ length: count }, (_, i) =>
    one(100_000 + i, at + Math.floor((i * minutes * 60_000) / count), more(i)),
  )

const watch = (heard: readonly Heard[]) => {
  const spikes = createSpikes()
  const found: SpikeFinding[] = []
  for (const mention of heard.toSorted((left, right) => left.at - right.at)) {
    foldHeard(spikes, mention)
    const finding = judgeSpike(spikes, mention.subject, mention.at)
    if (finding !== null) found.push(finding)
  }
  return { spikes, found, kinds: new Set(found.map(({ kind }) => kind)) }
}

const WHEN = START + 12 * DAY_MS + 15 * HOUR_MS
const BAD = {
  score: -0.8,
  risks: [{ kind: 'harm', severity: 3 }],
  text: 'в магазине отравились тухлым тортом дети',
} as const

describe('spikes', () => {
  it('BS1 is silent on ordinary days, and before three days are known', () => {
    for (const seed of ['a', 'b', 'c'])
      assert.deepEqual(
        [...watch(ordinary(seed, 30)).kinds].filter((kind) => kind === 'crisis' || kind === 'attack'),
        [],
      )
    const early = burst(40, 30, START + 30 * HOUR_MS, () => BAD)
    assert.equal(watch([...ordinary('early', 2), ...early]).found.length, 0)
  })

  it('BS1 takes a long silence for a dead source', () => {
    const later = ordinary('later', 3).map((mention) => ({ ...mention, at: mention.at + 60 * DAY_MS }))
    const { spikes } = watch([...ordinary('before', 12), ...later])
    assert.ok((spikes.subjects.get('shop')?.usual[0] ?? 0) < 73, 'known hours were counted anew')
  })

  it('BS2 finds a crisis within the hour, with its risk', () => {
    const { found } = watch([...ordinary('crisis', 13), ...burst(25, 50, WHEN, () => BAD)])
    const first = found.find(({ kind }) => kind === 'crisis')
    assert.ok(first !== undefined && first.at < WHEN + HOUR_MS, 'it is found')
    assert.equal(first.severity, 3)
    assert.ok(first.risk >= 60 && first.negativeLow > first.usualNegativeShare)
    assert.ok(first.risks.some(({ kind }) => kind === 'harm'))
  })

  it('BS2 needs several voices, authors and risk', () => {
    const kinds = (more: (i: number) => Partial<Heard>) =>
      watch([...ordinary('few', 13), ...burst(25, 50, WHEN, more)]).kinds
    assert.equal(kinds(() => ({ ...BAD, author: 'one' })).has('crisis'), false, 'one author')
    assert.equal(
      kinds((i) => ({ ...BAD, voice: 7, isEcho: i > 0, isRepost: true })).has('crisis'),
      false,
      'one voice',
    )
    const mild = kinds((i) => ({ score: i % 2 === 0 ? -0.5 : 0 }))
    assert.equal(mild.has('crisis'), false, 'half negative and no word of risk')
    assert.ok(mild.has('rising'))
  })

  it('BS3 a loud happy day and a loud dull one page nobody', () => {
    const happy = watch([...ordinary('happy', 13), ...burst(80, 50, WHEN, () => ({ score: 0.8 }))])
    assert.ok(happy.kinds.has('good_news') && !happy.kinds.has('crisis') && !happy.kinds.has('rising'))
    const dull = watch([...ordinary('dull', 13), ...burst(80, 50, WHEN, () => ({}))])
    assert.ok(dull.kinds.has('loud') && !dull.kinds.has('crisis'))
    assert.ok(dull.found.every(({ risk, kind }) => kind !== 'loud' || risk === 0))
  })

  it('BS4 finds a slow burn without a loud hour', () => {
    const rng = createRng('burn')
    const slow = burst(300, 3 * 24 * 60, WHEN, () => ({ score: rng.uniform() < 0.7 ? -0.7 : 0 }))
    const { kinds, found } = watch([...ordinary('burn', 16), ...slow])
    assert.ok(kinds.has('slow_burn'))
    assert.ok((found.find(({ kind }) => kind === 'slow_burn')?.at ?? Infinity) < WHEN + 3 * DAY_MS)
  })

  it('BS5 calls copies of unheard-of accounts an attack, and a crisis once real voices join', () => {
    const bots = burst(120, 40, WHEN, (i) => ({ ...BAD, voice: 9, isEcho: i > 0 }))
    const { kinds } = watch([...ordinary('bots', 13), ...bots])
    assert.ok(kinds.has('attack') && !kinds.has('crisis'))
    const real = burst(20, 50, WHEN + HOUR_MS, (i) => ({
      ...BAD,
      id: `real${i}`,
      author: `person ${i}`,
      voice: 500 + i,
    }))
    assert.ok(watch([...ordinary('bots', 13), ...bots, ...real]).kinds.has('crisis'))
  })

  it('BS6 names the topic by its phrases and shows different voices', () => {
    const { found } = watch([
      ...ordinary('topic', 13),
      ...burst(25, 50, WHEN, (i) => ({ ...BAD, text: `${BAD.text} ${i}` })),
    ])
    const finding = found.findLast(({ kind }) => kind === 'crisis')
    const phrases = finding?.topics.map(({ phrase }) => phrase).join(' ') ?? ''
    assert.ok(phrases.includes('отравились') || phrases.includes('тортом'), phrases)
    assert.equal(finding?.samples.length, 3)
    assert.equal(new Set(finding?.samples.map(({ id }) => id)).size, 3)
  })

  it('BS7 folds to the same bytes through a snapshot, judges without a trace, and is bounded', () => {
    const heard = [...ordinary('same', 8), ...burst(25, 50, START + 7 * DAY_MS, () => BAD)]
    const straight = watch(heard.slice(0, 400)).spikes
    const restored = restoreSpikes(structuredClone(dumpSpikes(straight)))
    const before = JSON.stringify(dumpSpikes(straight))
    for (const spikes of [straight, restored]) judgeSpike(spikes, 'shop', START + 9 * DAY_MS)
    assert.equal(JSON.stringify(dumpSpikes(straight)), before)
    for (const spikes of [straight, restored])
      for (const mention of heard.slice(400)) foldHeard(spikes, mention)
    assert.equal(JSON.stringify(dumpSpikes(restored)), JSON.stringify(dumpSpikes(straight)))
    const many = createSpikes()
    for (let i = 0; i < SUBJECTS_MAX + 5; i++) foldHeard(many, one(i, START, { subject: `s${i}` }))
    assert.deepEqual([many.subjects.size, many.refused], [SUBJECTS_MAX, 5])
    for (let i = 0; i < 1_000; i++) foldHeard(straight, one(i, START + 9 * DAY_MS))
    assert.ok((straight.subjects.get('shop')?.recent.length ?? 0) <= 200)
  })
})
