// What the console is told of who was there before orders.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { createState } from '../../loop.ts'
import { viewAttribution } from './attribution.ts'

const label = (campaign: string, channel: string) => ({ campaign, channel, kind: 'shown' }) as const

describe('the view of attribution', () => {
  it('AT15 stands beside what holdouts measured, by campaign, and by channel only where one campaign was all of it', () => {
    const state = createState()
    const { contacts, feedback } = state
    contacts.labels.push(label('welcome', 'email'), label('cart', 'email'), label('hero', 'onsite'))
    contacts.paths.set('0,2', { conversions: 3, value: 90, nulls: 5 })
    contacts.paths.set('1', { conversions: 1, value: 10, nulls: 0 })
    Object.assign(contacts.alone, { orders: 2, value: 25 })
    const [empty] = [...feedback.scopes.values()]
    assert.ok(empty !== undefined, 'the comparison of all campaigns is there from the start')
    for (const id of ['welcome', 'cart', 'hero']) feedback.scopes.set(id, { ...empty, id })

    const byCampaign = viewAttribution(state, { by: 'campaign', touches: 'all' }, 7)
    assert.deepEqual(byCampaign.rows.map(({ id }) => id).toSorted(), ['cart', 'hero', 'welcome'])
    assert.equal(byCampaign.rows.find(({ id }) => id === 'welcome')?.margin.first, 90)
    assert.equal(byCampaign.rows.find(({ id }) => id === 'hero')?.orders.last, 3)
    assert.deepEqual([byCampaign.orders, byCampaign.margin, byCampaign.without], [6, 125, 5])
    assert.equal(byCampaign.causal, false)
    for (const { measured } of byCampaign.rows) assert.equal(measured?.verdict, 'not_known_yet')

    const byChannel = viewAttribution(state, { by: 'channel', touches: 'all' }, 7)
    assert.equal(byChannel.rows.find(({ id }) => id === 'email')?.measured, null)
    assert.equal(byChannel.rows.find(({ id }) => id === 'onsite')?.measured?.verdict, 'not_known_yet')
  })

  it('AT15 nothing but the page, its route and the command reads it', () => {
    const root = new URL('../../', import.meta.url)
    const readers = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .filter((file) => /journeysOf|viewAttribution/.test(readFileSync(new URL(file, root), 'utf8')))
    assert.deepEqual(readers.toSorted(), [
      'api/attribution-routes.ts',
      'api/views/attribution.ts',
      'app/commands/attribution-log.ts',
      'feedback/attribution/journeys.ts',
      'feedback/index.ts',
    ])
  })
})
