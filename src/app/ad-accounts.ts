// The ad accounts of the settings as platforms, by the names a plan gives them: `google-ads/1234567890`, and `google-ads`
// alone where there is one account of it.

import { setTimeout as sleep } from 'node:timers/promises'
import {
  adTraits,
  createFileAds,
  createGoogleAds,
  createMeta,
  createVkAds,
  createYandexDirect,
  type AdsPorts,
  type KeepTokens,
} from '../connect/index.ts'
import type { AdPlatform, PlatformTraits } from '../delivery/index.ts'
import { assert } from '../kernel/assert.ts'
import { Failure } from '../kernel/failure.ts'
import { createVettedFetch } from '../outbound/index.ts'
import { environmentName, type AdAccount } from './ad-config.ts'
import { tokenKeeper } from './token-files.ts'

const ANSWER_BYTES_MAX = 32 << 20

/** Throws Failures `config.ads_*` that name the account and what is missing. */
export const openAdAccounts = (
  accounts: readonly AdAccount[],
  now: () => number,
): ReadonlyMap<string, AdPlatform> => {
  const platforms = new Map<string, AdPlatform>()
  for (const account of accounts) {
    const name = `${account.platform}/${account.account}`
    if (platforms.has(name))
      throw new Failure({ code: 'config.ads_twice', message: `Setting ads: ${name} is there twice.` })
    platforms.set(name, openAccount(account, now))
  }
  for (const kind of new Set(accounts.map(({ platform }) => platform))) {
    const [first, ...others] = accounts.filter(({ platform }) => platform === kind)
    const only = platforms.get(`${kind}/${first?.account}`)
    if (others.length === 0 && only !== undefined) platforms.set(kind, only)
  }
  return platforms
}

const openAccount = (account: AdAccount, now: () => number): AdPlatform => {
  const { platform: kind, currency } = account
  const traits = adTraits(kind, currency)
  assert(traits !== undefined, `${kind} has traits`)
  const ports: AdsPorts = {
    door: createVettedFetch({ hostsAllowed: account.hostsAllowed, answerBytesMax: ANSWER_BYTES_MAX }),
    now,
    pause: async (ms) => sleep(ms),
  }
  const given = about(account)
  switch (kind) {
    case 'google-ads':
      need(account, ['developerToken', 'clientId', 'clientSecret', 'refreshToken'])
      return createGoogleAds({ ...account, ...given }, { traits, ports })
    case 'meta':
      need(account, ['accessToken'])
      return createMeta(
        { ...account, ...given, ...renewalOf(account, ['accessTokenFile']) },
        { traits, ports },
      )
    case 'yandex-direct':
      need(account, ['accessToken'])
      return createYandexDirect(
        { ...account, ...given, ...renewalOf(account, ['accessTokenFile', 'refreshTokenFile']) },
        { traits, ports },
      )
    case 'vk-ads':
      need(account, ['clientId', 'clientSecret'])
      if (currency !== 'RUB')
        throw new Failure({
          code: 'config.ads_currency',
          message: `Setting ads: VK Ads reckons in roubles, not in ${currency}.`,
          hint: 'Write currency: RUB.',
        })
      return createVkAds({ ...account, ...given }, { traits, ports })
    case 'file':
      return openFiles(account, traits, now)
    default:
      throw new Failure({ code: 'config.ads_platform', message: `Setting ads: no platform ${String(kind)}.` })
  }
}

/** Addresses without the slash at their end. */
const about = ({ baseUrl }: AdAccount) =>
  baseUrl === undefined ? {} : { baseUrl: baseUrl.replace(/\/+$/, '') }

/** Where an app is given, tokens are renewed through it, and need files to be kept in. */
const renewalOf = (
  account: AdAccount,
  files: readonly ('accessTokenFile' | 'refreshTokenFile')[],
): { readonly keep?: KeepTokens } => {
  if (account.clientId === '' || account.clientSecret === '') return {}
  const missing = files.filter((name) => account[name] === '')
  const name = `${account.platform}/${account.account}`
  if (missing.length > 0)
    throw new Failure({
      code: 'config.ads_incomplete',
      message: `Setting ads: ${name} has an app to renew its tokens through, and lacks ${missing.join(', ')} to keep them in.`,
      hint: 'Put the tokens into files, or leave clientId and clientSecret out.',
    })
  return { keep: tokenKeeper(name, account) }
}

const openFiles = (account: AdAccount, traits: PlatformTraits, now: () => number): AdPlatform => {
  const { spendFile, proposalsFile } = account
  if (spendFile !== undefined && proposalsFile !== undefined)
    return createFileAds({ ...account, spendFile, proposalsFile }, { traits, now })
  throw new Failure({
    code: 'config.ads_incomplete',
    message: `Setting ads: ${account.account} needs spendFile and proposalsFile.`,
  })
}

const need = (
  account: AdAccount,
  names: readonly ('developerToken' | 'clientId' | 'clientSecret' | 'refreshToken' | 'accessToken')[],
): void => {
  const missing = names.filter((name) => account[name] === '')
  if (missing.length === 0) return
  throw new Failure({
    code: 'config.ads_incomplete',
    message: `Setting ads: ${account.platform}/${account.account} lacks ${missing.join(', ')}.`,
    hint: `Give it there, or as ${missing.map((name) => environmentName(account.platform, name)).join(', ')}.`,
  })
}
