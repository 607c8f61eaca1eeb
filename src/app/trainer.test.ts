// Rule RC14: the running trainer learns each night by the product's clock, and what happens in between counts at once.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, it } from 'node:test'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { historyOf } from '../catalogue/index.ts'
import { findProfile } from '../profile/index.ts'
import { poolFor } from '../stages/recommend-pool.ts'
import { browse, openShop, productId, T0, type TasteShop } from '../stages/testing/taste-shop.ts'
import { startTrainer } from './trainer.ts'

const until = async (what: string, holds: () => boolean): Promise<void> => {
  for (let look = 0; look < 1_500 && !holds(); look++) await sleep(20)
  assert.ok(holds(), what)
}

/** Score of a product for a person, by everything known now; 0 when it is not among the best. */
const scoreOf = ({ loop: { state } }: TasteShop, userId: string, product: number, now: number): number => {
  const ref = findProfile(state.profile, { kind: 'user', value: userId }) ?? -1
  const ask = { recommendationId: 'r', ref, placement: 'home', page: '', productId: '', cart: [], slots: 24 }
  const { pool } = poolFor(
    state,
    { ...ask, filter: {}, now },
    { had: historyOf(state.catalogue.histories, ref), personal: true },
  )
  return pool.find(({ item }) => state.catalogue.products.rows[item]?.id === productId(product))?.lead ?? 0
}

describe('the trainer', () => {
  it('RC14 learns once there is enough and then once a night; in between sessions and companions go on', async () => {
    const shop = openShop('nightly', 80)
    const { state } = shop.loop
    const problems: unknown[] = []
    // Midday of a day in UTC, the business's zone.
    const noon = T0 + 21 * DAY_MS + 12 * HOUR_MS
    const trainer = startTrainer(shop.loop, (error) => problems.push(error), { lookMs: 10, restMs: 10 })
    try {
      await sleep(60)
      assert.equal(state.recommender.trainings, 0, 'nothing to learn from yet')
      await browse(shop, createRng('nightly'), 400)
      shop.setNow(noon)
      await until('the first training', () => state.recommender.trainings > 0)
      // The first may have begun while people were still browsing; the night between belongs to it.
      await until('in force', () => state.recommender.trained !== null)
      const first = state.recommender.trainings
      shop.setNow(noon + 10 * HOUR_MS)
      await sleep(120)
      assert.ok(state.recommender.trainings - first <= 1, 'not twice in a day')
      const before = state.recommender.trainings
      const { version = '' } = state.recommender.trained ?? {}

      // In between: a product nobody trained on goes with what a person had, once people look at both on one day.
      const fresh = 900
      const now = noon + 10 * HOUR_MS
      const mine = Number(historyOf(state.catalogue.histories, 0).at(-1)?.item ?? 0)
      const known = state.catalogue.products.rows[mine]?.id ?? ''
      const owner = 'user-new'
      await shop.track(owner, 'Product Viewed', { product_id: known })
      assert.equal(scoreOf(shop, owner, fresh, now), 0)
      for (let person = 0; person < 12; person++) {
        await shop.track(`pair-${person}`, 'Product Viewed', { product_id: known })
        await shop.track(`pair-${person}`, 'Product Viewed', { product_id: productId(fresh), name: 'Fresh' })
      }
      assert.ok(scoreOf(shop, owner, fresh, now) > 0, 'known by its companions at once')
      assert.equal(state.recommender.trained?.version, version, 'without another training')
      assert.equal(state.recommender.trainings, before)

      // Three at night is past.
      shop.setNow(noon + 16 * HOUR_MS)
      await until('the nightly training', () => state.recommender.trainings > before)
      await until('it knows the new product', () => {
        const item = state.catalogue.products.numbers.get(productId(fresh)) ?? -1
        return state.recommender.trained?.known[item] === 1
      })
      assert.deepEqual(problems, [])
    } finally {
      await trainer.stop()
      shop.loop.close()
    }
  })
})
