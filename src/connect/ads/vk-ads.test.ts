// VK Ads against a local server that speaks its dialect.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkAdPlatform } from '../../delivery/testing/platform-conformance.ts'
import { createVkAds } from './vk-ads.ts'
import { askFor, benchOf, failureOf, figuresOf, testPorts, writeTo } from './testing/bench.ts'
import { startFakeVk } from './testing/fake-vk.ts'
import { AD_TRAITS } from './traits.ts'

const traits = AD_TRAITS['vk-ads'] as NonNullable<(typeof AD_TRAITS)[string]>

const open = async (given: { clientSecret?: string } = {}) => {
  const fake = await startFakeVk()
  const { ports, waits } = testPorts()
  const platform = createVkAds(
    {
      account: 'shop',
      currency: 'RUB',
      clientId: 'vk-client',
      clientSecret: given.clientSecret ?? 'vk-secret',
      goalValue: 100,
      baseUrl: fake.url,
    },
    { traits, ports },
  )
  return { ...benchOf({ fake, platform, lines: ['101', 'group:201'] }), fake, waits }
}
const ask = askFor('101')

checkAdPlatform('vk-ads', open)

describe('vk-ads', () => {
  it('AD1 reads campaigns and groups, goals at the worth that the settings give them', async () => {
    const b = await open()
    for (const externalId of ['101', 'group:201']) {
      const [line] = await b.platform.read({ ...ask, externalIds: [externalId] })
      assert.deepEqual(figuresOf(line), [
        [12_340_000, 300_000_000, 3, 40],
        [10_000, 0, 0, 1],
        [7_000_000, 200_000_000, 2, 20],
      ])
    }
    await b.close()
  })

  it('AD10 sets budget and status in one change, in roubles', async () => {
    const b = await open()
    await writeTo(b, 550_000_000)
    assert.deepEqual(b.fake.requests.at(-1)?.json, [{ id: 101, status: 'active', budget_limit_day: 550 }])
    await writeTo(b, 0)
    assert.deepEqual(b.fake.requests.at(-1)?.json, [{ id: 101, status: 'blocked' }])
    await b.close()
  })

  it('AD2 waits for the limit that its headers show as used up', async () => {
    const b = await open()
    b.fake.strike('read', 'busy')
    await b.platform.read(ask)
    assert.deepEqual(b.waits, [1_000])
    await b.close()
  })

  it('AD3 renews its token with the refresh token, and gives old ones back when there are too many', async () => {
    const b = await open()
    await b.platform.read(ask)
    b.fake.expireTokens()
    await b.platform.read(ask)
    const grants = b.fake.requests.flatMap(({ form }) => form.get('grant_type') ?? [])
    assert.deepEqual(grants, ['client_credentials', 'refresh_token'])
    await b.close()
    const full = await open()
    full.fake.issued.count = 5
    await full.platform.read(ask)
    assert.ok(full.fake.requests.some(({ path }) => path.endsWith('/token/delete.json')))
    await full.close()
    const wrong = await open({ clientSecret: 'not-it' })
    const said = await failureOf(wrong.platform.read(ask))
    assert.match(said, /^ads\.sign_in .*invalid_client/)
    assert.ok(!said.includes('not-it'))
    await wrong.close()
  })

  it('AD6 a running line with a limit of 0 or -1 is not told, never paused', async () => {
    for (const budgetMicros of [0, -1]) {
      const b = await open()
      Object.assign(b.fake.lines.get('101') ?? {}, { budgetMicros })
      assert.equal((await b.platform.read(ask))[0]?.budgetMicros, null)
      await b.close()
    }
  })

  it('AD4 a refusal is told with the platform’s code', async () => {
    const b = await open()
    b.fake.strike('write', 'refused')
    const refused = await writeTo(b, 550_000_000)
    assert.ok(refused.kind === 'refused' && refused.code === 'ads.refused.validation_failed')
    await b.close()
  })
})
