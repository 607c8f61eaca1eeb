// Rules BT1 to BT4: what lists of words say, and what a model is shown.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { wordsOf } from '../mention/words.ts'
import { maskText } from './mask-text.ts'
import { polarityEn } from './lexicon-en.ts'
import { compileRiskWords, riskOf } from './risk-words.ts'
import { toneOf } from './tone.ts'
import { VADER_SENTENCES } from './testing/vader-sentences.ts'

describe('tone by words', () => {
  it('BT1 says of the published sentences what is published', () => {
    assert.ok(VADER_SENTENCES.length >= 15)
    for (const [text, compound] of VADER_SENTENCES) assert.equal(polarityEn(text).compound, compound, text)
  })

  it('BT2 hears negation, emphasis and contrast in Russian', () => {
    const score = (text: string) => toneOf({ text, language: 'ru' }, {}).score
    assert.ok(score('Хороший банк') > 0.3)
    assert.ok(score('Не хороший банк') < 0)
    assert.ok(score('Очень плохой банк') < score('Плохой банк'))
    assert.ok(score('Банк хороший, но обслуживание ужасное') < 0)
    assert.ok(score('Спасибо, всё понравилось)))') > 0.5)
    assert.equal(score('Банк на улице Ленина'), 0)
  })

  it('BT2 tells emotions, and is never sure', () => {
    for (const [text, language, emotion] of [
      ['Это злит и бесит, сплошная злость', 'ru', 'anger'],
      ['Как же страшно и боязно, боюсь за деньги', 'ru', 'fear'],
      ['So happy and delighted', 'en', 'joy'],
      ['Furious about this outrageous scam', 'en', 'anger'],
    ] as const) {
      const tone = toneOf({ text, language }, {})
      assert.equal(tone.emotion, emotion, text)
      assert.ok(tone.confidence <= 0.8)
      assert.equal(tone.by, 'lexicon')
    }
    assert.equal(toneOf({ text: '銀行', language: 'other' }, {}).sentiment, 'neutral')
  })

  it('BT3 shows a model no names', () => {
    const text = 'Сбер хуже ВТБ, см. https://t.co/1 @anna 24 часа'
    const masked = maskText(text, { own: [{ from: 0, to: 4 }], others: [{ from: 10, to: 13 }] })
    for (const hidden of ['сбер', 'втб', 't.co', 'anna', '24'])
      assert.equal(masked.includes(hidden), false, hidden)
    assert.ok(masked.includes('хуже') && masked.includes('часа'))
  })

  it('BT4 finds words of risk with kind and severity, and a business’s own', () => {
    const risk = (text: string, own: readonly string[] = []) =>
      riskOf(wordsOf(text), compileRiskWords(own)).map(({ kind, severity }) => `${kind} ${severity}`)
    assert.deepEqual(risk('Мошенники украли деньги'), ['fraud 2', 'fraud 2'])
    assert.deepEqual(risk('В вашем кафе отравились дети'), ['harm 3'])
    assert.deepEqual(risk('Приложение не работает'), ['outage 1'])
    assert.deepEqual(risk('Data leak confirmed'), ['leak 3'])
    assert.deepEqual(risk('Мой отзыв о магазине: всё хорошо'), [])
    assert.deepEqual(risk('опять пальмовое масло', ['пальмовое масло']), ['boycott 2'])
  })
})
