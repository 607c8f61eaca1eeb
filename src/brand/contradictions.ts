// One thing told differently in two places: the discount, price or date that creatives of one campaign name. Only what
// is surely comparable is compared; a campaign that tests different offers names them as its own offers.

import type { CampaignSpec } from '../decision/events.ts'
import type { CreativeSpec } from '../delivery/events.ts'

export type Contradiction = {
  readonly what: 'discount' | 'price' | 'date'
  /** The campaign's id. */
  readonly about: string
  readonly places: readonly {
    readonly creativeId: string
    readonly channel: string
    readonly says: string
  }[]
}

const DISCOUNT = /(?:−|-|минус\s*)?(\d{1,2})\s?%/giu
const PRICE = /(?:([$€£₽])\s?(\d[\d\s.,]*\d|\d))|(?:(\d[\d\s.,]*\d|\d)\s?(₽|руб|€|eur|usd|\$|£))/giu
const DATE = /(?<!\p{L})(?:до|until|till|by|по)\s+(\d{1,2})[.\s/](\d{1,2}|[a-zа-я]{3,9})/giu

/** For each live campaign: each kind of claim that its creatives do not agree on. */
export const contradictionsOf = (
  campaigns: Iterable<CampaignSpec>,
  creatives: ReadonlyMap<string, CreativeSpec>,
  textOf: (creative: CreativeSpec) => string,
): readonly Contradiction[] =>
  [...campaigns].flatMap((campaign) => {
    if (campaign.status === 'paused') return []
    const used = [...new Set(campaign.actions.map(({ creativeId }) => String(creativeId)))].flatMap((id) => {
      const creative = creatives.get(id)
      return creative === undefined ? [] : [{ creative, text: textOf(creative) }]
    })
    const offers = new Set(campaign.actions.map(({ offer }) => offer?.discountShare ?? 0))
    return [
      // A campaign with several offers says several discounts on purpose.
      ...(offers.size > 1 ? [] : differing('discount', campaign.id, used, discountsIn)),
      ...differing('price', campaign.id, used, pricesIn),
      ...differing('date', campaign.id, used, datesIn),
    ]
  })

type Used = { readonly creative: CreativeSpec; readonly text: string }

const differing = (
  what: Contradiction['what'],
  about: string,
  used: readonly Used[],
  claimsIn: (text: string) => readonly string[],
): readonly Contradiction[] => {
  const places = used.flatMap(({ creative: { id, channel }, text }) => {
    const claims = [...new Set(claimsIn(text))]
    // Several in one text are a list, not a claim that can be held against another.
    return claims.length === 1 ? [{ creativeId: String(id), channel, says: claims[0] ?? '' }] : []
  })
  return new Set(places.map(({ says }) => says)).size > 1 ? [{ what, about, places }] : []
}

const discountsIn = (text: string): readonly string[] =>
  [...text.matchAll(DISCOUNT)].map(([, percent]) => `${percent} %`)

const CURRENCY: Readonly<Record<string, string>> = { руб: '₽', eur: '€', usd: '$' }
const pricesIn = (text: string): readonly string[] =>
  [...text.matchAll(PRICE)].map(([, before, first, second, after]) => {
    const sign = (before ?? after ?? '').toLowerCase()
    return `${(first ?? second ?? '').replace(/[\s.,](?=\d{3}\b)/g, '').replace(',', '.')} ${CURRENCY[sign] ?? sign}`
  })

const MONTHS = [
  'jan янв',
  'feb фев',
  'mar мар',
  'apr апр',
  'may мая май',
  'jun июн',
  'jul июл',
  'aug авг',
  'sep сен',
  'oct окт',
  'nov ноя',
  'dec дек',
]
const datesIn = (text: string): readonly string[] =>
  [...text.matchAll(DATE)].flatMap(([, day = '', month = '']) => {
    const named = MONTHS.findIndex((names) =>
      names.split(' ').some((one) => month.toLowerCase().startsWith(one)),
    )
    const number = /^\d+$/.test(month) ? Number(month) : named + 1
    return number >= 1 && number <= 12 ? [`${Number(day)}.${number}`] : []
  })
