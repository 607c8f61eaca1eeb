// One simulated quarter of a brand: ordinary talk, happy days, loud days, a rival's trouble, and planted crises; heard by
// the product's own watch on virtual time, with a playbook that holds promotions of one market.

import { createCtx, manualClock } from '../../src/app/clock.ts'
import { readBrand, shippedTone } from '../../src/brand/index.ts'
import { MENTIONS_HEARD, type MentionsHeard } from '../../src/brand/events.ts'
import type { CampaignSpec } from '../../src/decision/events.ts'
import { checkAction } from '../../src/guardrail/index.ts'
import { action, check, recipient } from '../../src/guardrail/testing/examples.ts'
import { assert, present } from '../../src/kernel/assert.ts'
import { asCampaignId } from '../../src/kernel/ids.ts'
import { createRng, type Rng } from '../../src/kernel/rng.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/kernel/time.ts'
import { createMemoryLog } from '../../src/log/index.ts'
import type { NewEvent } from '../../src/log/port.ts'
import { createLoop, createState, type Loop } from '../../src/loop.ts'
import { alarmsOf, wordsIn } from '../../src/stages/brand/alarms.ts'
import { brandTurn } from '../../src/stages/brand/brand-turn.ts'
import { brandExecutors } from '../../src/stages/brand/executors.ts'
import { createHearing, type SaidItem } from '../../src/stages/brand/hearing.ts'
import { createGovernor } from '../../src/stages/governor.ts'
import { loopExecutors } from '../../src/stages/governed-executors.ts'
import { drawPoisson } from '../../src/sim/poisson.ts'

export type WorldResult = {
  readonly seed: string
  readonly planted: number
  /** Found within the hour, and minutes until then. */
  readonly found: number
  readonly minutes: readonly number[]
  /** Incidents that people were called for and that no planted crisis explains. */
  readonly falsePages: number
  /** Promotions in scope that would have left after detection, and looks at it. */
  readonly leaked: number
  readonly looks: number
  /** Promotions outside the scope that were held. */
  readonly heldOutside: number
  readonly standing: number
  readonly mentions: number
}

export type WorldOptions = { readonly days: number; readonly coin: boolean }

const START = Date.UTC(2026, 0, 5)
const STEP_MS = 5 * MINUTE_MS
/** What is usual is learnt before anything is planted. */
const QUIET_DAYS = 10

const NEUTRAL = [
  'зашёл в Маяк за чайником',
  'кто знает, до скольких работает Маяк?',
  'заказ из Маяка приехал сегодня',
  'В Маяке новая витрина',
  'сравниваю Маяк и Волну',
  'Маяк пишет, что доставка в четверг',
]
const POSITIVE = [
  'Маяк, спасибо, всё отлично',
  'обожаю Маяк, прекрасный сервис',
  'в Маяке помогли, очень рад',
  'Маяк молодцы, быстро и хорошо',
]
const NEGATIVE = ['Маяк опять опоздал, плохо', 'в Маяке грубят, неприятно', 'очередь в Маяке ужасная']
const CRISIS = [
  'чайник из Маяка взорвался, ожог, ужас',
  'Маяк продаёт опасный брак, позор',
  'у соседей загорелся чайник из Маяка, кошмар',
  'Маяк обманул, чайник сгорел, верните деньги',
  'отвратительный Маяк: пожар из-за чайника и молчат',
]
const TAILS = [
  'сегодня',
  'вчера',
  'утром',
  'вечером',
  'снова',
  'честно',
  'народ',
  'коллеги',
  'вот',
  'кстати',
  'опять',
  'днём',
]

type Shock = {
  readonly kind: 'crisis' | 'happy' | 'loud' | 'rival'
  readonly from: number
  readonly hours: number
  readonly times: number
}

const PLAN = {
  entities: [
    { id: 'mayak', names: ['Маяк'] },
    { id: 'volna', kind: 'competitor', names: ['Волна'] },
  ],
  playbooks: [
    {
      id: 'storm',
      when: 'incident.kind == "crisis"',
      steps: [{ notify: ['owner@shop.example'] }, { pause: { markets: ['ru'] } }],
      stand_down: { calm: '6h', every: '10m' },
    },
  ],
}

const pick = <T>(rng: Rng, list: readonly T[]): T => list[rng.below(list.length)] as T

const shocksOf = (rng: Rng, days: number): readonly Shock[] => {
  const shocks: Shock[] = []
  const kinds = ['crisis', 'happy', 'loud', 'rival', 'crisis', 'happy'] as const
  const gap = (days - QUIET_DAYS) / kinds.length
  for (const [index, kind] of kinds.entries()) {
    const day = QUIET_DAYS + gap * index + rng.uniform() * gap * 0.5
    shocks.push({
      kind,
      from: START + Math.floor((day * DAY_MS) / STEP_MS) * STEP_MS,
      hours: 4 + rng.below(8),
      times: 8 + rng.below(12),
    })
  }
  return shocks
}

/** Plays one world. */
export const playBrandWorld = async (seed: string, { days, coin }: WorldOptions): Promise<WorldResult> => {
  const rng = createRng(`brand ${seed}`)
  const clock = manualClock(START)
  const loop = createLoop({ log: createMemoryLog(), ctx: createCtx(clock, seed), state: createState() })
  const brand = present(readBrand(PLAN, []), 'a watch')
  await loop.record([
    { id: 'b', type: 'brand.applied.v1', key: '', at: START, data: { version: 'v1', brand } },
  ])
  const hearing = createHearing(coin ? tossed(loop, rng) : loop)
  hearing.useModels(shippedTone())
  const post = async () => ({ detail: '200' })
  const calls: Promise<void>[] = []
  const ports = {
    loop,
    post,
    wordsIn,
    alarms: (now: number) => alarmsOf(loop.state.brand, now),
    beside: (call: Promise<void>) => {
      calls.push(call)
    },
  }
  const governor = createGovernor({
    loop,
    executors: new Map([...loopExecutors(loop.state), ...brandExecutors(loop.state, post)]),
    report: (error) => assert(false, String(error)),
  })
  const shocks = shocksOf(rng, days)
  const counts = { leaked: 0, looks: 0, heldOutside: 0 }
  let number = 0
  for (let at = START; at < START + days * DAY_MS; at += STEP_MS) {
    clock.set(at + STEP_MS)
    const items = saidIn(rng, at, shocks, () => `m${number++}`)
    if (items.length > 0) await hearing.hear('stream', items)
    await brandTurn(ports)
    await Promise.all(calls.splice(0))
    await governor.run()
    look(loop, counts)
  }
  return resultOf(loop, { seed, shocks, number, ...counts })
}

/** The same mentions with a coin in place of what their tone was read to be. */
const tossed = (loop: Loop, rng: Rng): Loop => ({
  ...loop,
  record: async (events) =>
    loop.record(
      events.map((event): NewEvent => {
        if (event.type !== MENTIONS_HEARD) return event
        const heard = event.data as MentionsHeard
        const mentions = heard.mentions.map((mention) => ({
          ...mention,
          entities: mention.entities.map((entity) => ({ ...entity, tone: rng.uniform() < 0.5 ? -0.6 : 0.6 })),
        }))
        return { ...event, data: { ...heard, mentions } }
      }),
    ),
})

/** Voices by the hour of the day, a few at night, more in the evening. */
const usualAt = (at: number): number => {
  const hour = (at % DAY_MS) / HOUR_MS
  return 1 + 3 * Math.max(0, Math.sin(((hour - 7) / 16) * Math.PI))
}

const saidIn = (rng: Rng, at: number, shocks: readonly Shock[], newId: () => string): readonly SaidItem[] => {
  const share = STEP_MS / HOUR_MS
  const items: SaidItem[] = []
  const say = (text: string): void => {
    const words = `${pick(rng, TAILS)}, ${text} ${pick(rng, TAILS)} ${pick(rng, TAILS)} ${rng.below(1_000)}`
    items.push({
      id: newId(),
      at: at + rng.below(STEP_MS),
      author: `a${rng.below(20_000)}`,
      url: '',
      text: words,
    })
  }
  for (let left = drawPoisson(rng, usualAt(at) * share); left > 0; left--) {
    const draw = rng.uniform()
    say(pick(rng, draw < 0.15 ? NEGATIVE : draw < 0.4 ? POSITIVE : NEUTRAL))
  }
  for (let left = drawPoisson(rng, 1.5 * share); left > 0; left--) say('в Волне всё как обычно')
  for (const shock of shocks) {
    if (at < shock.from || at >= shock.from + shock.hours * HOUR_MS) continue
    for (let left = drawPoisson(rng, usualAt(at) * shock.times * share); left > 0; left--)
      say(textOf(rng, shock.kind))
  }
  return items
}

const textOf = (rng: Rng, kind: Shock['kind']): string => {
  const calm = rng.uniform() < 0.2
  switch (kind) {
    case 'crisis':
      return pick(rng, calm ? NEUTRAL : CRISIS)
    case 'happy':
      return pick(rng, calm ? NEUTRAL : POSITIVE)
    case 'loud':
      return pick(rng, rng.uniform() < 0.15 ? NEGATIVE : NEUTRAL)
    case 'rival':
      return pick(rng, CRISIS).replaceAll('Маяка', 'Волны').replaceAll('Маяк', 'Волна')
  }
}

const SALE = { id: asCampaignId('sale'), status: 'live' } satisfies Pick<CampaignSpec, 'id' | 'status'>

/** At the end of the turn in which a crisis is open, promotions to its market do not leave, and others do. */
const look = (loop: Loop, counts: { leaked: number; looks: number; heldOutside: number }): void => {
  const { brand, guardrail } = loop.state
  const isHeld = (market: string): boolean =>
    checkAction(
      guardrail,
      check({ campaign: SALE, action: action(), recipient: recipient({ market }) }),
    ).some(({ code }) => code === 'held')
  if (isHeld('en-US')) counts.heldOutside++
  const open = [...brand.incidents.open.values()].some(
    ({ kind, status }) => kind === 'crisis' && status === 'open',
  )
  if (!open) return
  counts.looks++
  if (!isHeld('ru-RU')) counts.leaked++
}

const resultOf = (
  { state }: Loop,
  about: {
    readonly seed: string
    readonly shocks: readonly Shock[]
    readonly number: number
    readonly leaked: number
    readonly looks: number
    readonly heldOutside: number
  },
): WorldResult => {
  const { seed, shocks, number, leaked, looks, heldOutside } = about
  const { incidents } = state.brand
  const opened = [...incidents.closed, ...incidents.open.values()]
  const crises = shocks.filter(({ kind }) => kind === 'crisis')
  const minutes = crises.flatMap(({ from, hours }) => {
    const first = opened
      .filter(({ kind, at }) => kind === 'crisis' && at > from && at <= from + hours * HOUR_MS)
      .map(({ at }) => (at - from) / MINUTE_MS)
      .toSorted((left, right) => left - right)[0]
    return first === undefined ? [] : [first]
  })
  const isPlanted = (at: number): boolean =>
    crises.some(({ from, hours }) => at > from && at <= from + hours * HOUR_MS + DAY_MS)
  return {
    seed,
    planted: crises.length,
    found: minutes.filter((one) => one <= 60).length,
    minutes,
    falsePages: opened.filter(({ kind, at }) => kind !== 'opportunity' && !isPlanted(at)).length,
    leaked,
    looks,
    heldOutside,
    standing: state.guardrail.holds.size + incidents.open.size,
    mentions: number,
  }
}
