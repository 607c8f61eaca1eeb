// Rule BT9: the models that ship speak from the start, and hold no texts.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { shippedTone } from './shipped.ts'
import { toneOf } from './tone.ts'
import type { PackedTone } from './tone-model.ts'

const packed = (language: string): PackedTone =>
  JSON.parse(readFileSync(new URL(`models/${language}.json`, import.meta.url), 'utf8')) as PackedTone

describe('the tone that ships', () => {
  it('BT9 reads English sentiment and emotions without training', () => {
    const read = (text: string, language: 'ru' | 'en') => toneOf({ text, language }, shippedTone())
    for (const [text, sentiment] of [
      ['Worst airline ever, they lost my bag and nobody cares', 'negative'],
      ['The crew was amazing, thank you so much', 'positive'],
      ['Flight 12 leaves at noon', 'neutral'],
    ] as const)
      assert.equal(read(text, 'en').sentiment, sentiment, text)
    assert.equal(read('The crew was amazing', 'en').emotion, 'joy')
    assert.equal(read('The crew was amazing', 'en').by, 'model')
    const russian = read('Как же я рад, спасибо вам, это счастье!', 'ru')
    assert.deepEqual([russian.emotion, russian.by, russian.version], ['joy', 'lexicon', 'ru-shipped-1'])
    assert.equal(read('Мне очень страшно и тревожно за детей', 'ru').emotion, 'fear')
  })

  it('BT9 is small and holds numbers only', () => {
    for (const language of ['ru', 'en'] as const) {
      const { version, language: own, sentiment, emotions } = packed(language)
      assert.equal(`${own} ${version}`, `${language} ${language}-shipped-1`)
      for (const heads of [sentiment, emotions]) {
        if (heads === null) continue
        assert.equal(atob(heads.weights).length, 2 ** heads.bits * heads.biases.length)
        assert.deepEqual(Object.keys(heads).toSorted(), ['biases', 'bits', 'calibration', 'steps', 'weights'])
      }
      assert.ok(JSON.stringify({ sentiment, emotions }).length < 1_500_000)
    }
  })
})
