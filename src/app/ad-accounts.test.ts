// Ad accounts of the settings: named as a plan names them, refused when something is missing, silent about secrets.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { stringify } from 'yaml'
import { adTraits } from '../connect/index.ts'
import { isFailure } from '../kernel/failure.ts'
import type { Problem } from '../kernel/problem.ts'
import { openAdAccounts } from './ad-accounts.ts'
import { environmentName } from './ad-config.ts'
import { readConfig } from './config.ts'
import { readAds, renderAds } from './plan-ads.ts'
import { tokenKeeper } from './token-files.ts'

const META = { platform: 'meta', account: '777', currency: 'EUR' }
const VK = {
  platform: 'vk-ads',
  account: 'shop',
  currency: 'RUB',
  clientId: 'c',
  clientSecret: 'very-secret',
}

const opened = (ads: readonly object[], env: Record<string, string> = {}) => {
  const dir = mkdtempSync(join(tmpdir(), 'ad-accounts-'))
  try {
    writeFileSync(join(dir, 'windvane.yaml'), stringify({ ads }))
    return openAdAccounts(readConfig({ dir, env, flags: {} }).ads, () => 0)
  } finally {
    rmSync(dir, { recursive: true })
  }
}
const failureOf = (run: () => unknown): string => {
  try {
    run()
    return 'none'
  } catch (error) {
    return isFailure(error) ? `${error.code} ${error.message} ${error.hint ?? ''}` : String(error)
  }
}

describe('ad accounts', () => {
  it('are platforms by platform and account, and by the platform alone where there is one', () => {
    const env = { WINDVANE_META_ACCESS_TOKEN: 'token' }
    assert.deepEqual([...opened([META, VK], env).keys()], ['meta/777', 'vk-ads/shop', 'meta', 'vk-ads'])
    const two = opened([META, { ...META, account: '778' }], env)
    assert.deepEqual([...two.keys()], ['meta/777', 'meta/778'])
    assert.equal(two.get('meta/778')?.currency, 'EUR')
  })

  it('say what is missing and where it may come from, and never a secret', () => {
    assert.match(
      failureOf(() => opened([META])),
      /^config\.ads_incomplete .*accessToken.*WINDVANE_META_ACCESS_TOKEN/,
    )
    const said = failureOf(() => opened([{ ...VK, currency: 'EUR' }]))
    assert.match(said, /^config\.ads_currency /)
    assert.ok(!said.includes('very-secret'))
    assert.match(
      failureOf(() => opened([VK, VK])),
      /^config\.ads_twice /,
    )
    assert.match(
      failureOf(() => opened([{ ...META, platform: 'metta' }])),
      /^config\.invalid /,
    )
    assert.match(
      failureOf(() => opened([{ ...META, acessToken: 'x' }])),
      /^config\.invalid /,
    )
    assert.match(
      failureOf(() => opened([{ ...META, platform: 'file' }])),
      /^config\.ads_incomplete /,
    )
    assert.equal(environmentName('google-ads', 'refreshToken'), 'WINDVANE_GOOGLE_ADS_REFRESH_TOKEN')
  })

  it('renew tokens only where the later ones can be kept, and keep them for the owner alone', () => {
    const app = { clientId: 'app', clientSecret: 'app-secret' }
    const env = { WINDVANE_META_ACCESS_TOKEN: 'token', WINDVANE_YANDEX_DIRECT_ACCESS_TOKEN: 'token' }
    const said = failureOf(() => opened([{ ...META, ...app }], env))
    assert.match(said, /^config\.ads_incomplete .*accessTokenFile/)
    assert.match(
      failureOf(() => opened([{ ...META, ...app, platform: 'yandex-direct' }], env)),
      /^config\.ads_incomplete .*accessTokenFile, refreshTokenFile/,
    )
    const dir = mkdtempSync(join(tmpdir(), 'tokens-'))
    const files = { accessTokenFile: join(dir, 'access'), refreshTokenFile: join(dir, 'refresh') }
    tokenKeeper('meta/777', files)({ accessToken: 'later', refreshToken: 'too' })
    assert.equal(readFileSync(files.accessTokenFile, 'utf8').trim(), 'later')
    assert.equal(readFileSync(files.refreshTokenFile, 'utf8').trim(), 'too')
    assert.equal(statSync(files.accessTokenFile).mode & 0o777, 0o600)
    rmSync(dir, { recursive: true })
    assert.match(
      failureOf(() => tokenKeeper('meta/777', files)),
      /^config\.ads_token_file .*leave clientId/,
    )
  })

  it('are named by a plan, which is written back the same', () => {
    const line = { external_id: '1', day_max: 100, month_max: 1_000 }
    const section = {
      currency: 'JPY',
      time_zone: 'Asia/Tokyo',
      day_target: 10,
      day_max: 100,
      month_max: 1_000,
      lines: [
        { id: 'a', platform: 'google-ads', account: '123-456-7890', ...line },
        { id: 'b', platform: 'meta', results_max: 40, products: ['p1'], category: 'Tea', ...line },
      ],
    }
    const problems: Problem[] = []
    const known = { traitsOf: adTraits, known: [] }
    const spec = readAds(section, problems, known)
    assert.ok(spec, JSON.stringify(problems))
    assert.deepEqual(
      spec.lines.map(({ platform, traits }) => [platform, traits.stepMicros]),
      [
        ['google-ads/123-456-7890', 1_000_000],
        ['meta', 1_000_000],
      ],
    )
    assert.deepEqual(readAds(renderAds(spec), problems, known), spec)
  })
})
