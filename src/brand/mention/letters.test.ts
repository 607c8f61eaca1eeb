// Texts gone through letter by letter are taken apart as the expressions say that tell it in a line, whatever stands in
// them; and what is remembered of words changes nothing.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hash32 } from '../../kernel/hash.ts'
import { createRng } from '../../kernel/rng.ts'
import { createFeatureReader, featuresOf } from '../tone/features.ts'
import { maskText, NO_FOCUS, tokensOf } from '../tone/mask-text.ts'
import { kindOf, LETTER, MARK, PICTURE, SPACE } from './letters.ts'
import { normaliseMention } from './normalise.ts'
import { foldWord, stemOf, wordsOf } from './words.ts'

const TOKEN = /[\p{L}\p{N}\p{M}'’]+|[\ue000-\ue003]|\p{Extended_Pictographic}|[^\s\p{L}\p{N}]+/gu
const PARTS =
  "a B ё Ж й и\u0306 9 12 ! !!! ? @ @abc # 😀 👎🏽 ❤️ \u200b \u202e don't can’t no не очень ) :( ﬁ Ⅷ \ud800 \udc00 日本 é e\u0301\u0301 сбер İ ſ \ue000 \ue001 © ‼ soooo 1111 \u00a0 \u2028 http://x.y/z 𝒳 🇷🇺 1️⃣".split(
    ' ',
  )

const texts = (count: number): readonly string[] => {
  const rng = createRng('letters')
  return Array.from({ length: count }, () => {
    let text = ''
    for (let i = rng.uniform() * 25; i > 0; i--)
      text += `${PARTS[Math.floor(rng.uniform() * PARTS.length)]}${rng.uniform() < 0.4 ? ' ' : ''}`
    return text
  })
}

describe('texts taken apart', () => {
  it('BM8 each character is of the kinds that its expressions say', () => {
    for (let point = 0; point < 0x2_0000; point += point < 0x3000 ? 1 : 37) {
      const text = String.fromCodePoint(point)
      const kind = kindOf(point)
      assert.equal((kind & LETTER) !== 0, /^[\p{L}\p{N}]$/u.test(text))
      assert.equal((kind & MARK) !== 0, /^\p{M}$/u.test(text))
      assert.equal((kind & SPACE) !== 0, /^\s$/u.test(text))
      assert.equal((kind & PICTURE) !== 0, /^\p{Extended_Pictographic}$/u.test(text))
      assert.equal(kindOf(point), kind)
    }
  })

  it('BM8 tokens, words and masks are those of the expressions', () => {
    for (const text of texts(1_000)) {
      const masked = maskText(text, NO_FOCUS)
      assert.deepEqual(tokensOf(masked), masked.match(TOKEN) ?? [])
      const plain = text
        .toLowerCase()
        .replaceAll('ё', 'е')
        .replace(/\bhttps?:\/\/\S*/g, ' \ue003 ')
        .replace(/(?<![\p{L}\p{N}])@[\p{L}\p{N}_]+/gu, ' \ue002 ')
        .replace(/\d+/g, '0')
        .replace(/(.)\1{3,}/gu, '$1$1$1')
        .replace(/\s+/g, ' ')
        .trim()
      assert.equal(masked, plain)
      const without = text.replace(/\bhttps?:\/\/\S*/gi, (address) => ' '.repeat(address.length))
      const words = [...without.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map((match) => ({
        text: foldWord(match[0]),
        stem: stemOf(foldWord(match[0])),
        hash: hash32(foldWord(match[0])),
        from: match.index,
        to: match.index + match[0].length,
      }))
      assert.deepEqual(
        wordsOf(text),
        words.filter(({ from, to }) => to - from <= 40),
      )
    }
  })

  it('BM8 a text that needs nothing is read as one that is brought to its form', () => {
    for (const text of [
      ...texts(1_000),
      '',
      ' ',
      'а',
      'а  б',
      ' а',
      'а ',
      'a\tb',
      '²',
      'a&amp;b',
      'a<b>c',
      '\u00ad',
    ]) {
      // The picture makes the whole way be gone; what stands before it comes out as alone.
      const { text: whole } = normaliseMention(`${text} ☕`)
      assert.equal(`${normaliseMention(text).text} ☕`.trimStart(), whole)
    }
  })

  it('BM8 features do not depend on what was read before, or on how much', () => {
    const used = createFeatureReader(12)
    const rng = createRng('vocabulary')
    const check = texts(40).map((text) => maskText(text, NO_FOCUS))
    for (let round = 0; round < 40; round++) {
      const strange = Array.from({ length: 400 }, () => rng.uniform().toString(36).slice(2)).join(' ')
      featuresOf(used, strange)
      const masked = check[round % check.length] as string
      assert.deepEqual(featuresOf(used, masked, [0.5]), featuresOf(createFeatureReader(12), masked, [0.5]))
    }
    assert.ok(used.tokens.size < 20_000)
  })
})
