// Rules RC1 to RC13: lists of products, from what is shown to nobody to what hidden tastes bring.

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, MINUTE_MS } from '../kernel/time.ts'
import { popularityOf } from '../catalogue/index.ts'
import { RECOMMENDATION_SERVED, type RecommendationServed } from '../feedback/events.ts'
import { recommendationIdOf } from '../feedback/index.ts'
import { STOP_RAISED } from '../guardrail/events.ts'
import { NO_OUTSIDE_STOPS } from '../guardrail/index.ts'
import { decodeDump, encodeDump } from '../log/dump-codec.ts'
import { createState, dumpState, foldEvent, restoreState, type Loop } from '../loop.ts'
import { learnRecommender, RECOMMEND_TRAINED, trainedFact } from '../model/index.ts'
import { findProfile } from '../profile/index.ts'
import { historyOf, interactionColumns } from '../catalogue/index.ts'
import { answerRecommendation, recommendForDecision, type RecommendQuestion } from './recommendation.ts'
import { poolFor } from './recommend-pool.ts'
import { recommendNow, type RecommendAsk, type RecommendFilter } from './recommending.ts'
import { plainPoolFor } from './testing/plain-recommending.ts'
import { browse, openShop, productId, PRODUCTS, T0, type TasteShop } from './testing/taste-shop.ts'

const LATER = T0 + 25 * DAY_MS

const ask = async (loop: Loop, userId: string, more: Partial<RecommendQuestion> = {}) =>
  answerRecommendation(
    { loop, outside: () => NO_OUTSIDE_STOPS },
    { userId, placement: 'home', slots: 6, context: {}, filter: {}, ...more },
  )

const train = async (loop: Loop): Promise<void> => {
  const { users, items, seconds, ids } = interactionColumns(loop.state.catalogue, 100_000)
  const rows = Array.from(users, (user, k) => ({
    user: `p${user}`,
    item: ids[items[k] as number] ?? '',
    at: (seconds[k] as number) * 1_000,
  }))
  const data = trainedFact(learnRecommender({ rows, easeItemsMax: 5_000, perItem: 50 }), loop.state.offset)
  await loop.record([
    { id: `train${loop.state.offset}`, type: RECOMMEND_TRAINED, key: '', at: loop.ctx.now(), data },
  ])
}

const servedOf = async (loop: Loop, id: string | null): Promise<RecommendationServed> => {
  const found: RecommendationServed[] = []
  for await (const events of loop.log.read())
    for (const event of events)
      if (event.type === RECOMMENDATION_SERVED && event.id === id)
        found.push(event.data as RecommendationServed)
  assert.equal(found.length, 1)
  return found[0] as RecommendationServed
}

const listProducts = async (loop: Loop, rows: readonly Record<string, unknown>[]): Promise<void> => {
  const products = rows.map((row) => ({
    name: 'Named',
    category: '',
    price: null,
    url: '',
    image: '',
    stock: null,
    margin: null,
    launchedAt: 0,
    ...row,
  }))
  await loop.record([
    {
      id: loop.ctx.newId(),
      type: 'catalogue.products_listed.v1',
      key: '',
      at: loop.ctx.now(),
      data: { source: 'test', products },
    },
  ])
}

describe('recommending', () => {
  let shop: TasteShop

  before(async () => {
    shop = openShop('recommend', 120)
    await browse(shop, createRng('browsing'), 600)
    shop.setNow(LATER)
    await train(shop.loop)
  })

  it('RC11 finds hidden tastes that popularity does not know', () => {
    const { state } = shop.loop
    assert.notEqual(state.recommender.trained?.card.kind, 'popularity')
    const popular = Array.from({ length: PRODUCTS }, (_, k) => k).toSorted(
      (left, right) =>
        popularityOf(state.catalogue, numberOf(right), LATER) -
        popularityOf(state.catalogue, numberOf(left), LATER),
    )
    function numberOf(product: number): number {
      return state.catalogue.products.numbers.get(productId(product)) ?? -1
    }
    let [own, plain] = [0, 0]
    shop.people.forEach((userId, person) => {
      const ref = findProfile(state.profile, { kind: 'user', value: userId })
      if (ref === undefined) return
      const served = recommendNow(state, {
        recommendationId: `look ${userId}`,
        ref,
        placement: 'home',
        page: '',
        productId: '',
        cart: [],
        slots: 6,
        filter: {},
        now: LATER,
      })
      assert.equal(served.fallback, null)
      for (const { id } of served.items) own += shop.taste(person, Number(id.slice(5)))
      for (const product of popular.slice(0, 6)) plain += shop.taste(person, product)
    })
    assert.ok(own > 1.5 * plain, `expected clicks ${own} beside ${plain} of popularity`)
  })

  it('RC1 leaves out what is in the cart, looked at, bought lately, filtered, sold out or not listed', async () => {
    const { loop } = shop
    const shown = async (filter: RecommendFilter, context: RecommendQuestion['context'] = {}) =>
      (await ask(loop, 'user-1', { slots: 24, filter, context })).items
    const all = (await shown({})).map(({ id }) => id)
    const [first = '', second = '', third = ''] = all
    await shop.track('user-1', 'Order Completed', {
      order_id: 'o1',
      products: [{ product_id: third, price: 10 }],
    })
    const less = (await shown({}, { productId: first, cart: [second] })).map(({ id }) => id)
    for (const id of [first, second, third]) assert.ok(!less.includes(id), id)
    const { category = '' } =
      loop.state.catalogue.products.rows[loop.state.catalogue.products.numbers.get(third) ?? -1] ?? {}
    const again = await shown({ repeatCategories: [category] })
    const later = await shown({ boughtDays: 0 })
    assert.ok([...again, ...later].some(({ id }) => id === third))
    assert.ok((await shown({ categories: ['shelf-1'] })).every((item) => item.category === 'shelf-1'))
    assert.ok((await shown({ withoutCategories: ['shelf-1'] })).every((item) => item.category !== 'shelf-1'))
    assert.ok(
      (await shown({ priceMin: 12, priceMax: 13 })).every(({ price }) => price === 12 || price === 13),
    )
    assert.ok(!(await shown({ without: [first] })).some(({ id }) => id === first))

    const small = openShop('listed', 3)
    small.setNow(LATER)
    await small.track('user-0', 'Product Viewed', { product_id: 'unlisted', name: 'Seen only' })
    await listProducts(small.loop, [{ id: 'in' }, { id: 'out', stock: 0 }])
    assert.deepEqual(
      (await ask(small.loop, 'user-0')).items.map(({ id }) => id),
      ['in'],
    )
  })

  it('RC2 does not look at the past of who withdrew, but at the page they are on', async () => {
    const { loop } = shop
    await shop.track('user-2', 'Consent Changed', {
      channel: 'all',
      purpose: 'personalisation',
      granted: false,
      textVersion: '1',
    })
    const answer = await ask(loop, 'user-2')
    assert.equal(answer.fallback, 'no_consent')
    assert.ok(answer.items.length > 0)
    assert.ok(answer.items.every(({ reason }) => reason === 'popular' || reason === 'fresh'))
    const onPage = await ask(loop, 'user-2', { context: { productId: productId(3) } })
    const served = await servedOf(loop, onPage.recommendationId)
    assert.equal(served.personal, false)
    assert.ok(onPage.items.some(({ reason }) => reason === 'learnt'))
    assert.equal((await ask(loop, 'user-3')).fallback, null)
  })

  it('RC3 names why popularity stands in', async () => {
    assert.equal((await ask(shop.loop, 'somebody-new')).fallback, 'nothing_known')
    const fresh = openShop('untrained', 3)
    assert.equal((await ask(fresh.loop, 'user-0')).fallback, 'nothing_left')
    await browse(fresh, createRng('few'), 6)
    fresh.setNow(LATER)
    const answers = await Promise.all(fresh.people.map(async (userId) => ask(fresh.loop, userId)))
    assert.ok(answers.some(({ fallback }) => fallback === 'not_trained'))
    await train(fresh.loop)
    const trained = await Promise.all(fresh.people.map(async (userId) => ask(fresh.loop, userId)))
    assert.ok(trained.some(({ fallback }) => fallback === 'too_few_rows'))
  })

  it('RC4 records what it drew from, and the record draws again to the byte', async () => {
    const { loop } = shop
    const answer = await ask(loop, 'user-5', { context: { cart: [productId(5)] } })
    const served = await servedOf(loop, answer.recommendationId)
    assert.equal(served.items.length, 6)
    for (const { propensity, inclusion } of served.items) {
      assert.ok(propensity > 0 && propensity <= inclusion && inclusion <= 1)
    }
    const state = createState()
    for await (const events of loop.log.read())
      for (const event of events) if (event.offset <= served.asOf) foldEvent(state, event)
    const ref = findProfile(state.profile, { kind: 'user', value: 'user-5' }) ?? -1
    const { recommendationId, placement, page, productId: product, cart, slots, filter, at } = served
    const again = recommendNow(state, {
      recommendationId,
      ref,
      placement,
      page,
      productId: product,
      cart,
      slots,
      filter,
      now: at,
    })
    assert.equal(JSON.stringify(again), JSON.stringify(served))
  })

  it('RC5 gives products that came after the training their chance', async () => {
    const { loop } = shop
    await shop.track('user-9', 'Product Viewed', { product_id: 'brand-new', name: 'Brand new' })
    let shown = 0
    for (let k = 0; k < 100; k++)
      shown += (await ask(loop, `user-${k % 100}`)).items.filter(({ id }) => id === 'brand-new').length
    assert.ok(shown > 0 && shown < 50, `${shown} times`)
    assert.equal(loop.state.recommendations.exposures.get('brand-new'), shown)
  })

  it('RC6 shows nothing while everything, the site or recommendations are stopped', async () => {
    for (const scope of [
      { kind: 'all' },
      { kind: 'channel', channel: 'onsite' },
      { kind: 'campaign', campaignId: 'recommendations' },
    ]) {
      const { loop } = openShop('stopped', 2)
      await listProducts(loop, [{ id: 'a' }])
      assert.equal((await ask(loop, 'user-0')).items.length, 1)
      const data = { scope, reason: 'test', by: 'test' }
      await loop.record([{ id: loop.ctx.newId(), type: STOP_RAISED, key: '', at: loop.ctx.now(), data }])
      assert.deepEqual(await ask(loop, 'user-0'), {
        recommendationId: null,
        items: [],
        model: 'none',
        fallback: 'stopped',
      })
    }
  })

  it('RC7 answers the same request with the same list', async () => {
    const { loop } = shop
    const first = await ask(loop, 'user-7', { requestId: 'r1' })
    await shop.track('user-7', 'Product Viewed', { product_id: productId(0), name: 'Item 0' })
    assert.deepEqual(await ask(loop, 'user-7', { requestId: 'r1' }), first)
    assert.equal((await servedOf(loop, recommendationIdOf('r1'))).items.length, 6)
  })

  it('RC8 counts clicks once, of the person it was shown to, and what they buy of them', async () => {
    const small = openShop('clicks', 3)
    const { loop } = small
    await listProducts(loop, [{ id: 'a' }, { id: 'b' }, { id: 'c' }])
    const { recommendationId, items } = await ask(loop, 'user-0')
    const [{ id: clicked } = { id: '' }] = items
    const click = async (userId: string, product: string, id = recommendationId) =>
      small.track(userId, 'Product Viewed', { product_id: product, name: 'x', recommendation_id: id })
    small.setNow(T0 + MINUTE_MS)
    await click('user-1', clicked)
    await click('user-0', clicked, 'rec:forged')
    await click('user-0', 'not-on-it')
    const counts = () => loop.state.recommendations.counts.get('model nothing_known')
    assert.deepEqual(counts(), { shown: 3, clicked: 0, bought: 0, revenue: 0, squares: 0 })
    await click('user-0', clicked)
    await click('user-0', clicked)
    assert.equal(counts()?.clicked, 1)
    small.setNow(T0 + DAY_MS)
    const order = { order_id: 'o', products: [{ product_id: clicked, price: 20, quantity: 2 }] }
    await small.track('user-0', 'Order Completed', order)
    await small.track('user-0', 'Order Completed', { ...order, order_id: 'o2' })
    assert.deepEqual(counts(), { shown: 3, clicked: 1, bought: 1, revenue: 40, squares: 1_600 })
    small.setNow(T0 + 3 * DAY_MS)
    await click('user-0', items[1]?.id ?? '')
    assert.equal(counts()?.clicked, 1)
  })

  it('RC9 has the same bytes from the log, from a snapshot, and from half of each', async () => {
    const { loop } = shop
    const bytes = (parts: ReturnType<typeof dumpState>) =>
      ['catalogue', 'recommender', 'recommendations'].map((name) =>
        hash('sha256', encodeDump(parts[name] ?? {})),
      )
    let state = createState()
    for await (const events of loop.log.read())
      for (const event of events) {
        foldEvent(state, event)
        if (event.offset % 1_000 === 0) {
          const parts = Object.entries(dumpState(state)).map(
            ([name, dump]) => [name, decodeDump(encodeDump(dump))] as const,
          )
          state = restoreState(Object.fromEntries(parts))
        }
      }
    assert.deepEqual(bytes(dumpState(state)), bytes(dumpState(loop.state)))
  })

  it('RC13 gives what scoring and sorting all products as objects gives', async () => {
    const { state } = shop.loop
    const rng = createRng('plain')
    for (let person = 0; person < shop.people.length; person += 3)
      for (let look = 0; look < 3; look++)
        await shop.track(`user-${person}`, 'Product Viewed', { product_id: productId(rng.below(PRODUCTS)) })
    const some = (count: number) =>
      Array.from({ length: rng.below(count) }, () => productId(rng.below(PRODUCTS)))
    let [filtered, sessions] = [0, 0]
    for (let k = 0; k < 300; k++) {
      const ref = rng.below(shop.people.length)
      const own = historyOf(state.catalogue.histories, ref)
      const asked: RecommendAsk = {
        recommendationId: `plain ${k}`,
        ref,
        placement: 'home',
        page: '',
        productId: k % 4 === 0 ? productId(rng.below(PRODUCTS)) : '',
        cart: some(3),
        slots: 1 + rng.below(24),
        filter: {
          without: some(4),
          ...(k % 2 === 0 ? { categories: [`shelf-${rng.below(3)}`, `shelf-${rng.below(3)}`] } : {}),
          ...(k % 5 === 0 ? { withoutCategories: ['shelf-1'], repeatCategories: ['shelf-0'] } : {}),
          ...(k % 7 === 0 ? { priceMin: 11, priceMax: 14 } : {}),
        },
        now: LATER + MINUTE_MS,
      }
      const knowledge = { had: k % 5 === 1 ? own.slice(-2) : own, personal: k % 6 !== 0 }
      const [fast, plain] = [poolFor(state, asked, knowledge), plainPoolFor(state, asked, knowledge)]
      assert.equal(fast.fallback, plain.fallback)
      assert.deepEqual(
        fast.pool.map(({ item }) => item),
        plain.pool.map(({ item }) => item),
      )
      fast.pool.forEach(({ score, lead }, place) => {
        assert.equal(lead, plain.pool[place]?.lead)
        assert.ok(Math.abs(score - (plain.pool[place]?.score ?? 0)) < 1e-12)
      })
      filtered += fast.pool.length < 20 ? 1 : 0
      sessions += knowledge.had.length < 3 ? 1 : 0
    }
    assert.ok(filtered > 20 && sessions > 20)
  })

  it('RC10 puts the list of a message on record under its decision', async () => {
    const { loop } = shop
    const ports = { loop, outside: () => NO_OUTSIDE_STOPS }
    const ref = findProfile(loop.state.profile, { kind: 'user', value: 'user-11' }) ?? -1
    const about = { decisionId: 'dec:1', ref, placement: 'email winback', slots: 4, now: LATER }
    const items = await recommendForDecision(ports, about)
    assert.equal(items.length, 4)
    assert.deepEqual(await recommendForDecision(ports, about), items)
    assert.equal((await servedOf(loop, 'rec:dec:1')).placement, 'email winback')
  })
})
