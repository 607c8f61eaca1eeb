// Whether a visit began without an ad: what people look for by themselves says how great demand is, and ads do not move it.

import { isRecord } from '../kernel/json.ts'
import type { Signal } from './events.ts'

/** What ad platforms add to the address of a page they send people to. */
const CLICK_IDS =
  /[?&](gclid|gbraid|wbraid|dclid|fbclid|yclid|msclkid|ttclid|twclid|li_fat_id|rb_clickid|utm_[a-z]+)=/i

/**
 * True for the first page of a visit that neither an ad nor a campaign of one's own brought: no campaign and no click id,
 * and not a step within the site. Where the sender tells no referrer, each page counts as a first one.
 */
export const isUnpaidLanding = ({ kind, context, properties }: Signal): boolean => {
  if (kind !== 'page' && kind !== 'screen') return false
  const campaign = context['campaign']
  if (isRecord(campaign) && Object.values(campaign).some((value) => value !== '' && value !== null))
    return false
  const page = isRecord(context['page']) ? context['page'] : {}
  const text = (name: string): string => {
    const value = properties[name] ?? page[name]
    return typeof value === 'string' ? value : ''
  }
  const [url, referrer] = [text('url'), text('referrer')]
  if (CLICK_IDS.test(`${url}${text('search')}`)) return false
  const [here, from] = [hostOf(url), hostOf(referrer)]
  return from === '' || here === '' || from !== here
}

const hostOf = (url: string): string => {
  const found = /^https?:\/\/(?:www\.)?([^/?#:]+)/i.exec(url)
  return found?.[1]?.toLowerCase() ?? ''
}
