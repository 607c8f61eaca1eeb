// The market itself: the same for the same seed, plausible in its numbers, and honest in its book of truth.

import { describe, it } from 'node:test'
import assert from 'node:assert/strict'
import { createRng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { CATEGORIES } from './catalogue.ts'
import { PRODUCTS } from './catalogue.ts'
import { drawBasket, luckOf, worthOf } from './items.ts'
import { arrivedShare, meanBasket, orderDelay, type Contact } from './response.ts'
import { createTruth, plantedLift } from './truth.ts'
import type { WorldEvent } from './stage.ts'
import { createWorld, WORLD_DEFAULTS, type World } from './world.ts'

const FROM = Date.UTC(2026, 2, 2)

const worldOf = (seed: string, customers = 300): World =>
  createWorld({ ...WORLD_DEFAULTS, seed, customers, from: FROM, detail: 'light' })

const mail = (id: string, over: Partial<Contact> = {}): Contact => ({
  id,
  channel: 'email',
  topic: 'coffee',
  discountShare: 0,
  offerUntil: 0,
  cost: 0.002,
  ...over,
})

/** Days with a mail or a banner for a random part of the people, every second one with an offer. */
const live = (world: World, seed: string, days: number, contacted: boolean): void => {
  const rng = createRng(`${seed}/contacts`)
  for (let hour = 1; hour <= days * 24; hour++) {
    const at = FROM + hour * HOUR_MS
    world.advance(at)
    if (!contacted || hour % 6 !== 0 || hour > (days - 4) * 24) continue
    for (const person of world.people) {
      if (rng.uniform() > 0.1 || person.joinsAt > at) continue
      const topic = CATEGORIES[rng.below(4)] ?? 'coffee'
      const channel = rng.uniform() < 0.8 ? 'email' : 'onsite'
      const discountShare = [0, 0.05, 0.1][rng.below(3)] ?? 0
      world.contact(person.index, mail(`${person.index}-${hour}`, { topic, channel, discountShare }), at)
    }
  }
}

describe('the simulated market', () => {
  it('X1 tells the same story for the same seed, however it is cut into steps', () => {
    const tell = (step: number): WorldEvent[] => {
      const world = worldOf('same', 40)
      const events: WorldEvent[] = []
      for (let at = FROM + step; at <= FROM + 2 * DAY_MS; at += step) events.push(...world.advance(at))
      return events
    }
    assert.deepEqual(tell(HOUR_MS), tell(DAY_MS))
    assert.ok(tell(DAY_MS).length > 100)
  })

  it('X1 goes on where a limit cut it off', () => {
    const whole = worldOf('cut', 40).advance(FROM + DAY_MS)
    const world = worldOf('cut', 40)
    const parts: WorldEvent[] = []
    for (;;) {
      const some = world.advance(FROM + DAY_MS, 7)
      parts.push(...some)
      if (some.length === 0) break
    }
    assert.deepEqual(parts, whole)
  })

  it('X2 sells about forty things at a margin of about 45 %, about one order a customer and month', () => {
    assert.equal(PRODUCTS.length, 40)
    const world = worldOf('plain', 1_000)
    world.advance(FROM + 30 * DAY_MS, 10_000_000)
    const { orders, margin } = world.counts()
    assert.ok(orders > 600 && orders < 1_300, `${orders} orders`)
    const shares = world.people
      .map((person) => meanBasket(person, null))
      .map((mean) => mean.margin / mean.revenue)
    const share = momentsOf(shares).mean
    assert.ok(share > 0.41 && share < 0.49, `${share} of revenue`)
    assert.ok(margin / orders > 12 && margin / orders < 28, `${margin / orders} an order`)
    const consenting = world.people.filter(({ consents }) => consents).length / 1_000
    assert.ok(Math.abs(consenting - 0.8) < 0.05)
    assert.ok(world.people.every(({ email }) => email.endsWith('@mail.example')))
  })

  it('X2 gives every order its number, its list price, its margin and what was given away', () => {
    const world = worldOf('orders', 200)
    live(world, 'orders', 12, true)
    const events = world.advance(FROM + 20 * DAY_MS, 1_000_000)
    const orders = events.flatMap((event) =>
      event.kind === 'item' && event.item['event'] === 'Order Completed' ? [event.item] : [],
    )
    assert.ok(orders.length > 10)
    for (const { properties } of orders) {
      const order = properties as Record<string, unknown>
      assert.ok(Number(order['revenue']) > Number(order['margin']) && Number(order['margin']) > 0)
      assert.match(String(order['order_id']), /^orders-/)
    }
    const ids = events.flatMap((event) => (event.kind === 'item' ? [event.item['messageId']] : []))
    assert.equal(new Set(ids).size, ids.length)
  })

  it('X3 keeps a truth that a run with and one without contacts confirm over many seeds', () => {
    const gaps: number[] = []
    const effects: number[] = []
    for (let run = 0; run < 40; run++) {
      const seed = `brute-${run}`
      const contacted = worldOf(seed, 150)
      const alone = worldOf(seed, 150)
      live(contacted, seed, 18, true)
      live(alone, seed, 18, false)
      const difference = contacted.counts().margin - alone.counts().margin
      gaps.push(difference - contacted.truth.total())
      effects.push(contacted.truth.total())
      assert.equal(alone.truth.total(), 0)
    }
    const { mean, stderr } = momentsOf(gaps)
    assert.ok(Math.abs(mean) < 3 * stderr, `off by ${mean} ± ${stderr}`)
    assert.ok(stderr < 0.25 * Math.abs(momentsOf(effects).mean), 'precise enough to mean something')
  })

  it('X3 draws baskets and delays with the means that the truth is made of', () => {
    const person = worldOf('means', 10).people[3]
    assert.ok(person !== undefined)
    const luck = luckOf('means', 'basket')
    const worths = Array.from({ length: 20_000 }, () => worthOf(drawBasket(luck, person, 'gear')).margin)
    const { mean, stderr } = momentsOf(worths)
    assert.ok(Math.abs(mean - meanBasket(person, 'gear').margin) < 3 * stderr)
    const early = Array.from({ length: 20_000 }, () => orderDelay(luck.uniform(), luck.uniform())).filter(
      (delay) => delay <= HOUR_MS,
    )
    assert.ok(Math.abs(early.length / 20_000 - arrivedShare(HOUR_MS)) < 0.012)
  })

  it('X4 leaves people who are never contacted exactly as they would have been', () => {
    const contacted = worldOf('others', 60)
    const alone = worldOf('others', 60)
    const ordersOf = (world: World, contact: boolean): string[] => {
      const lines: string[] = []
      for (let day = 1; day <= 20; day++) {
        for (const event of world.advance(FROM + day * DAY_MS))
          if (event.kind === 'item' && event.customer >= 30)
            lines.push(`${event.at} ${event.customer} ${JSON.stringify(event.item['event'])}`)
        for (let customer = 0; contact && customer < 30; customer++)
          world.contact(customer, mail(`${customer}-${day}`), FROM + day * DAY_MS)
      }
      return lines
    }
    assert.deepEqual(ordersOf(contacted, true), ordersOf(alone, false))
  })

  it('X5 counts a contact near the end of the horizon only as far as its orders come in time', () => {
    const truth = createTruth()
    truth.add(0, { at: 1_000, amount: 10, spread: true })
    truth.add(0, { at: 1_000, amount: -1, spread: false })
    truth.add(1, { at: 1_000, amount: 100, spread: true })
    const lift = (horizon: number) =>
      plantedLift(
        truth,
        [
          { customer: 0, start: 1_000, treated: true },
          { customer: 1, start: 1_000, treated: false },
        ],
        horizon,
      )
    assert.equal(lift(0), -1)
    assert.ok(Math.abs(lift(30 * DAY_MS) - 9) < 1e-9)
    assert.ok(lift(2 * HOUR_MS) > 4 && lift(2 * HOUR_MS) < 8)
  })

  it('X6 holds people whom mail harms, people who only move for a discount, and people who buy anyway', () => {
    const world = worldOf('natures', 1_000)
    world.advance(FROM + HOUR_MS)
    const at = FROM + 18 * HOUR_MS
    const mean = (nature: string, contact: Contact): number =>
      momentsOf(
        world.people
          .filter((person) => person.nature === nature)
          .map(({ index }) => world.gainOf(index, contact, at)),
      ).mean
    const plain = mail('plain', { topic: 'general' })
    const cheap = mail('cheap', { topic: 'general', discountShare: 0.1 })
    assert.ok(mean('easily_annoyed', plain) < 0)
    assert.ok(mean('bargain_hunter', cheap) > 2 * mean('bargain_hunter', plain))
    assert.ok(mean('loyal', cheap) < mean('loyal', plain))
    assert.ok(mean('persuadable', plain) > 0)
  })
})

const momentsOf = (values: readonly number[]): { readonly mean: number; readonly stderr: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return { mean, stderr: Math.sqrt(variance / values.length) }
}
