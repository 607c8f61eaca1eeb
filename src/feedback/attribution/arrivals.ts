// Where a visit came from, as the page itself says: the campaign of the tracking call's context, or the usual marks in the
// page's address (utm_…, and the click ids that ad platforms append).

import { isRecord } from '../../kernel/json.ts'
import type { Signal } from '../../signal/events.ts'

/** `shown`: sent or put on a page; `clicked`: on that; `came`: a visit from elsewhere. */
export type Touchpoint = {
  readonly channel: string
  /** '' where the visit names none. */
  readonly campaign: string
  readonly kind: 'shown' | 'clicked' | 'came'
}

/** Click ids of ad platforms: what has one was paid for, whatever its medium is called. */
const CLICK_IDS = ['gclid', 'yclid', 'fbclid', 'msclkid', 'ttclid', 'wbraid', 'gbraid'] as const
const PAID = /^(?:cpc|ppc|cpm|cpv|paid.*|display|banner|ads?)$/
const NAME_MAX = 80

/** The touchpoint of a visit; null when nothing tells where it came from. */
export const arrivalOf = ({ kind, context, properties }: Signal): Touchpoint | null => {
  if (kind !== 'page' && kind !== 'screen' && kind !== 'track') return null
  const page = isRecord(context['page']) ? context['page'] : {}
  const marks = marksOf(
    textOf(page['search']) || textOf(page['url']) || (kind === 'page' ? textOf(properties['url']) : ''),
  )
  const campaign = isRecord(context['campaign']) ? context['campaign'] : {}
  const said = (name: string, mark: string): string =>
    (textOf(campaign[name]) || (marks?.get(mark) ?? '')).trim().toLowerCase().slice(0, NAME_MAX)
  const medium = said('medium', 'utm_medium')
  const source = said('source', 'utm_source')
  const paid = PAID.test(medium) || CLICK_IDS.some((id) => marks?.has(id) === true)
  if (medium === '' && source === '' && !paid) return null
  return {
    channel: paid ? 'ads' : medium || source,
    campaign: said('name', 'utm_campaign') || source,
    kind: 'came',
  }
}

/** The query of an address; null when there is none with marks in it. Most pages have none: asked first. */
const marksOf = (address: string): URLSearchParams | null => {
  const from = address.indexOf('?')
  if (from < 0 || !/[?&](?:utm_|[a-z]*clid=|[wg]braid=)/.test(address)) return null
  return new URLSearchParams(address.slice(from + 1).split('#')[0])
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
