// From what a playbook or the calendar names to what the guardrail can hold: products and words become the creatives
// that speak of them, as they stand now.

import type { BrandSpec, ScopeSpec, SensitiveDates } from '../../brand/events.ts'
import type { CreativeSpec } from '../../delivery/events.ts'
import {
  HOLD_LIFTED,
  HOLD_PLACED,
  type HoldLifted,
  type HoldPlaced,
  type HoldScope,
} from '../../guardrail/events.ts'
import { canonicalJson, isRecord } from '../../kernel/json.ts'
import { said } from '../../kernel/said.ts'
import { localTime } from '../../kernel/time.ts'
import type { NewEvent } from '../../log/port.ts'
import type { LoopState } from '../../loop.ts'

/** Which of these words and phrases a text holds, in any inflection. */
export type WordsIn = (text: string, words: readonly string[]) => readonly string[]

/** The words a creative says, in all its languages. */
export const textOfCreative = ({ content }: CreativeSpec): string => {
  const parts: string[] = []
  const take = (value: unknown): void => {
    if (typeof value === 'string') parts.push(value)
    else if (Array.isArray(value)) for (const one of value) take(one)
    else if (isRecord(value)) for (const one of Object.values(value)) take(one)
  }
  take(content)
  return parts.join('\n')
}

/** Ids of creatives that hold one of the words; [] when none does. */
export const creativesWith = (
  state: LoopState,
  words: readonly string[],
  wordsIn: WordsIn,
): readonly string[] =>
  words.length === 0
    ? []
    : [...state.delivery.creatives.values()]
        .filter((creative) => wordsIn(textOfCreative(creative), words).length > 0)
        .map(({ id }) => String(id))

/** What a hold of this scope keeps back; null when it would keep nothing back. */
export const holdScopeOf = (
  state: LoopState,
  scope: ScopeSpec,
  { offersOnly, exceptTone }: { readonly offersOnly: boolean; readonly exceptTone: string },
  wordsIn: WordsIn,
): HoldScope | null => {
  const creatives = scope.products.length === 0 ? [] : creativesOfProducts(state, scope.products, wordsIn)
  if (scope.products.length > 0 && creatives.length === 0) return null
  const { channels, campaigns, markets } = scope
  return { kind: 'promotions', channels, campaigns, markets, creatives, offersOnly, exceptTone }
}

/** Creatives that name a product by its id or name; those that choose products when sent count for any. */
const creativesOfProducts = (
  state: LoopState,
  products: readonly string[],
  wordsIn: WordsIn,
): readonly string[] => {
  const { numbers, rows } = state.catalogue.products
  const names = products.flatMap((id) => {
    const name = rows[numbers.get(id) ?? -1]?.name ?? ''
    return name === '' ? [id] : [id, name]
  })
  return [...state.delivery.creatives.values()]
    .filter((creative) => {
      const text = textOfCreative(creative)
      return text.includes('recommendations') || wordsIn(text, names).length > 0
    })
    .map(({ id }) => String(id))
}

export const WATCH = 'brand watch'
const DATE_PREFIX = 'date:'
const WORDS_HOLD = 'risk words'
/** From this severity on, words hold the message they stand in. */
const HELD_SEVERITY = 2

/** Holds that the calendar and the list of risky words ask for now, against those that stand. */
export const standingHolds = (
  state: LoopState,
  brand: BrandSpec,
  now: number,
  wordsIn: WordsIn,
): readonly NewEvent[] => {
  const wanted = new Map<string, Omit<HoldPlaced, 'holdId' | 'by'>>()
  const { month, dayOfMonth } = dateOf(now, state.business.timeZone)
  for (const date of brand.dates) {
    const scope = isOn(date, month, dayOfMonth)
      ? holdScopeOf(state, date.scope, { offersOnly: false, exceptTone: '' }, wordsIn)
      : null
    if (scope !== null) wanted.set(`${DATE_PREFIX}${date.id}`, { scope, why: date.name })
  }
  const words = brand.riskWords
    .filter(({ severity }) => severity >= HELD_SEVERITY)
    .flatMap((one) => one.words)
  const creatives = creativesWith(state, words, wordsIn)
  if (creatives.length > 0)
    wanted.set(WORDS_HOLD, {
      scope: { ...ANY, creatives },
      why: '',
      said: said('risk_words_in', { creatives: creatives.slice(0, 5).join(', ') }),
    })
  return changesOf(state, wanted, now)
}

const ANY = {
  kind: 'promotions',
  channels: [],
  campaigns: [],
  creatives: [],
  markets: [],
  offersOnly: false,
  exceptTone: '',
} as const

const changesOf = (
  state: LoopState,
  wanted: ReadonlyMap<string, Omit<HoldPlaced, 'holdId' | 'by'>>,
  now: number,
): readonly NewEvent[] => {
  const { holds } = state.guardrail
  const events: NewEvent[] = []
  for (const [holdId, about] of wanted) {
    const has = holds.get(holdId)
    if (has !== undefined && canonicalJson(has.scope) === canonicalJson(about.scope)) continue
    const data: HoldPlaced = { holdId, ...about, by: WATCH }
    events.push({ id: `hold:${holdId}:${state.offset}`, type: HOLD_PLACED, key: '', at: now, data })
  }
  for (const holdId of holds.keys()) {
    if (!(holdId.startsWith(DATE_PREFIX) || holdId === WORDS_HOLD) || wanted.has(holdId)) continue
    const data: HoldLifted = { holdId, by: WATCH }
    events.push({ id: `lift:${holdId}:${state.offset}`, type: HOLD_LIFTED, key: '', at: now, data })
  }
  return events
}

const dateOf = (now: number, zone: string): { readonly month: number; readonly dayOfMonth: number } => {
  const day = new Date(localTime(now, zone).day * 86_400_000)
  return { month: day.getUTCMonth() + 1, dayOfMonth: day.getUTCDate() }
}

/** Over the end of a year too: 12-30 to 01-02. */
const isOn = ({ from, to }: SensitiveDates, month: number, dayOfMonth: number): boolean => {
  const today = `${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`
  return from <= to ? from <= today && today <= to : from <= today || today <= to
}
