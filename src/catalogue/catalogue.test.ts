// Rules CT1 to CT8: products, histories, popularity, sessions, limits, and the way through a snapshot.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decodeDump, encodeDump } from '../log/dump-codec.ts'
import type { LogEvent } from '../log/port.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/time.ts'
import { createRng } from '../kernel/rng.ts'
import type { Signal } from '../signal/events.ts'
import { PRODUCTS_LISTED, type ProductRow } from './events.ts'
import {
  createCatalogue,
  dumpCatalogue,
  foldCatalogue,
  historyOf,
  interactionColumns,
  popularityOf,
  restoreCatalogue,
  type Catalogue,
} from './index.ts'
import { NAME_CHARS_MAX } from './limits.ts'
import { createProducts, mentionProduct, putProduct, rowOf } from './products.ts'
import { bought, trackOf, viewed } from './testing/touches.ts'

const T0 = Date.UTC(2026, 0, 1)
const eventAt = (at: number, type = 'signal.received.v1', data: unknown = {}): LogEvent => ({
  offset: 1,
  id: `e${at}`,
  type,
  key: '',
  at,
  data,
})
const take = (state: Catalogue, ref: number, ...signals: readonly Signal[]) =>
  signals.flatMap((signal) =>
    foldCatalogue(state, eventAt(signal.at), { touches: [{ ref, signal }], merges: [] }),
  )
const list = (state: Catalogue, ...products: readonly Partial<ProductRow>[]) =>
  foldCatalogue(
    state,
    eventAt(T0, PRODUCTS_LISTED, {
      source: 'test',
      products: products.map((row) => ({
        id: 'a',
        name: '',
        category: '',
        price: null,
        url: '',
        image: '',
        stock: null,
        margin: null,
        launchedAt: 0,
        ...row,
      })),
    }),
    { touches: [], merges: [] },
  )
const product = (state: Catalogue, id: string) => state.products.rows[state.products.numbers.get(id) ?? -1]
const idsOf = (state: Catalogue, ref: number) =>
  historyOf(state.histories, ref).map(({ item, interest }) => `${state.products.rows[item]?.id} ${interest}`)

describe('the catalogue', () => {
  it('CT1 learns products from what people look at, add and order', () => {
    const state = createCatalogue()
    take(
      state,
      1,
      viewed('a', T0, {
        category: 'tea',
        price: '12,50',
        url: 'https://shop.example/a',
        image_url: 'https://shop.example/a.png',
      }),
      trackOf('Product Added', { sku: 'b', name: 'Bee' }, T0 + 1),
      bought(['c'], T0 + 2),
      trackOf('Product Viewed', { name: 'no id' }, T0 + 3),
    )
    assert.deepEqual(product(state, 'a'), {
      id: 'a',
      name: 'Name of a',
      category: 'tea',
      price: 12.5,
      url: 'https://shop.example/a',
      image: 'https://shop.example/a.png',
      stock: null,
      margin: null,
      launchedAt: 0,
      listed: false,
      firstSeenAt: T0,
    })
    assert.deepEqual(idsOf(state, 1), ['a viewed', 'b added', 'c bought'])
  })

  it('CT2 keeps what the shop lists against what visitors say, and takes no address that runs', () => {
    const state = createCatalogue()
    list(state, { id: 'a', name: 'Assam', price: 15, stock: 3, url: 'https://shop.example/a' })
    take(state, 1, viewed('a', T0 + 1, { name: 'Hacked', price: 1, url: 'https://evil.example/' }))
    assert.equal(product(state, 'a')?.name, 'Assam')
    assert.equal(product(state, 'a')?.price, 15)
    take(state, 1, trackOf('Product Updated', { product_id: 'a', price: 16 }, T0 + 2))
    assert.equal(product(state, 'a')?.price, 16)
    assert.equal(product(state, 'a')?.name, 'Assam')
    take(state, 1, viewed('b', T0 + 3, { url: 'javascript:alert(1)', image_url: 'data:text/html,x' }))
    assert.equal(product(state, 'b')?.url, '')
    assert.equal(product(state, 'b')?.image, '')
    assert.equal(product(state, 'b')?.listed, false)
    assert.equal(state.products.listed, 1)
  })

  it('CT1 CT2 takes what an event says of a known product as it takes a row', () => {
    const long = `${'x'.repeat(NAME_CHARS_MAX - 1)} y`
    const said = fc.constantFrom<unknown>(
      undefined,
      null,
      '',
      'a',
      ' a',
      'b',
      'https://shop.example/a',
      3,
      '3',
      -1,
      false,
      long,
      long.slice(0, NAME_CHARS_MAX),
    )
    const names = ['name', 'category', 'price', 'url', 'image_url', 'image', 'stock', 'available', 'margin']
    const properties = fc.record({
      product_id: fc.constantFrom('a', 'b', 3, '', ' '),
      ...Object.fromEntries(names.map((name) => [name, said])),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(properties, fc.boolean()), { maxLength: 12 }), (mentions) => {
        const [quick, plain] = [createProducts(), createProducts()]
        for (const [index, [one, listed]] of mentions.entries()) {
          const about = { at: T0 + index, listed: listed && index % 5 === 4, productsMax: 3 }
          const taken = about.listed
            ? putProduct(quick, rowOf(one), about)
            : mentionProduct(quick, one, about)
          assert.equal(taken, putProduct(plain, rowOf(one), about))
        }
        assert.deepEqual(quick, plain)
      }),
    )
  })

  it('CT3 counts stock down to nothing and not further', () => {
    const state = createCatalogue()
    list(state, { id: 'a', name: 'A', stock: 1 })
    take(state, 1, bought(['a'], T0 + 1), bought(['a'], T0 + 2))
    assert.equal(product(state, 'a')?.stock, 0)
    take(state, 1, trackOf('Product Updated', { product_id: 'a', stock: 5 }, T0 + 3))
    assert.equal(product(state, 'a')?.stock, 5)
  })

  it('CT4 remembers the latest products of a person, bought ones longest, late ones in their place', () => {
    const state = createCatalogue({ historyMax: 3 })
    take(state, 1, bought(['a'], T0), viewed('b', T0 + HOUR_MS), viewed('c', T0 + 3 * HOUR_MS))
    take(state, 1, viewed('d', T0 + 4 * HOUR_MS))
    assert.deepEqual(idsOf(state, 1), ['a bought', 'c viewed', 'd viewed'])
    take(state, 1, viewed('a', T0 + 5 * HOUR_MS))
    assert.deepEqual(idsOf(state, 1), ['c viewed', 'd viewed', 'a bought'])
    take(state, 2, viewed('e', T0 + 6 * HOUR_MS), viewed('f', T0))
    assert.deepEqual(idsOf(state, 2), ['f viewed', 'e viewed'])
    foldCatalogue(state, eventAt(T0 + DAY_MS), { touches: [], merges: [{ from: 2, into: 1 }] })
    assert.deepEqual(idsOf(state, 2), [])
    assert.deepEqual(idsOf(state, 1), ['d viewed', 'a bought', 'e viewed'])
  })

  it('CT5 halves popularity in a week, whatever order events come in', () => {
    const inOrder = createCatalogue()
    const late = createCatalogue()
    take(inOrder, 1, bought(['a'], T0), viewed('a', T0 + 7 * DAY_MS))
    take(late, 1, viewed('a', T0 + 7 * DAY_MS), bought(['a'], T0))
    for (const state of [inOrder, late]) {
      assert.ok(Math.abs(popularityOf(state, 0, T0 + 7 * DAY_MS) - 0.6) < 1e-9)
      assert.ok(Math.abs(popularityOf(state, 0, T0 + 14 * DAY_MS) - 0.3) < 1e-9)
    }
    assert.equal(popularityOf(inOrder, 99, T0), 0)
  })

  it('CT6 hands a session on when half an hour has been silent', () => {
    const state = createCatalogue()
    const none = take(
      state,
      1,
      viewed('a', T0),
      viewed('b', T0 + 10 * MINUTE_MS),
      viewed('c', T0 + 20 * MINUTE_MS),
    )
    assert.deepEqual(none, [])
    assert.deepEqual(take(state, 2, viewed('d', T0 + 49 * MINUTE_MS)), [])
    assert.deepEqual(take(state, 2, viewed('e', T0 + 52 * MINUTE_MS)), [[0, 1, 2]])
    // One product alone is no session.
    assert.deepEqual(take(state, 3, viewed('a', T0 + DAY_MS)), [[3, 4]])
    assert.deepEqual(take(state, 4, viewed('a', T0 + 2 * DAY_MS)), [])
  })

  it('CT7 keeps to its limits: products, people, sessions', () => {
    const state = createCatalogue({ productsMax: 5, peopleMax: 10, sessionsMax: 4 })
    for (let ref = 0; ref < 40; ref++) take(state, ref, viewed(`p${ref % 8}`, T0 + ref * MINUTE_MS))
    assert.equal(state.products.rows.length, 5)
    assert.ok(state.products.refused > 0)
    assert.ok(state.histories.rowOf.size <= 10)
    assert.ok(state.sessions.places.size <= 4)
    assert.equal(historyOf(state.histories, 36).length, 1)
    assert.equal(historyOf(state.histories, 0).length, 0)
    const { users, items } = interactionColumns(state, 3)
    assert.equal(users.length, 3)
    assert.equal(items.length, 3)
  })

  it('CT8 gives the same bytes in one go and through a snapshot', () => {
    const rng = createRng('catalogue')
    const story = Array.from({ length: 600 }, (_, k) => ({
      ref: rng.below(40),
      signal:
        rng.uniform() < 0.2
          ? bought([`p${rng.below(30)}`], T0 + k * 5 * MINUTE_MS)
          : viewed(`p${rng.below(30)}`, T0 + k * 5 * MINUTE_MS),
      merges: k % 97 === 96 ? [{ from: 3 + Math.floor(k / 97), into: 1 }] : [],
    }))
    const fold = (state: Catalogue, part: typeof story) => {
      for (const { ref, signal, merges } of part)
        foldCatalogue(state, eventAt(signal.at), { touches: [{ ref, signal }], merges })
      return state
    }
    const options = { peopleMax: 25 }
    const whole = fold(createCatalogue(options), story)
    const half = fold(createCatalogue(options), story.slice(0, 300))
    const through = restoreCatalogue(decodeDump(encodeDump(dumpCatalogue(half))), options)
    assert.deepEqual(
      Buffer.from(encodeDump(dumpCatalogue(fold(through, story.slice(300))))),
      Buffer.from(encodeDump(dumpCatalogue(whole))),
    )
  })
})
