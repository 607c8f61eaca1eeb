// Everything the fixture answers is what the contract says, so that a page that works with it works with
// the product.

import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import * as contract from '../../src/api/contract.ts'
import { createEventParser } from '../src/data/sse.ts'
import { streamEventOf } from '../src/data/live.ts'
import { FIXTURE_KEY, startFixtureServer } from './fixture-server.ts'

const headers = { authorization: `Bearer ${FIXTURE_KEY}` }

function conforms(schema: TSchema, value: unknown, what: string): void {
  const [first] = Value.Errors(schema, value)
  assert.equal(first, undefined, `${what}: ${JSON.stringify(first)}`)
}

describe('the fixture server', async () => {
  const server = await startFixtureServer({ state: 'busy', briefEveryMs: 20 })
  after(() => server.close())
  const get = async (path: string): Promise<unknown> => (await fetch(server.url + path, { headers })).json()

  const routes: readonly (readonly [string, TSchema])[] = [
    ['/api/brief', contract.briefSchema],
    ['/api/decisions?limit=200&campaign=cart&verdict=act', contract.decisionsPageSchema],
    ['/api/decisions/dec:cart:000042?lang=ru', contract.decisionDetailSchema],
    ['/api/lift?campaign=cart', contract.liftSchema],
    ['/api/gate', contract.gateSchema],
    ['/api/campaigns/winback/forecast', contract.campaignForecastSchema],
    ['/api/campaigns/cart/forecast', contract.campaignForecastSchema],
    ['/api/campaigns/welcome/forecast', contract.campaignForecastSchema],
    ['/api/campaigns/cart/fairness?by=city', contract.fairnessSchema],
    ['/api/kpis', contract.kpisSchema],
    ['/api/attribution?by=campaign', contract.attributionSchema],
    ['/api/recommendations', contract.recommendationsSchema],
    ['/api/customers?q=ma', contract.customersSchema],
    ['/api/customers/p3', contract.customerSchema],
    ['/api/segments', contract.segmentsSchema],
    ['/api/health', contract.dataHealthSchema],
    ['/api/money', contract.moneySchema],
    ['/api/brand', contract.brandSchema],
    ['/api/brand/dry-run', contract.dryRunSchema],
    ['/api/audit/acts?group=approvals&limit=5', contract.actsPageSchema],
    ['/api/audit/tip', contract.auditTipSchema],
    ['/api/retention', contract.retentionSchema],
    ['/api/stop', contract.stopSchema],
    ['/api/plan', contract.planSchema],
  ]
  for (const state of ['busy', 'empty', 'stopped', 'long', 'unsure'] as const) {
    it(`C10 answers by the contract when ${state}`, async () => {
      server.setState(state)
      for (const [path, schema] of routes) conforms(schema, await get(path), `${state} ${path}`)
    })
  }

  it('C10 fails by the contract, and refuses a wrong key', async () => {
    server.setState('error')
    conforms(contract.errorSchema, await get('/api/brief'), 'error')
    const refused = await fetch(`${server.url}/api/brief`, { headers: { authorization: 'Bearer wrong' } })
    assert.equal(refused.status, 401)
    conforms(contract.errorSchema, await refused.json(), 'refused')
  })

  it('C10 streams briefs and decisions by the contract', async () => {
    server.setState('busy')
    const response = await fetch(`${server.url}/api/stream?lang=en`, { headers })
    const parse = createEventParser()
    const seen = new Set<string>()
    const decoder = new TextDecoder()
    assert.ok(response.body)
    for await (const bytes of response.body) {
      const chunk = decoder.decode(bytes, { stream: true })
      for (const { event, data } of parse(chunk)) {
        const known = streamEventOf(event, data)
        if (known?.type === 'brief') conforms(contract.briefSchema, known.brief, 'streamed brief')
        if (known?.type === 'decision')
          conforms(contract.decisionRowSchema, known.decision, 'streamed decision')
        if (known !== null) seen.add(known.type)
      }
      if (seen.size === 2) break
    }
    assert.deepEqual([...seen].sort(), ['brief', 'decision'])
  })
})
