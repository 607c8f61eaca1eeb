// How people of the market read what they get: what it is about and how much cheaper it makes things,
// from its words alone, in English or Russian. Any mail can be read, not only the demo's.

import { isRecord } from '../kernel/json.ts'
import type { Topic } from './response.ts'

const WORDS: readonly (readonly [Topic, RegExp])[] = [
  ['cart', /\bcarts?\b|\bbaskets?\b|корзин/gi],
  ['coffee', /coffee|espresso|кофе/gi],
  ['tea', /\bteas?\b|(?<![а-яё])ча[йяюе](?![а-яё])/gi],
  ['gear', /\bgear\b|grinder|kettle|посуд|мельниц/gi],
  ['gifts', /\bgifts?\b|подар/gi],
]
/** The shop's name is in every footer and tells nothing. */
const SHOP_NAME = /coffee\s*(?:&(?:amp;)?|and)\s*tea/gi
const PERCENT = /(\d{1,2}(?:[.,]\d{1,2})?)\s?%/

export type Read = { readonly topic: Topic; readonly discountShare: number }

/** What a mail says; the subject weighs most. */
export const readMail = ({ subject, text }: { readonly subject: string; readonly text: string }): Read => {
  const whole = `${subject}\n${text}`
  return {
    topic: topicOf([
      [subject, 3],
      [text, 1],
    ]),
    discountShare: shareOf(PERCENT.exec(whole)?.[1]),
  }
}

/** What a placement's content says: its words, and a `discount_percent` where there is one. */
export const readPlacement = (content: unknown): Read => {
  const stated = isRecord(content) ? content['discount_percent'] : undefined
  return {
    topic: topicOf([[JSON.stringify(content ?? ''), 1]]),
    discountShare: shareOf(
      typeof stated === 'string' || typeof stated === 'number' ? String(stated) : undefined,
    ),
  }
}

const topicOf = (texts: readonly (readonly [text: string, weight: number])[]): Topic => {
  let best: Topic = 'general'
  let most = 0
  for (const [topic, words] of WORDS) {
    const score = texts.reduce(
      (sum, [text, weight]) => sum + weight * (text.replace(SHOP_NAME, '').match(words)?.length ?? 0),
      0,
    )
    if (score > most) {
      most = score
      best = topic
    }
  }
  return best
}

const shareOf = (percent: string | undefined): number => {
  const share = Number((percent ?? '0').replace(',', '.')) / 100
  return Number.isFinite(share) && share > 0 && share < 1 ? share : 0
}

/** The decision a Message-ID was made from: `dec_3a_1@shop.example` is `dec:1`'s. */
export const decisionIdIn = (messageId: string): string =>
  (messageId.replace(/^<|>$/g, '').split('@')[0] ?? '').replace(/_([0-9a-f]{1,6})_/g, (_, code: string) =>
    String.fromCodePoint(Number.parseInt(code, 16)),
  )
