// Rules BW33 and BW34: corrections of a word turn later tones, only where they are better on those held back, and replay
// gives the same bytes.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCtx, manualClock } from '../../app/clock.ts'
import { readBrand } from '../../brand/index.ts'
import { present } from '../../kernel/assert.ts'
import { canonicalJson } from '../../kernel/json.ts'
import { createRng } from '../../kernel/rng.ts'
import { createMemoryLog } from '../../log/index.ts'
import { createLoop, createState, dumpState, foldEvent, restoreState, type Loop } from '../../loop.ts'
import { eventsOf } from '../testing/brand-story.ts'
import { correctMention } from './acting.ts'
import { createHearing } from './hearing.ts'
import { toneTurn } from './tone-learning.ts'

const START = Date.parse('2026-06-01T00:00:00Z')
const NOISE = 'утром вечером вчера касса карта магазин приложение звонок офис дорога'.split(' ')

const open = async () => {
  const clock = manualClock(START)
  const loop = createLoop({
    log: createMemoryLog({ roundTrip: true }),
    ctx: createCtx(clock, 'learn'),
    state: createState(),
  })
  const brand = present(readBrand({ entities: [{ id: 'sber', names: ['Сбер'] }] }, []), 'a watch')
  await loop.record([
    { id: 'b', type: 'brand.applied.v1', key: '', at: START, data: { version: 'v1', brand } },
  ])
  return { loop, hearing: createHearing(loop) }
}

type Opened = Awaited<ReturnType<typeof open>>

/** Mentions with a word, each of which a person says to be so. */
const correctAll = async ({ loop, hearing }: Opened, word: string, tone: -1 | 0 | 1, count: number) => {
  const rng = createRng(word)
  for (let i = 0; i < count; i++) {
    const noise = Array.from({ length: 4 }, () => NOISE[rng.below(NOISE.length)]).join(' ')
    const id = `${word}${i}`
    await hearing.hear('vk', [{ id, at: START, author: id, url: '', text: `Сбер ${word} ${noise}` }])
    await correctMention(loop, { key: `vk ${id}`, entity: 'sber', tone, by: 'Anna' })
  }
}

const toneOf = async ({ loop, hearing }: Opened, id: string, text: string): Promise<number> => {
  await hearing.hear('vk', [{ id, at: START, author: id, url: '', text }])
  return present(loop.state.brand.mentions.get(`vk ${id}`)?.entities[0], 'a mention').tone
}

const replayed = async ({ log }: Loop) => {
  const state = createState()
  for (const event of await eventsOf(log)) foldEvent(state, event)
  return state
}

describe('learning from corrections', () => {
  it('BW33 turns later tones by what people corrected, and leaves others as they were', async () => {
    const opened = await open()
    assert.equal(await toneOf(opened, 'before', 'Сбер бзыкает опять'), 0)
    await correctAll(opened, 'бзыкает', -1, 14)
    await correctAll(opened, 'открылся', 0, 14)
    const [learnt] = await toneTurn(opened.loop, {})
    assert.ok(learnt?.isUsed === true && learnt.right.after > learnt.right.before, JSON.stringify(learnt))
    assert.ok((await toneOf(opened, 'after', 'Сбер бзыкает опять')) < -0.3)
    assert.equal(await toneOf(opened, 'other', 'Сбер на улице Ленина'), 0)
    assert.ok((await toneOf(opened, 'neutral', 'Сбер открылся рядом')) > -0.2)
    assert.equal((await toneTurn(opened.loop, {})).length, 0)
  })

  it('BW34 uses no words that are no better on what was held back', async () => {
    const opened = await open()
    const rng = createRng('coin')
    for (let i = 0; i < 30; i++) {
      const tone = (rng.below(3) - 1) as -1 | 0 | 1
      await correctAll(opened, `случай${i}`, tone, 1)
    }
    const [learnt] = await toneTurn(opened.loop, {})
    assert.deepEqual([learnt?.isUsed, learnt?.words], [false, []])
    assert.equal(await toneOf(opened, 'x', 'Сбер касса'), 0)
  })

  it('BW33 gives the same bytes on replay and after a restart', async () => {
    const opened = await open()
    await correctAll(opened, 'бзыкает', -1, 25)
    await toneTurn(opened.loop, {})
    await toneOf(opened, 'after', 'Сбер бзыкает опять')
    const live = canonicalJson(dumpState(opened.loop.state)['brand'])
    assert.equal(canonicalJson(dumpState(await replayed(opened.loop))['brand']), live)
    assert.equal(canonicalJson(dumpState(restoreState(dumpState(opened.loop.state)))['brand']), live)
  })
})
