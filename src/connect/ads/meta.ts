// Meta Marketing API: campaigns and ad sets with a daily budget. Not verified against a live account.
// https://developers.facebook.com/documentation/ads-commerce/marketing-api/currencies (budgets in minor units, offsets)
// https://developers.facebook.com/docs/graph-api/overview/rate-limiting (X-Business-Use-Case-Usage, 80000-80014)
// https://developers.facebook.com/docs/marketing-api/overview/rate-limiting (17, 613, four budget changes an hour)
// https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived (exchange while it is good)
// https://developers.facebook.com/docs/marketing-api/insights, …/reference/ad-campaign-group, …/reference/ad-campaign

import type { AdPlatform, PlatformTraits } from '../../delivery/index.ts'
import { Failure, isFailure } from '../../kernel/failure.ts'
import { isRecord } from '../../kernel/json.ts'
import { MINUTE_MS } from '../../kernel/time.ts'
import {
  createAdsClient,
  exchange,
  retryAfterMs,
  type AdsAnswer,
  type AdsPorts,
  type TokenSource,
  type Verdict,
} from './ads-client.ts'
import { fixedToken, keptToken, type KeepTokens } from './ads-token.ts'
import { createDayTable } from './day-table.ts'
import { levelOf, readLevels } from './levels.ts'
import {
  at,
  budgetOf,
  chunked,
  dayOfIso,
  isoDay,
  listAt,
  malformed,
  microsOf,
  numberAt,
  refusal,
  refuseBudget,
  textAt,
} from './wire.ts'

export type MetaAccount = {
  /** With or without `act_`. */
  readonly account: string
  readonly currency: string
  /** Of a system user, with `ads_management`. */
  readonly accessToken: string
  /** The app that a token with an end is exchanged through for a later one; without it none is. */
  readonly clientId?: string
  readonly clientSecret?: string
  readonly keep?: KeepTokens
  /** The action that counts as a conversion. */
  readonly conversionAction?: string
  readonly apiVersion?: string
  readonly baseUrl?: string
}

const IDS_A_QUERY = 50
const PAGE = 500
const PAGES_MAX = 1_000

/** Currencies that Meta keeps in whole units; all others in hundredths. */
const WHOLE_UNITS: ReadonlySet<string> = new Set('CLP COP CRC HUF ISK IDR JPY KRW PYG TWD VND'.split(' '))

type Level = 'campaign' | 'adset'
const lineOf = levelOf<Level>({ campaign: 'campaign', adset: 'adset' }, 25)

export const createMeta = (
  account: MetaAccount,
  { traits, ports }: { readonly traits: PlatformTraits; readonly ports: AdsPorts },
): AdPlatform => {
  const { currency, conversionAction = 'purchase' } = account
  const act = `/act_${account.account.replace(/^act_/, '')}`
  const unitMicros = WHOLE_UNITS.has(currency) ? 1_000_000 : 10_000
  const baseUrl = `${account.baseUrl ?? 'https://graph.facebook.com'}/${account.apiVersion ?? 'v25.0'}`
  const client = createAdsClient({
    name: 'meta',
    baseUrl,
    ports,
    token: tokenOf(account, baseUrl, ports),
    headers: (token) => ({ authorization: `Bearer ${token}` }),
    verdictOf: (answer) => verdictOf(answer, ports.now()),
    secrets: [account.accessToken, account.clientSecret ?? ''],
  })
  const get = async (path: string, query: Readonly<Record<string, string>>): Promise<unknown> =>
    (await client.read({ method: 'GET', path: `${path}?${String(new URLSearchParams(query))}` })).json
  /** All rows of a list. `next` is not followed: it names a host and carries the token. */
  const rows = async (path: string, query: Readonly<Record<string, string>>): Promise<readonly unknown[]> => {
    const found: unknown[] = []
    let after = ''
    for (let page = 0; page < PAGES_MAX; page++) {
      const json = await get(path, { ...query, limit: String(PAGE), ...(after === '' ? {} : { after }) })
      found.push(...listAt(json, 'data'))
      after = textAt(json, 'paging', 'cursors', 'after')
      if (after === '' || textAt(json, 'paging', 'next') === '') return found
    }
    throw malformed('an end')
  }
  let currencyIsRight = false
  const checkCurrency = async (): Promise<void> => {
    if (currencyIsRight) return
    const told = textAt(await get(act, { fields: 'currency,timezone_name,account_status' }), 'currency')
    if (told !== currency)
      throw new Failure({
        code: 'ads.currency',
        message: `meta: the account is kept in ${told || 'no currency that it tells'}, not in ${currency}`,
        hint: 'Give the account’s own currency in the settings and the plan.',
      })
    currencyIsRight = true
  }
  const readLevel = async (
    level: Level,
    ids: readonly string[],
    ask: { fromDay: number; toDay: number; budgetsOnly?: boolean },
  ) => {
    const table = createDayTable(ask)
    const found: unknown[] = []
    const filter = (field: string, value: readonly string[]) =>
      JSON.stringify([{ field, operator: 'IN', value }])
    for (const chunk of chunked(ids, IDS_A_QUERY)) {
      found.push(
        ...(await rows(`${act}/${level}s`, {
          fields: `id,status,daily_budget,lifetime_budget${level === 'campaign' ? ',spend_cap' : ''}`,
          filtering: filter(`${level}.id`, chunk),
        })),
      )
      if (ask.budgetsOnly === true) continue
      const insights = await rows(`${act}/insights`, {
        level,
        fields: `${level}_id,spend,clicks,actions,action_values,account_currency,date_start`,
        time_increment: '1',
        time_range: JSON.stringify({ since: isoDay(ask.fromDay), until: isoDay(ask.toDay) }),
        filtering: filter(`${level}.id`, chunk),
      })
      for (const row of insights)
        table.add(textAt(row, `${level}_id`), dayOfIso(textAt(row, 'date_start')), {
          spendMicros: microsOf(numberAt(row, 'spend')),
          valueMicros: microsOf(actionsIn(row, 'action_values', conversionAction)),
          conversions: actionsIn(row, 'actions', conversionAction),
          clicks: numberAt(row, 'clicks'),
        })
    }
    return found.map((row) => {
      const id = textAt(row, 'id')
      return {
        id,
        budgetMicros:
          textAt(row, 'status') === 'ACTIVE' ? budgetOf(numberAt(row, 'daily_budget') * unitMicros) : 0,
        totalLimitMicros: budgetOf(numberAt(row, 'spend_cap') * unitMicros),
        days: table.daysOf(id),
      }
    })
  }
  const read: AdPlatform['read'] = async (ask) => {
    await checkCurrency()
    return readLevels(ask, lineOf, readLevel)
  }
  const write: AdPlatform['write'] = async (ask) => {
    const wrong = refuseBudget(ask, { currency, traits })
    if (wrong !== null) return wrong
    const line = lineOf(ask.externalId)
    if (line === null) return refusal('ads.unknown_line', ask.externalId)
    const pauses = ask.budgetMicros === 0
    if (!pauses && ask.budgetMicros % unitMicros !== 0)
      return refusal('ads.bad_budget', `${ask.budgetMicros} is no whole amount of ${currency}`)
    try {
      if (!pauses) await checkCurrency()
    } catch (error) {
      if (!isFailure(error)) throw error
      return refusal(error.code, error.message, error.retryable)
    }
    // Budget and status in one request: never one without the other.
    const form = pauses
      ? { status: 'PAUSED' }
      : { daily_budget: String(ask.budgetMicros / unitMicros), status: 'ACTIVE' }
    const { result, json } = await client.write(
      { method: 'POST', path: `/${line.id}`, form },
      { isUrgent: pauses },
    )
    return result.kind === 'accepted' && at(json, 'success') !== true
      ? { kind: 'unknown', detail: 'an answer without `success`' }
      : result
  }
  return { name: 'meta', currency, traits, read, write, close: async () => {} }
}

/** A token that ends can be exchanged for a later one while it is good, never afterwards. */
const tokenOf = (account: MetaAccount, baseUrl: string, ports: AdsPorts): TokenSource => {
  const { accessToken, clientId = '', clientSecret = '', keep } = account
  if (clientId === '' || clientSecret === '' || keep === undefined) return fixedToken('meta', accessToken)
  return keptToken({
    name: 'meta',
    now: ports.now,
    tokens: { accessToken },
    keep,
    renew: async (tokens) => {
      const query = {
        grant_type: 'fb_exchange_token',
        client_id: clientId,
        client_secret: clientSecret,
        set_token_expires_in_60_days: 'true',
        fb_exchange_token: tokens.accessToken,
      }
      return exchange(ports.door, baseUrl, {
        method: 'GET',
        path: `/oauth/access_token?${String(new URLSearchParams(query))}`,
      })
    },
  })
}

/** The sum of one kind of action; [] and no list at all are none. */
const actionsIn = (row: unknown, list: 'actions' | 'action_values', kind: string): number =>
  at(row, list) === undefined
    ? 0
    : listAt(row, list)
        .filter((action) => textAt(action, 'action_type') === kind)
        .reduce((sum: number, action) => sum + numberAt(action, 'value'), 0)

/** Limits of app, user, account and business use case. */
const TOO_MANY: ReadonlySet<number> = new Set([4, 17, 32, 613, 80_000, 80_003, 80_004, 80_014])
const BUDGET_CHANGED_TOO_OFTEN = 1_487_632

const verdictOf = (answer: AdsAnswer, now: number): Verdict => {
  const error = at(answer.json, 'error')
  if (answer.status < 300 && error === undefined) return { kind: 'fine' }
  const code = numberAt(error, 'code')
  const subcode = numberAt(error, 'error_subcode')
  const detail = `${code}${subcode === 0 ? '' : `/${subcode}`} ${textAt(error, 'message') || `status ${answer.status}`}`
  if (code === 190 || code === 102) return { kind: 'sign_in', detail }
  if (subcode === BUDGET_CHANGED_TOO_OFTEN)
    return { kind: 'refused', code: 'ads.too_many_edits', detail, retryable: true }
  if (TOO_MANY.has(code) || answer.status === 429)
    return {
      kind: 'later',
      code: 'ads.busy',
      detail,
      afterMs: regainMs(answer.headers) ?? retryAfterMs(answer.headers, now),
    }
  if (answer.status >= 500 || error === undefined || code === 1 || code === 2)
    return { kind: 'unclear', detail }
  return { kind: 'refused', code: `ads.refused.${code}`, detail }
}

/** `estimated_time_to_regain_access`, in minutes, the longest of all use cases; null when none is told. */
const regainMs = (headers: Headers): number | null => {
  const text = headers.get('x-business-use-case-usage')
  if (text === null) return null
  let usage: unknown
  try {
    usage = JSON.parse(text)
  } catch (error) {
    // A header that cannot be read tells nothing; the usual pause holds.
    if (error instanceof SyntaxError) return null
    throw error
  }
  const minutes = isRecord(usage)
    ? Object.values(usage).flatMap((cases) =>
        Array.isArray(cases) ? cases.map((one) => numberAt(one, 'estimated_time_to_regain_access')) : [],
      )
    : []
  const longest = Math.max(0, ...minutes)
  return longest === 0 ? null : longest * MINUTE_MS
}
