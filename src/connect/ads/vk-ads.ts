// VK Ads (ads.vk.com, API v2): campaigns (ad plans) and ad groups. VK has no sandbox. Not verified against a live account.
// https://ads.vk.com/en/doc/api/resource/AdPlanMassAction (status and budget in one change, 204)
// https://ads.vk.com/en/doc/api/resource/AdPlans, …/AdGroups, …/info/Statistics (200 ids, 366 days), …/info/Авторизация в API
// (client_credentials, refresh_token, five tokens a pair), …/info/Лимиты (X-RateLimit-*, 429)

import type { AdPlatform, PlatformTraits } from '../../delivery/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { HOUR_MS, SECOND_MS } from '../../kernel/time.ts'
import {
  createAdsClient,
  exchange,
  retryAfterMs,
  type AdsAnswer,
  type AdsPorts,
  type TokenSource,
  type Verdict,
} from './ads-client.ts'
import { grantedToken, type Grant } from './ads-token.ts'
import { createDayTable } from './day-table.ts'
import { levelOf, readLevels } from './levels.ts'
import {
  budgetOf,
  chunked,
  dayOfIso,
  isoDay,
  listAt,
  microsOf,
  numberAt,
  refusal,
  refuseBudget,
  textAt,
} from './wire.ts'

export type VkAdsAccount = {
  /** A name for people; the account is the one of the client id. */
  readonly account: string
  readonly currency: string
  readonly clientId: string
  readonly clientSecret: string
  /** For agencies: whose account. */
  readonly agencyClient?: string
  /** What one goal is worth, in whole units: VK tells goals, no value. */
  readonly goalValue?: number
  readonly baseUrl?: string
}

const IDS_A_QUERY = 200
const PAGE = 50

type Resource = 'ad_plans' | 'ad_groups'
const lineOf = levelOf<Resource>({ plan: 'ad_plans', group: 'ad_groups' }, 15)

export const createVkAds = (
  account: VkAdsAccount,
  { traits, ports }: { readonly traits: PlatformTraits; readonly ports: AdsPorts },
): AdPlatform => {
  const { currency, goalValue = 0 } = account
  const baseUrl = `${account.baseUrl ?? 'https://ads.vk.com'}/api/v2`
  const client = createAdsClient({
    name: 'vk-ads',
    baseUrl,
    ports,
    token: tokenOf(account, baseUrl, ports),
    headers: (token) => ({ authorization: `Bearer ${token}` }),
    verdictOf: (answer) => verdictOf(answer, ports.now()),
    secrets: [account.clientSecret],
  })
  const get = async (path: string, query: Readonly<Record<string, string>>): Promise<unknown> =>
    (await client.read({ method: 'GET', path: `${path}?${String(new URLSearchParams(query))}` })).json
  const objects = async (resource: Resource, ids: readonly string[]): Promise<readonly unknown[]> => {
    const found: unknown[] = []
    for (const chunk of chunked(ids, PAGE)) {
      const json = await get(`/${resource}.json`, {
        _id__in: chunk.join(','),
        fields: 'id,status,budget_limit_day,budget_limit',
        limit: String(PAGE),
      })
      found.push(...listAt(json, 'items'))
    }
    return found
  }
  const readResource = async (
    resource: Resource,
    ids: readonly string[],
    ask: { fromDay: number; toDay: number; budgetsOnly?: boolean },
  ) => {
    const table = createDayTable(ask)
    const found = await objects(resource, ids)
    for (const chunk of ask.budgetsOnly === true ? [] : chunked(ids, IDS_A_QUERY)) {
      const json = await get(`/statistics/${resource}/day.json`, {
        id: chunk.join(','),
        date_from: isoDay(ask.fromDay),
        date_to: isoDay(ask.toDay),
        metrics: 'base',
      })
      for (const item of listAt(json, 'items'))
        for (const row of listAt(item, 'rows')) {
          const goals = numberAt(row, 'base', 'vk', 'goals')
          table.add(textAt(item, 'id'), dayOfIso(textAt(row, 'date')), {
            spendMicros: microsOf(numberAt(row, 'base', 'spent')),
            valueMicros: microsOf(goals * goalValue),
            conversions: goals,
            clicks: numberAt(row, 'base', 'clicks'),
          })
        }
    }
    return found.map((item) => {
      const id = textAt(item, 'id')
      return {
        id,
        // 0, null and -1 are no limit: the line may spend without end, so no number is told for it.
        budgetMicros:
          textAt(item, 'status') === 'active' ? budgetOf(microsOf(numberAt(item, 'budget_limit_day'))) : 0,
        totalLimitMicros: budgetOf(microsOf(numberAt(item, 'budget_limit'))),
        days: table.daysOf(id),
      }
    })
  }
  const read: AdPlatform['read'] = async (ask) => readLevels(ask, lineOf, readResource)
  const write: AdPlatform['write'] = async (ask) => {
    const wrong = refuseBudget(ask, { currency, traits })
    if (wrong !== null) return wrong
    const line = lineOf(ask.externalId)
    if (line === null) return refusal('ads.unknown_line', ask.externalId)
    const pauses = ask.budgetMicros === 0
    const change = pauses
      ? { id: Number(line.id), status: 'blocked' }
      : { id: Number(line.id), status: 'active', budget_limit_day: ask.budgetMicros / 1_000_000 }
    const { result } = await client.write(
      { method: 'POST', path: `/${line.level}/mass_action.json`, json: [change], answers: 'nothing' },
      { isUrgent: pauses },
    )
    return result
  }
  return { name: 'vk-ads', currency, traits, read, write, close: async () => {} }
}

/** Client credentials, renewed with the refresh token they came with. */
const tokenOf = (account: VkAdsAccount, baseUrl: string, ports: AdsPorts): TokenSource => {
  const client = { client_id: account.clientId, client_secret: account.clientSecret }
  const post = async (path: string, form: Readonly<Record<string, string>>) =>
    exchange(ports.door, baseUrl, { method: 'POST', path, form: { ...client, ...form } })
  let refreshToken = ''
  const taken = (answer: AdsAnswer): Grant | null => {
    const accessToken = textAt(answer.json, 'access_token')
    if (accessToken === '') return null
    refreshToken = textAt(answer.json, 'refresh_token')
    return { accessToken, expiresInS: numberAt(answer.json, 'expires_in') || null }
  }
  const issue = async () =>
    post(
      '/oauth2/token.json',
      account.agencyClient === undefined
        ? { grant_type: 'client_credentials' }
        : { grant_type: 'agency_client_credentials', agency_client_name: account.agencyClient },
    )
  return grantedToken(async () => {
    if (refreshToken !== '') {
      const renewed = taken(
        await post('/oauth2/token.json', { grant_type: 'refresh_token', refresh_token: refreshToken }),
      )
      if (renewed !== null) return renewed
      refreshToken = ''
    }
    let answer = await issue()
    if (codeIn(answer) === 'token_limit_exceeded') {
      // Five tokens a pair of client and user: those of earlier starts are given back.
      await post('/oauth2/token/delete.json', {})
      answer = await issue()
    }
    const fresh = taken(answer)
    if (fresh !== null) return fresh
    throw new Failure({
      code: answer.status >= 500 || answer.status === 429 ? 'ads.unreachable' : 'ads.sign_in',
      message: `vk-ads: no access token: ${answer.status} ${codeIn(answer)}`,
      hint: 'Check client id and secret in the account’s settings for API access.',
      retryable: answer.status >= 500 || answer.status === 429,
    })
  }, ports.now)
}

/** Errors stand at the top or under `error`. */
const codeIn = ({ json }: AdsAnswer): string =>
  textAt(json, 'error', 'code') || textAt(json, 'code') || textAt(json, 'error')

const verdictOf = (answer: AdsAnswer, now: number): Verdict => {
  if (answer.status < 300) return { kind: 'fine' }
  const code = codeIn(answer)
  const message = textAt(answer.json, 'error', 'message') || textAt(answer.json, 'message')
  const detail = `${code || `status ${answer.status}`} ${message}`.trim()
  if (answer.status === 401) return { kind: 'sign_in', detail }
  if (answer.status === 429)
    return {
      kind: 'later',
      code: 'ads.busy',
      detail,
      afterMs: retryAfterMs(answer.headers, now) ?? spentLimitMs(answer.headers),
    }
  if (answer.status >= 500 || answer.json === undefined) return { kind: 'unclear', detail }
  return { kind: 'refused', code: `ads.refused.${code || answer.status}`, detail }
}

/** Which limit is used up: of the second, the hour or the day. */
const spentLimitMs = (headers: Headers): number | null => {
  const isSpent = (name: string): boolean => {
    const left = headers.get(`x-ratelimit-${name}-remaining`)
    return left !== null && Number(left) <= 0
  }
  if (isSpent('daily') || isSpent('hourly')) return HOUR_MS
  return isSpent('rps') ? SECOND_MS : null
}
