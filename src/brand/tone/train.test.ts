// Rules BT5 and BT6: what is learnt from labelled texts, kept, and held near what was known.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import { toneOf } from './tone.ts'
import { packTone, unpackTone } from './tone-model.ts'
import { labelledTexts } from './testing/labelled-texts.ts'
import { trainTone } from './train.ts'

const OPTIONS = { bits: 12, iterationsMax: 25 }
const train = (seed: string, more: Partial<Parameters<typeof trainTone>[0]> = {}) =>
  trainTone({
    language: 'ru',
    version: 'test',
    examples: labelledTexts(seed, 600),
    options: OPTIONS,
    ...more,
  })

describe('training of tone', () => {
  it('BT5 learns words that no list has, and beats the lists on what was held back', () => {
    const { model, exam, isBetter } = train('learn')
    assert.ok(isBetter)
    assert.ok((exam.sentimentF1 ?? 0) > 0.85 && (exam.lexiconF1 ?? 1) < 0.5, JSON.stringify(exam))
    assert.ok((exam.emotionF1?.anger ?? 0) > 0.85)
    const of = (text: string) => toneOf({ text, language: 'ru' }, { ru: model })
    assert.equal(of('снова бзыкнул ваш терминал').sentiment, 'negative')
    assert.equal(of('сегодня зыкнуло всё на славу').sentiment, 'positive')
    assert.equal(of('снова бзыкнул ваш терминал').emotion, 'anger')
    assert.equal(of('снова бзыкнул ваш терминал').by, 'model')
  })

  it('BT5 tells how sure it is: probabilities that come true', () => {
    const { model } = train('sure')
    const fresh = labelledTexts('fresh', 500)
    const tones = fresh.map(({ text }) => toneOf({ text, language: 'ru' }, { ru: model }))
    const said = tones.reduce((sum, { confidence }) => sum + confidence, 0) / fresh.length
    const right = tones.filter(({ sentiment }, i) => sentiment === fresh[i]?.sentiment).length / fresh.length
    assert.ok(Math.abs(said - right) < 0.08, `says ${said}, is ${right}`)
  })

  it('BT5 refuses too few texts, and texts of one label', () => {
    const refuses = (examples: ReturnType<typeof labelledTexts>, code: string) =>
      assert.throws(
        () => train('refuse', { examples }),
        (error) => isFailure(error, code),
      )
    refuses(labelledTexts('few', 50), 'tone.examples_few')
    refuses(
      labelledTexts('one', 600).map((example) => ({ ...example, sentiment: 'neutral' as const })),
      'tone.one_class',
    )
  })

  it('BT6 keeps a model in a bounded text that says the same, and refuses a torn one', () => {
    const { model } = train('keep')
    const packed = packTone(model)
    const again = unpackTone(JSON.parse(JSON.stringify(packed)) as typeof packed)
    for (const { text } of labelledTexts('ask', 100)) {
      const [left, right] = [model, again].map((one) => toneOf({ text, language: 'ru' }, { ru: one }))
      assert.ok(Math.abs((left?.score ?? 0) - (right?.score ?? 1)) < 0.05)
    }
    assert.deepEqual(packTone(again).sentiment?.weights, packed.sentiment?.weights)
    const torn = { ...packed, sentiment: { ...packed.sentiment, weights: 'AAAA' } } as typeof packed
    assert.throws(
      () => unpackTone(torn),
      (error) => isFailure(error, 'tone.model_invalid'),
    )
  })

  it('BT6 goes on from what is known: corrections teach new words and forget no old ones', () => {
    const known = train('known').model
    const corrections = labelledTexts('corrections', 300).map((example) => ({
      ...example,
      text: example.text.replace(/бзык\p{L}+/u, 'хрюмкает'),
    }))
    const { model } = train('go on', { examples: corrections, known })
    const of = (text: string) => toneOf({ text, language: 'ru' }, { ru: model }).sentiment
    assert.equal(of('курьер хрюмкает'), 'negative')
    assert.equal(of('снова бзыкнул ваш терминал'), 'negative')
    assert.notEqual(toneOf({ text: 'курьер хрюмкает', language: 'ru' }, { ru: known }).sentiment, 'negative')
  })
})
