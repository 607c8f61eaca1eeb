// The requests of Segment's own client, without a network.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Analytics, type HTTPFetchRequest } from '@segment/analytics-node'
import { checkRequest } from './check.ts'
import { SIGNAL_RECEIVED, type Signal } from './events.ts'
import { createSignalState, foldSignal } from './fold.ts'

/** What Segment's own client puts into its requests for these calls. */
const bodiesOf = async (use: (analytics: Analytics) => void): Promise<string[]> => {
  const bodies: string[] = []
  const httpClient = async (_url: string, { body }: HTTPFetchRequest) => {
    bodies.push(body)
    return Promise.resolve({ status: 200, statusText: 'OK' })
  }
  const analytics = new Analytics({ writeKey: 'key', httpClient, maxEventsInBatch: 4 })
  use(analytics)
  await analytics.closeAndFlush()
  return bodies
}

describe('the official client', () => {
  it('SI15 is understood in each of its calls', async () => {
    const timestamp = new Date(Date.now() - 60_000)
    const bodies = await bodiesOf((analytics) => {
      analytics.identify({ userId: 'u1', traits: { email: 'a@x.example' } })
      analytics.track({ userId: 'u1', event: 'Order Completed', properties: { revenue: 5 }, timestamp })
      analytics.page({ anonymousId: 'a1', category: 'Docs', name: 'Home', properties: { url: '/' } })
      analytics.screen({ anonymousId: 'a1', name: 'Start' })
      analytics.group({ userId: 'u1', groupId: 'g1', traits: { size: 3 } })
      analytics.alias({ userId: 'u1', previousId: 'a1' })
    })
    const state = createSignalState()
    const signals: Signal[] = []
    for (const [index, text] of bodies.entries()) {
      const body: unknown = JSON.parse(text)
      const checked = checkRequest({
        endpoint: 'batch',
        body,
        bytes: text.length,
        newId: () => '',
        strict: true,
      })
      assert.ok(
        checked.ok && checked.items.length === 0 && checked.ids === undefined,
        JSON.stringify(checked),
      )
      const header = { endpoint: 'batch' as const, source: 'http', receivedAt: Date.now() }
      const event = {
        offset: index + 1,
        id: `e${index}`,
        type: SIGNAL_RECEIVED,
        key: '',
        at: 0,
        data: { header, payload: body },
      }
      signals.push(...foldSignal(state, event))
    }
    const byKind = Object.fromEntries(signals.map((signal) => [signal.kind, signal]))
    assert.deepEqual(Object.keys(byKind).sort(), ['alias', 'group', 'identify', 'page', 'screen', 'track'])
    assert.deepEqual(byKind['identify']?.traits, { email: 'a@x.example' })
    assert.ok(Math.abs((byKind['track']?.at ?? 0) - timestamp.getTime()) < 5_000)
    assert.deepEqual(
      [byKind['page']?.name, byKind['page']?.properties],
      ['Home', { url: '/', category: 'Docs' }],
    )
    assert.equal(byKind['alias']?.previousId, 'a1')
    assert.equal(byKind['group']?.groupId, 'g1')
  })
})
