// Which visits began without an ad.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Signal } from './events.ts'
import { isUnpaidLanding } from './landing.ts'

const page = (url: string, referrer: string, context: Record<string, unknown> = {}): Signal => ({
  kind: 'page',
  messageId: '1',
  userId: '',
  anonymousId: 'a',
  previousId: '',
  groupId: '',
  name: '',
  properties: { url, referrer },
  traits: {},
  context,
  at: 0,
  receivedAt: 0,
  source: 's',
})

describe('landings without an ad', () => {
  it('SI16 are first pages that bear no campaign and no click id', () => {
    const yes = [
      page('https://shop.example/', ''),
      page('https://www.shop.example/a?b=1', 'https://search.example/?q=shop'),
      page('', '', { page: { url: 'https://shop.example/', referrer: 'https://news.example/' } }),
      page('https://shop.example/', '', { campaign: {} }),
      page('https://shop.example/?s=utm', ''),
    ]
    const no = [
      page('https://shop.example/b', 'https://www.shop.example/a'),
      page('https://shop.example/?gclid=1', 'https://search.example/'),
      page('https://shop.example/?a=1&yclid=1', ''),
      page('https://shop.example/?utm_source=mail', ''),
      page('https://shop.example/', '', { campaign: { source: 'mail' } }),
      { ...page('https://shop.example/', ''), kind: 'track' as const },
    ]
    for (const signal of yes) assert.equal(isUnpaidLanding(signal), true, String(signal.properties['url']))
    for (const signal of no) assert.equal(isUnpaidLanding(signal), false, String(signal.properties['url']))
  })
})
