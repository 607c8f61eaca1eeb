// Rule IM17: reviews, answers and tickets from a file.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { present } from '../kernel/assert.ts'
import type { SaidRow } from './review-rows.ts'
import { createFolder, failureOf, run } from './testing/import-run.ts'

const REVIEWS = [
  'ID отзыва;Дата;Оценка;Отзыв;Почта;Товар',
  'r1;01.05.2026;5;Отличный чайник;anna@shop.example;Чайник',
  'r2;02.05.2026;1;;;',
  'r3;02.05.2026;7;Семь звёзд;;',
  'r4;03.05.2026;;;;',
  'r5;не помню;4;Хорошо;;',
  'r6;04.05.2026;3;;;',
  'r1;05.05.2026;2;Передумала;;',
].join('\n')

/** Remembers what it was told, and takes each id once. */
const createEar = () => {
  const rows: SaidRow[] = []
  const seen = new Set<string>()
  return {
    rows,
    hear: async (source: string, given: readonly SaidRow[]) => {
      const fresh = given.filter(({ id }) => !seen.has(`${source} ${id}`))
      for (const one of fresh) seen.add(`${source} ${one.id}`)
      rows.push(...fresh)
      return { fresh: fresh.length, heard: fresh.length }
    },
  }
}

describe('importing reviews', () => {
  let folder: Awaited<ReturnType<typeof createFolder>>
  before(async () => {
    folder = await createFolder()
  })
  after(async () => folder.remove())

  it('IM17 reads columns as they are mapped, and says of each bad row its line and what is wrong', async () => {
    const ear = createEar()
    const map = `id: [ID отзыва]
fields:
  reviewId: ID отзыва
  at: { column: Дата, format: DD.MM.YYYY }
  score: Оценка
  scale: { value: stars }
  text: Отзыв
  email: Почта
  about: Товар`
    const { summary } = await run(await folder.fileOf(REVIEWS, 'reviews.csv'), 'reviews', map, {
      hear: ear.hear,
      heardAs: 'shop-reviews',
    })
    assert.deepEqual(
      { rows: summary.rows, imported: summary.imported, rejected: summary.rejected, source: summary.source },
      { rows: 7, imported: 3, rejected: 4, source: 'shop-reviews' },
    )
    const rejected = (await readFile(present(summary.rejectsPath, 'rejects'), 'utf8')).trim().split('\n')
    assert.deepEqual(
      rejected.map((line) => {
        const { line: at, code, reason } = JSON.parse(line) as Record<string, unknown>
        return [at, code, reason]
      }),
      [
        [4, 'score_range', 'fields.score: 7 is not from 1 to 5 (stars)'],
        [5, 'nothing_said', 'the row has neither a text nor a score'],
        [6, 'not_a_date', present(JSON.parse(rejected[2] ?? '{}') as { reason: string }, 'a row').reason],
        [8, 'id_taken', present(JSON.parse(rejected[3] ?? '{}') as { reason: string }, 'a row').reason],
      ],
    )
    const [first, second] = ear.rows
    assert.deepEqual(
      { ...first, id: '' },
      {
        id: '',
        at: '2026-05-01T00:00:00.000Z',
        text: 'Отличный чайник',
        about: 'Чайник',
        score: 5,
        scale: 'stars',
        who: { email: 'anna@shop.example' },
      },
    )
    assert.equal(second?.text, undefined)
    assert.equal(second?.score, 1)
  })

  it('IM17 a file brought again brings nothing new, one that has grown its new rows', async () => {
    const ear = createEar()
    const map =
      'name: survey\nid: [id]\nfields: { at: at, score: answer, scale: { value: nps }, userId: user }'
    const more = { hear: ear.hear }
    const text = 'id,at,answer,user\n1,2026-05-01,10,anna\n2,2026-05-01,0,\n'
    const once = await run(await folder.fileOf(text, 's.csv'), 'reviews', map, more)
    const again = await run(await folder.fileOf(text, 's.csv'), 'reviews', map, more)
    const grown = await run(await folder.fileOf(`${text}3,2026-05-02,7,\n`, 's.csv'), 'reviews', map, more)
    assert.deepEqual(
      [once, again, grown].map(({ summary }) => [summary.imported, summary.duplicates]),
      [
        [2, 0],
        [0, 2],
        [1, 2],
      ],
    )
    assert.deepEqual(
      ear.rows.map(({ score, who }) => [score, who?.userId]),
      [
        [10, 'anna'],
        [0, undefined],
        [7, undefined],
      ],
    )
  })

  it('IM17 a score without a scale, or a mapping that says nothing, is refused with what to do', async () => {
    const file = await folder.fileOf('at,answer\n2026-05-01,9\n', 'a.csv')
    const { summary } = await run(file, 'reviews', 'fields: { at: at, score: answer }', {
      hear: createEar().hear,
      limits: { hopelessRows: 5 },
    })
    assert.deepEqual(summary.reasons, { scale_missing: 1 })
    assert.match(
      await failureOf((async () => run(file, 'reviews', 'fields: { at: at }', { hear: createEar().hear }))()),
      /nothing is said/,
    )
  })

  it('IM17 an NPS column is known by its name or by a 0 in it', async () => {
    const scaleOf = async (text: string) => {
      const ear = createEar()
      await run(await folder.fileOf(text, 'n.csv'), 'reviews', null, { hear: ear.hear })
      return ear.rows[0]?.scale
    }
    assert.equal(await scaleOf('date,NPS score\n2026-05-01,5\n'), 'nps')
    assert.equal(await scaleOf('date,score\n2026-05-01,0\n2026-05-01,9\n'), 'nps')
    assert.equal(await scaleOf('date,rating\n2026-05-01,5\n'), 'stars')
    assert.equal(await scaleOf('date,grade\n2026-05-01,8\n'), 'ten')
  })
})
