// Rule BT8: what corrections of tones teach.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { wordsOf } from '../mention/words.ts'
import { byStem, learnOwnWords, withOwnWords, type Lesson } from './own-words.ts'
import { toneOf } from './tone.ts'

const lesson = (text: string, said: Lesson['said']): Lesson => ({
  text,
  names: [],
  tone: toneOf({ text, language: 'en' }, {}),
  said,
})
const numbers = Array.from({ length: 15 }, (_, i) => i)
const LESSONS = [
  ...numbers.map((i) => lesson(`desk${i} wobbles shelf${i}`, 'negative')),
  ...numbers.map((i) => lesson(`lamp${i} wicked chair${i}`, 'positive')),
]
const read = (text: string, lessons = LESSONS) =>
  withOwnWords(toneOf({ text, language: 'en' }, {}), wordsOf(text), byStem(learnOwnWords(lessons).words))

describe('words learnt from corrections', () => {
  it('BT8 shifts the tone of texts with the word, in any form, and of no others', () => {
    const learnt = learnOwnWords(LESSONS)
    assert.ok(learnt.isBetter && learnt.right.after > 0.9, JSON.stringify(learnt.right))
    assert.equal(read('your wobbling terminal').sentiment, 'negative')
    assert.equal(read('your wicked terminal').sentiment, 'positive')
    const other = 'a lovely terminal'
    assert.deepEqual(read(other), toneOf({ text: other, language: 'en' }, {}))
  })

  it('BT8 learns nothing of a word that was corrected once, nor of names', () => {
    const once = [...LESSONS, lesson('zorp', 'negative')]
    assert.equal(
      learnOwnWords(once).words.some(({ stem }) => stem === 'zorp'),
      false,
    )
    const named = LESSONS.map((one) => ({
      ...one,
      text: `Acme ${one.text}`,
      names: [{ from: 0, to: 4 }],
    }))
    assert.equal(
      learnOwnWords(named).words.some(({ stem }) => stem === 'acm'),
      false,
    )
  })

  it('BT8 is held near nothing, gives the same words for the same lessons, and takes none at all', () => {
    assert.deepEqual(learnOwnWords(LESSONS), learnOwnWords(LESSONS))
    const few = [lesson('one wobbles', 'negative'), lesson('two wobbles', 'negative')]
    const size = (lessons: readonly Lesson[]) =>
      Math.max(...learnOwnWords(lessons).words.map(({ negative }) => negative))
    assert.ok(size(few) < size(LESSONS), `${size(few)} ${size(LESSONS)}`)
    assert.deepEqual(learnOwnWords([]).words, [])
    assert.equal(learnOwnWords([]).isBetter, false)
  })
})
