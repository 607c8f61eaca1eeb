// Ad money in a whole server, against local servers that speak the platforms' wire formats: STOP reaches every platform
// and says what it could not reach; a process killed between a write and its reading leaves books that agree.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { stringify } from 'yaml'
import type { Money } from '../../src/api/contract.ts'
import { fakeLine, type FakeAds, type FakeRequest } from '../../src/connect/ads/testing/fake-ads.ts'
import { startFakeGoogle } from '../../src/connect/ads/testing/fake-google.ts'
import { META_TOKEN, startFakeMeta } from '../../src/connect/ads/testing/fake-meta.ts'
import { startFakeVk } from '../../src/connect/ads/testing/fake-vk.ts'
import { startFakeYandex, YANDEX_TOKEN } from '../../src/connect/ads/testing/fake-yandex.ts'
import { DAY_MS } from '../../src/kernel/time.ts'
import { closeAtEnd, open, start, tempFolder, until, type Client } from './serving.ts'

const UNIT = 1_000_000
const BUDGET = 500 * UNIT
const hostsAllowed = ['127.0.0.1']

/** Lines `101`, `102`, … of a fake, running at 500 a day. */
const running = <F extends FakeAds>(fake: F, ids: readonly string[]): F => {
  for (const id of ids) fake.lines.set(id, { ...fakeLine(BUDGET, Math.floor(Date.now() / DAY_MS)), days: [] })
  closeAtEnd(fake.close)
  return fake
}

const planOf = (
  currency: string,
  lines: readonly { readonly platform: string; readonly id: string }[],
): string =>
  stringify({
    ads: {
      currency,
      time_zone: 'UTC',
      day_target: 500 * lines.length,
      day_max: 5_000 * lines.length,
      month_max: 100_000 * lines.length,
      lines: lines.map(({ platform, id }) => ({
        id: `${platform}-${id}`,
        platform,
        external_id: id,
        day_max: 2_000,
        month_max: 50_000,
      })),
    },
  })

const money = async (client: Client): Promise<Money> => (await client.ask('GET', '/api/money')).json as Money
const stop = async (client: Client) =>
  client.ask('POST', '/api/stop', { body: { scope: 'all', reason: 'test' } })
const pausedIn = (fake: FakeAds) => [...fake.lines.values()].filter(({ paused }) => paused).length
const pauseAt = ({ at, body }: FakeRequest): readonly number[] =>
  /PAUSED|"blocked"|"suspend"/.test(body) ? [at] : []
const isPaused = (fake: FakeAds) => [...fake.lines.values()].every(({ paused }) => paused)

describe('ad money', () => {
  it('S4 E70 STOP pauses every line of four platforms within a second, and says which one does not answer', async () => {
    const ids = ['101', '102', '103', '104', '105']
    const google = running(await startFakeGoogle({ currency: 'RUB' }), ids)
    const meta = running(await startFakeMeta({ currency: 'RUB' }), ids)
    const yandex = running(await startFakeYandex(), ids)
    const vk = running(await startFakeVk(), ids)
    const common = { currency: 'RUB', hostsAllowed }
    const server = await open({
      dir: withAccounts(tempFolder(), [
        {
          ...common,
          platform: 'google-ads',
          account: '1234567890',
          developerToken: 'dev-token',
          clientId: 'c',
          clientSecret: 's',
          refreshToken: 'refresh-1',
          loginCustomerId: '555-000-1111',
          baseUrl: google.url,
          tokenUrl: `${google.url}/token`,
        },
        { ...common, platform: 'meta', account: '777', accessToken: META_TOKEN, baseUrl: meta.url },
        {
          ...common,
          platform: 'yandex-direct',
          account: 'shop-login',
          accessToken: YANDEX_TOKEN,
          baseUrl: yandex.url,
        },
        {
          ...common,
          platform: 'vk-ads',
          account: 'shop',
          clientId: 'vk-client',
          clientSecret: 'vk-secret',
          baseUrl: vk.url,
        },
      ]),
    })
    const kinds = ['google-ads', 'meta', 'yandex-direct', 'vk-ads/shop']
    await server.apply(
      planOf(
        'RUB',
        kinds.flatMap((platform) => ids.map((id) => ({ platform, id }))),
      )
        .replaceAll(/platform: vk-ads\/shop/g, 'platform: vk-ads\n      account: shop')
        .replaceAll('vk-ads/shop-', 'vk-'),
    )
    await until(async () => (await money(server)).lines.every(({ budget }) => budget === 500), {
      what: 'every line to be read',
    })
    vk.strike('write', 'dead')
    const [stoppedAt, stoppedWall] = [performance.now(), Date.now()]
    await stop(server)
    await until(() => [google, meta, yandex].every(isPaused) && pausedIn(vk) === 4, {
      what: 'all that can be reached to be paused',
      ms: 5_000,
    })
    const toldOfVk = async () =>
      (await money(server)).incidents.find(({ lineId }) => lineId.startsWith('vk-'))
    await until(async () => (await toldOfVk()) !== undefined, { what: 'what was not reached to be said' })
    // The last pause that reached a platform, by the platforms' own clocks.
    const pausedMs =
      Math.max(...[google, meta, yandex, vk].flatMap(({ requests }) => requests.flatMap(pauseAt))) - stoppedAt
    const incident = await toldOfVk()
    assert.match(JSON.stringify(incident), /unreachable.*STOP: vk-.*may still spend/)
    const saidMs = (incident?.at ?? 0) - stoppedWall
    console.log(
      `STOP: 19 of 20 lines on 4 platforms paused after ${pausedMs.toFixed(0)} ms, the one out of reach told after ${saidMs} ms`,
    )
    // On a machine that others keep busy a second says nothing: it is asked for where the machine is ours.
    const slack = process.env['WINDVANE_LONG'] === '1' ? 1 : 5
    assert.ok(pausedMs < 1_000 * slack, `paused after ${pausedMs} ms`)
    assert.ok(saidMs < 2_000 * slack, `said after ${saidMs} ms`)
    await server.close()
  })

  it('S3 E71 killed between a write and its reading, it finds by reading that it was done, and writes nothing again', async () => {
    const meta = running(await startFakeMeta(), ['101'])
    const dir = withAccounts(tempFolder(), [
      { platform: 'meta', account: '777', currency: 'EUR', baseUrl: meta.url, hostsAllowed },
    ])
    const env = { WINDVANE_META_ACCESS_TOKEN: META_TOKEN }
    const raises = () => meta.requests.filter(({ form }) => form.get('daily_budget') !== null).length
    const line = async (client: Client) => (await money(client)).lines[0]
    const first = await start({ dir, env })
    await first.apply(planOf('EUR', [{ platform: 'meta', id: '101' }]))
    await until(async () => (await line(first))?.budget === 500, { what: 'the line to be read' })
    await stop(first)
    await until(async () => isPaused(meta) && (await line(first))?.budget === 0, { what: 'the pause' })
    meta.strike('write', 'hang')
    await first.ask('POST', '/api/resume', { body: { scope: 'all', waitingSeen: 0, seenUpTo: 1e9 } })
    await until(() => raises() === 1, { what: 'the write' })
    first.process.kill('SIGKILL')
    assert.equal(meta.lines.get('101')?.paused, false, 'the platform has done it')
    const second = await start({ dir, env, keys: first.keys })
    await until(async () => (await line(second))?.budget === 500, { what: 'the books to agree' })
    const { incidents } = await money(second)
    assert.deepEqual(incidents, [])
    assert.equal(raises(), 1, 'nothing was raised twice')
    assert.ok(!`${first.stderr()}${second.stderr()}`.includes(META_TOKEN))
    await second.end()
  })
})

function withAccounts(dir: string, ads: readonly object[]): string {
  writeFileSync(join(dir, 'windvane.yaml'), stringify({ ads }))
  return dir
}
