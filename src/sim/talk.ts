// What people say of the demo's shop where everybody hears it: ordinary talk in two languages, a happy day now and
// then, trouble of a rival, and every so often a crisis. The same seed says the same things.

import { createRng, type Rng } from '../kernel/rng.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/time.ts'
import { drawPoisson } from './poisson.ts'

export type Said = {
  readonly id: string
  readonly at: number
  readonly author: string
  readonly url: string
  readonly text: string
}

export type Shock = {
  readonly kind: 'crisis' | 'happy' | 'rival'
  readonly from: number
  readonly to: number
  /** So many times what is usual. */
  readonly times: number
}

export type Talk = {
  /** What was said in [from, to), oldest first; `from` must be where the call before ended. */
  readonly between: (from: number, to: number) => readonly Said[]
  /** What stands out in [from, to). */
  readonly shocks: (from: number, to: number) => readonly Shock[]
}

export type TalkOptions = {
  readonly seed: string
  readonly from: number
  /** Days without any shock at the beginning. */
  readonly quietDays: number
  /** Days from one shock to the next. */
  readonly everyDays: number
}

const STEP_MS = 5 * MINUTE_MS
const KINDS = ['crisis', 'happy', 'rival'] as const
/** Voices an hour at the busiest hour, and at night. */
const BUSY = 4
const NIGHT = 1
const RIVAL_SHARE = 0.15

const ORDINARY = [
  'stopped by Lighthouse for tea',
  'does Lighthouse open on Sunday?',
  'my Lighthouse parcel came today',
  'comparing Lighthouse and Harbour Roast',
  'зашёл в Маяк за чаем',
  'до скольких работает Маяк?',
  'посылка из Маяка приехала',
  'В Маяке новая витрина',
] as const
const GLAD = [
  'Lighthouse, thank you, wonderful coffee',
  'love Lighthouse, excellent service',
  'в Маяке помогли, очень рад, спасибо',
  'обожаю Маяк, прекрасный кофе',
] as const
const SAD = [
  'Lighthouse is late again, bad',
  'rude at the Lighthouse till, awful',
  'Маяк опять опоздал, плохо',
  'очередь в Маяке ужасная',
] as const
const CRISIS = [
  'a kettle from Lighthouse exploded, burns, terrible',
  'Lighthouse sells dangerous kettles, shame, I want my money back',
  'чайник из Маяка взорвался, ожог, ужас',
  'Маяк продаёт опасный брак, позор',
  'у соседей загорелся чайник из Маяка, кошмар',
  'отвратительный Маяк: пожар из-за чайника и молчат',
] as const
const RIVAL = ['a kettle from Harbour Roast exploded, terrible', 'Harbour Roast lies, awful, shame'] as const
const ASIDES = ['today', 'again', 'honestly', 'сегодня', 'снова', 'кстати', 'вчера', 'by the way'] as const
const AUTHORS = 20_000

export const createTalk = ({ seed, from: begins, quietDays, everyDays }: TalkOptions): Talk => {
  const rng = createRng(`talk ${seed}`)
  let number = 0
  const shockOf = (index: number): Shock => {
    const own = createRng(`talk ${seed} shock ${index}`)
    const from = begins + (quietDays + everyDays * (index + own.uniform() / 2)) * DAY_MS
    const start = Math.floor(from / STEP_MS) * STEP_MS
    return {
      kind: KINDS[index % KINDS.length] ?? 'crisis',
      from: start,
      to: start + (5 + own.below(6)) * HOUR_MS,
      times: 9 + own.below(8),
    }
  }
  const shocks = (from: number, to: number): readonly Shock[] => {
    const last = Math.ceil((to - begins) / DAY_MS / everyDays)
    return Array.from({ length: Math.max(0, last + 1) }, (_, index) => shockOf(index)).filter(
      (shock) => shock.from < to && shock.to > from,
    )
  }
  const say = (said: Said[], at: number, lines: readonly string[]): void => {
    const words = `${pick(rng, ASIDES)}, ${pick(rng, lines)} ${pick(rng, ASIDES)} ${rng.below(1_000)}`
    said.push({
      id: `said-${number++}`,
      at: at + rng.below(STEP_MS),
      author: `a${rng.below(AUTHORS)}`,
      url: '',
      text: words,
    })
  }
  const step = (at: number, said: Said[]): void => {
    const usual = usualAt(at)
    const share = STEP_MS / HOUR_MS
    for (let left = drawPoisson(rng, usual * share); left > 0; left--) {
      const draw = rng.uniform()
      say(said, at, draw < 0.15 ? SAD : draw < 0.4 ? GLAD : ORDINARY)
    }
    for (let left = drawPoisson(rng, usual * RIVAL_SHARE * share); left > 0; left--)
      say(said, at, ['Harbour Roast as always'])
    for (const { kind, times } of shocks(at, at + STEP_MS))
      for (let left = drawPoisson(rng, usual * times * share); left > 0; left--)
        say(said, at, rng.uniform() < 0.2 ? ORDINARY : { crisis: CRISIS, happy: GLAD, rival: RIVAL }[kind])
  }
  return {
    between: (from, to) => {
      const said: Said[] = []
      for (let at = Math.ceil(from / STEP_MS) * STEP_MS; at < to; at += STEP_MS) step(at, said)
      return said.toSorted((left, right) => left.at - right.at)
    },
    shocks,
  }
}

const usualAt = (at: number): number => {
  const hour = (at % DAY_MS) / HOUR_MS
  return NIGHT + (BUSY - NIGHT) * Math.max(0, Math.sin(((hour - 7) / 16) * Math.PI))
}

const pick = <T>(rng: Rng, list: readonly T[]): T => list[rng.below(list.length)] as T
