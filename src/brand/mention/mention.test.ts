// Rules BM1 to BM5: what is read of a text, whose names stand in it, and which texts are copies.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { isFailure } from '../../kernel/failure.ts'
import { createRng } from '../../kernel/rng.ts'
import { createEchoes, dumpEchoes, placeEcho, restoreEchoes } from './echoes.ts'
import { compileDictionary, matchEntities, type Entity } from './entities.ts'
import { fingerprintOf, likeness } from './fingerprint.ts'
import { normaliseMention, TEXT_CHARS_MAX } from './normalise.ts'
import { stemOf, wordsOf } from './words.ts'

const data =
  process.env['WINDVANE_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const vocabulary = (name: string) =>
  gunzipSync(readFileSync(`${data}/snowball/${name}.txt.gz`))
    .toString('utf8')
    .trimEnd()
    .split('\n')

describe('normalising', () => {
  it('BM1 gives plain text of markup, references and hidden characters', () => {
    const read = normaliseMention(
      '<p>Сб\u200bер&nbsp;— <b>лёг</b><script>steal()</script></p>\u202eопять &amp;lt;',
    )
    assert.equal(read.text, 'Сбер — лёг опять &lt;')
    assert.deepEqual([read.language, read.hadMarkup, read.hidden, read.wasCut], ['ru', true, 2, false])
  })

  it('BM1 leaves what only looks like markup', () => {
    for (const text of ['I <3 this', 'a < b and c > d', '5<7', 'hm :<', 'R&D; at AT&T'])
      assert.equal(normaliseMention(text).text, text)
  })

  it('BM1 cuts at its bounds and takes time in proportion', () => {
    const hostile = ['<', '<a', '<script>', '&#', '<!--', '</script><script>', '\u0301', '((((', 'а\u200b']
    for (const piece of hostile) {
      const raw = piece.repeat(Math.ceil(200_000 / piece.length))
      const before = process.cpuUsage().user
      const read = normaliseMention(raw)
      wordsOf(read.text)
      assert.ok(read.text.length <= TEXT_CHARS_MAX && read.wasCut, piece)
      assert.ok(process.cpuUsage(undefined).user - before < 1_500_000, `${piece} takes too long`)
    }
  })

  it('BM1 tells Russian from English and either from others', () => {
    const of = (text: string) => normaliseMention(text).language
    assert.deepEqual(
      ['Сбер is down опять не работает', 'The bank is down', '銀行のアプリ', '!!! 12'].map(of),
      ['ru', 'en', 'other', 'other'],
    )
  })
})

describe('words', () => {
  it('BM2 folds case, ё and lookalikes', () => {
    assert.deepEqual(
      wordsOf('ПЯТЁРОЧКА Cбеp https://сбер.рф/путь').map(({ text }) => text),
      ['пятерочка', 'сбер'],
    )
  })

  it('BM2 stems like the published vocabularies', {
    skip: existsSync(data) ? false : 'no data',
  }, async () => {
    const { english, russian } = await import('multilingual-stemmer')
    for (const [language, stem] of [
      ['russian', russian],
      ['english', english],
    ] as const) {
      const words = vocabulary(`${language}_voc`)
      const wanted = vocabulary(`${language}_output`)
      assert.ok(words.length > 40_000)
      assert.equal(words.filter((word, i) => stem(word) !== wanted[i]).length, 0, language)
    }
    assert.equal(stemOf('банками'), 'банк')
    assert.equal(stemOf('running'), 'run')
  })
})

const ENTITIES: readonly Entity[] = [
  { id: 'sber', kind: 'brand', names: ['Сбербанк', 'Сбер', 'Sberbank'] },
  { id: 'alfa', kind: 'competitor', names: ['Альфа-Банк'] },
  { id: 'vtb', kind: 'competitor', names: ['ВТБ'] },
  { id: 'moscow', kind: 'competitor', names: ['Банк Москвы'] },
  { id: 'magnit', kind: 'brand', names: ['Магнит'], isCaseStrict: true },
  { id: 'lenta', kind: 'brand', names: ['Лента'], near: ['магазин', 'скидка'], isCaseStrict: true },
  { id: 'apple', kind: 'competitor', names: ['Apple'], never: ['pie'] },
  { id: 'teremok', kind: 'brand', names: ['Теремок'] },
  { id: 'app', kind: 'product', names: ['Сбербанк Онлайн'] },
]
const names = compileDictionary(ENTITIES)
const found = (text: string) => matchEntities(text, names).map(({ entity }) => entity)

describe('entities', () => {
  it('BM3 finds names in every inflection', () => {
    for (const text of [
      'у Сбера сбой',
      'очередь в Сбербанке',
      'СБЕРБАНКОМ доволен',
      'о сбере',
      'сбербанковские карты',
      'Cбep лежит',
      "Sberbank's app",
      '#сбербанк',
      '@sberbank помогите',
    ])
      assert.deepEqual(found(text), ['sber'], text)
    for (const text of ['в Альфа-банке', 'Альфабанк', 'альфа банка', 'Альфа-Банком'])
      assert.deepEqual(found(text), ['alfa'], text)
    assert.deepEqual(found('втб и Банку Москвы, банком Москвы'), ['vtb', 'moscow', 'moscow'])
    assert.deepEqual(found('в Магните, из Магнита'), ['magnit', 'magnit'])
  })

  it('BM3 takes the longest name and no namesakes', () => {
    assert.deepEqual(found('Сбербанк Онлайн не работает'), ['app'])
    assert.deepEqual(found('магний и магнит на холодильник'), [])
    assert.deepEqual(found('В Ленте скидки на сыр'), ['lenta'])
    assert.deepEqual(found('лента новостей, Лента.ру'), [])
    assert.deepEqual(found('apple pie, but Apple Store'), [])
    assert.deepEqual(found('the Apple Store'), ['apple'])
    assert.deepEqual(found('берег, себе, сберечь'), [])
  })

  it('BM3 refuses a dictionary that cannot be listened for', () => {
    const refuses = (entities: readonly Entity[], code: string) =>
      assert.throws(
        () => compileDictionary(entities),
        (error) => isFailure(error, code),
      )
    refuses([{ id: 'x', kind: 'brand', names: ['—'] }], 'brand.names_missing')
    refuses([ENTITIES[0] as Entity, ENTITIES[0] as Entity], 'brand.entity_twice')
    refuses([{ id: 'x', kind: 'brand', names: ['a b c d e f g h i'] }], 'brand.name_long')
  })
})

describe('echoes', () => {
  const story = 'Сегодня утром в отделении банка опять сломались все банкоматы и никто не извинился'

  it('BM4 takes reposts and near-copies for echoes', () => {
    const echoes = createEchoes()
    const place = (text: string, at = 0) => placeEcho(echoes, fingerprintOf(text), at)
    const first = place(story)
    assert.deepEqual([first.isEcho, first.copies], [false, 1])
    for (const copy of [
      `RT @anna: ${story}`,
      `${story} http://t.co/x1`,
      `${story}!!! #банк`,
      `${story.slice(0, 70)}…`,
    ]) {
      const placed = place(copy)
      assert.deepEqual([placed.isEcho, placed.voice], [true, first.voice], copy)
    }
    assert.equal(place(story).copies, 6)
    assert.equal(place('Сегодня утром открыли отделение банка в новом доме, очереди нет').isEcho, false)
    assert.equal(place('👍').isEcho, false)
    assert.equal(place('👎').isEcho, false)
  })

  it('BM4 forgets after three days, and keeps a fixed memory', () => {
    const echoes = createEchoes({ voicesMax: 64 })
    const size = dumpEchoes(echoes)['prints']
    const print = fingerprintOf(story)
    placeEcho(echoes, print, 0)
    assert.equal(placeEcho(echoes, print, 2 * 86_400_000).isEcho, true)
    assert.equal(placeEcho(echoes, print, 6 * 86_400_000).isEcho, false)
    const rng = createRng('echoes')
    for (let i = 0; i < 1_000; i++)
      placeEcho(echoes, fingerprintOf(Array.from({ length: 12 }, () => `w${rng.below(5_000)}`).join(' ')), 0)
    assert.equal((dumpEchoes(echoes)['prints'] as Uint32Array).length, (size as Uint32Array).length)
    assert.equal(placeEcho(echoes, print, 6 * 86_400_000).isEcho, false, 'pushed out by newer ones')
    const again = restoreEchoes(dumpEchoes(echoes))
    assert.deepEqual(dumpEchoes(again), dumpEchoes(echoes))
  })

  it('BM4 finds copies of which three words in forty were changed, and hardly a stranger', () => {
    const rng = createRng('copies')
    const text = () => Array.from({ length: 40 }, () => `слово${rng.below(400)}`)
    const echoes = createEchoes()
    let caught = 0
    let wrong = 0
    for (let i = 0; i < 300; i++) {
      const original = text()
      if (placeEcho(echoes, fingerprintOf(original.join(' ')), i).isEcho) wrong++
      const copy = original.with(rng.below(40), 'иначе').with(rng.below(40), 'вот').with(rng.below(40), 'так')
      if (placeEcho(echoes, fingerprintOf(copy.join(' ')), i).isEcho) caught++
    }
    assert.ok(caught >= 270, `${caught} of 300`)
    assert.equal(wrong, 0)
    assert.ok(likeness(fingerprintOf('да'), fingerprintOf('нет')) < 0.2)
  })
})
