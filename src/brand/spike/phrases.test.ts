// Numbers of phrases are only a quicker way to count them: when their table is full and begins anew, topics stay the same.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ageOfPhrases, hashOfPhrase, isPair, keyOf, phrasesOf } from './phrases.ts'
import { createBackground, learnBackground, topicsOf } from './topics.ts'

describe('phrases', () => {
  it('BS8 words and pairs of a text have a number each, stops part them', () => {
    const { ids, firsts, lasts } = phrasesOf('Карты банка не работают, карту банка съели')
    const shown = ids.map((_, i) => `${firsts[i]} ${lasts[i]}`.trim())
    assert.deepEqual(ids.map(keyOf), [
      'карт',
      'банк',
      'карт банк',
      'работа',
      'работа карт',
      'съел',
      'банк съел',
    ])
    assert.deepEqual(shown, [
      'карту',
      'банка',
      'карту банка',
      'работают',
      'работают карту',
      'съели',
      'банка съели',
    ])
    assert.deepEqual(ids.map(isPair), [false, false, true, false, true, false, true])
  })

  it('BS8 topics and what is usual are the same when the table began anew in between', () => {
    const texts = Array.from({ length: 30 }, (_, i) => ({
      text: `Пропали деньги с карты ${i}, верните деньги`,
    }))
    const learn = () => {
      const background = createBackground()
      for (let i = 0; i < 300; i++) learnBackground(background, `Обычный день ${i}, деньги дошли`)
      for (const said of texts) learnBackground(background, said.text, said)
      return background
    }
    const before = learn()
    const topics = topicsOf(before, texts, 3)
    const hashes = phrasesOf('Пропали деньги').ids.map(hashOfPhrase)
    assert.ok(topics.length > 0)
    const age = ageOfPhrases()
    const words = Array.from({ length: 599 }, (_, i) => `слово${i.toString(36)}ы`)
    for (let step = 1; ageOfPhrases() === age; step++) {
      assert.ok(step < 599, 'the table is bounded')
      // By another step each word has another neighbour.
      phrasesOf(words.map((_, i) => words[(i * step) % words.length]).join(' '))
    }
    assert.deepEqual(topicsOf(before, texts, 3), topics)
    assert.deepEqual(learn().counts, before.counts)
    assert.deepEqual(phrasesOf('Пропали деньги').ids.map(hashOfPhrase), hashes)
  })
})
