// How people read: what a message is about, in two languages, and what it takes off.

import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { messageIdOf } from '../delivery/index.ts'
import { decisionIdIn, readMail, readPlacement } from './reader.ts'
import { topicsOf } from './inner-post.ts'
import { demoPlan } from './testing/demo-plan.ts'

describe('reading messages', () => {
  it('X10 reads the topic of every creative of the demo as it is meant', () => {
    assert.deepEqual(Object.fromEntries(topicsOf(demoPlan())), {
      'coffee-harvest': 'coffee',
      'tea-time': 'tea',
      'gear-guide': 'gear',
      'gift-ideas': 'gifts',
      'cart-reminder': 'cart',
      'welcome-story': 'general',
      'hero-coffee': 'coffee',
      'hero-tea': 'tea',
      'hero-gear': 'gear',
      'hero-gifts': 'gifts',
    })
  })

  it('X10 reads Russian like English', () => {
    const plan = demoPlan()
    for (const { id, content } of plan.creatives) {
      const words = content['ru'] as Record<string, string>
      const read =
        words['subject'] === undefined
          ? readPlacement(words)
          : readMail({
              subject: words['subject'],
              text: (words['body'] ?? '').replace(/<[^>]*>|\{[{%].*?[}%]\}/g, ' '),
            })
      assert.equal(read.topic, topicsOf(plan).get(id), id)
    }
  })

  it('X10 finds the discount in the words, and is not led by the shop’s name', () => {
    assert.deepEqual(readMail({ subject: 'Gifts, 10% off', text: 'Lighthouse Coffee & Tea' }), {
      topic: 'gifts',
      discountShare: 0.1,
    })
    assert.equal(readMail({ subject: 'Чай, скидка 7,5 %', text: '' }).discountShare, 0.075)
    assert.equal(readMail({ subject: 'Hello', text: 'from Lighthouse Coffee & Tea' }).topic, 'general')
    assert.equal(readPlacement({ title: 'Tea', discount_percent: '5' }).discountShare, 0.05)
    assert.equal(readPlacement({ title: 'Tea', discount_percent: '0' }).discountShare, 0)
    assert.deepEqual(readPlacement(null), { topic: 'general', discountShare: 0 })
  })

  it('X10 finds the decision in a Message-ID', () => {
    const decisionId = 'dec:win-back:20500:p17'
    assert.equal(decisionIdIn(`<${messageIdOf(decisionId, 'shop.example')}>`), decisionId)
  })
})
