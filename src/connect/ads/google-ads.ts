// Google Ads over REST: campaigns with a daily budget of their own. Not verified against a live account.
// https://developers.google.com/google-ads/api/rest/reference/rest (searchStream, campaignBudgets:mutate, campaigns:mutate)
// https://developers.google.com/google-ads/api/docs/best-practices/error-types, …/reference/rpc/v26/QuotaErrorDetails
// https://developers.google.com/identity/protocols/oauth2/web-server#offline (refresh)

import type { AdPlatform, PlatformTraits, WriteResult } from '../../delivery/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { SECOND_MS } from '../../kernel/time.ts'
import {
  createAdsClient,
  exchange,
  retryAfterMs,
  type AdsAnswer,
  type AdsClient,
  type AdsPorts,
  type Verdict,
} from './ads-client.ts'
import { grantedToken, type Grant } from './ads-token.ts'
import { createDayTable } from './day-table.ts'
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

export type GoogleAdsAccount = {
  /** Ten digits, dashes allowed. */
  readonly account: string
  readonly currency: string
  readonly developerToken: string
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  /** The manager account through which this one is reached. */
  readonly loginCustomerId?: string
  readonly apiVersion?: string
  readonly baseUrl?: string
  readonly tokenUrl?: string
}

const IDS_A_QUERY = 1_000
const digits = (id: string): string => id.replaceAll('-', '')
const isId = (id: string): boolean => /^\d{1,20}$/.test(id)

export const createGoogleAds = (
  account: GoogleAdsAccount,
  { traits, ports }: { readonly traits: PlatformTraits; readonly ports: AdsPorts },
): AdPlatform => {
  const customer = digits(account.account)
  const { currency } = account
  const client = clientOf(account, customer, ports)
  const search = async (query: string): Promise<readonly unknown[]> => {
    const path = `/customers/${customer}/googleAds:searchStream`
    const { json } = await client.read({ method: 'POST', path, json: { query } })
    // A stream arrives as a list of batches; one without rows has no `results`.
    if (!Array.isArray(json)) throw malformed('batches')
    return json.flatMap((batch: unknown) =>
      at(batch, 'results') === undefined ? [] : listAt(batch, 'results'),
    )
  }
  const campaigns = async (ids: readonly string[]): Promise<readonly unknown[]> => {
    const rows = await search(
      `SELECT customer.currency_code, campaign.id, campaign.status, campaign_budget.resource_name, campaign_budget.amount_micros, campaign_budget.total_amount_micros, campaign_budget.period, campaign_budget.reference_count FROM campaign WHERE campaign.id IN (${ids.join(', ')})`,
    )
    for (const row of rows) checkCurrency(textAt(row, 'customer', 'currencyCode'), currency)
    return rows
  }
  const read: AdPlatform['read'] = async ({ externalIds, fromDay, toDay, budgetsOnly }) => {
    const table = createDayTable({ fromDay, toDay })
    const found: unknown[] = []
    for (const ids of chunked(externalIds.filter(isId), IDS_A_QUERY)) {
      found.push(...(await campaigns(ids)))
      if (budgetsOnly === true) continue
      const rows = await search(
        `SELECT campaign.id, segments.date, metrics.cost_micros, metrics.clicks, metrics.conversions, metrics.conversions_value FROM campaign WHERE campaign.id IN (${ids.join(', ')}) AND segments.date BETWEEN '${isoDay(fromDay)}' AND '${isoDay(toDay)}'`,
      )
      for (const row of rows)
        table.add(textAt(row, 'campaign', 'id'), dayOfIso(textAt(row, 'segments', 'date')), {
          spendMicros: numberAt(row, 'metrics', 'costMicros'),
          valueMicros: microsOf(numberAt(row, 'metrics', 'conversionsValue')),
          conversions: numberAt(row, 'metrics', 'conversions'),
          clicks: numberAt(row, 'metrics', 'clicks'),
        })
    }
    return found.map((row) => {
      const externalId = textAt(row, 'campaign', 'id')
      return {
        externalId,
        budgetMicros: budgetInForce(row),
        totalLimitMicros: budgetOf(numberAt(row, 'campaignBudget', 'totalAmountMicros')),
        days: table.daysOf(externalId),
      }
    })
  }
  const setStatus = async (externalId: string, status: 'PAUSED' | 'ENABLED'): Promise<WriteResult> =>
    mutate(client, `/customers/${customer}/campaigns:mutate`, {
      update: { resourceName: `customers/${customer}/campaigns/${externalId}`, status },
      updateMask: 'status',
      isUrgent: status === 'PAUSED',
    })
  const setBudget = async (resourceName: string, amountMicros: number): Promise<WriteResult> => {
    const change = {
      update: { resourceName, amountMicros: String(amountMicros) },
      updateMask: 'amount_micros',
      isUrgent: false,
    }
    const path = `/customers/${customer}/campaignBudgets:mutate`
    // Asked first whether it would do: what it finds wrong is then certainly not done.
    const tried = await mutate(client, path, { ...change, validateOnly: true })
    if (tried.kind === 'unknown') return refusal('ads.unreachable', tried.detail, true)
    return tried.kind === 'refused' ? tried : mutate(client, path, change)
  }
  const write: AdPlatform['write'] = async (ask) => {
    const { externalId, budgetMicros } = ask
    const wrong = refuseBudget(ask, { currency, traits })
    if (wrong !== null) return wrong
    if (!isId(externalId)) return refusal('ads.unknown_line', externalId)
    if (budgetMicros === 0) return setStatus(externalId, 'PAUSED')
    return withLookup(
      async () => (await campaigns([externalId]))[0],
      async (row) => {
        if (row === undefined) return refusal('ads.unknown_line', externalId)
        const reason = notOurs(row)
        if (reason !== null) return reason
        const set = await setBudget(textAt(row, 'campaignBudget', 'resourceName'), budgetMicros)
        return set.kind !== 'accepted' || textAt(row, 'campaign', 'status') === 'ENABLED'
          ? set
          : setStatus(externalId, 'ENABLED')
      },
    )
  }
  return { name: 'google-ads', currency, traits, read, write, close: async () => {} }
}

/** Looks up what a write needs; when that cannot be had, nothing was done. */
const withLookup = async <T>(
  lookUp: () => Promise<T>,
  then: (found: T) => Promise<WriteResult>,
): Promise<WriteResult> => {
  let found: T
  try {
    found = await lookUp()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return refusal(error.code, error.message, error.retryable)
  }
  return then(found)
}

const budgetInForce = (row: unknown): number | null => {
  if (textAt(row, 'campaign', 'status') !== 'ENABLED') return 0
  if (notOurs(row) !== null) return null
  return budgetOf(numberAt(row, 'campaignBudget', 'amountMicros'))
}

/** A budget that is not a day's, or that other campaigns spend too, is not for us to move. */
const notOurs = (row: unknown): WriteResult | null => {
  if (textAt(row, 'campaign', 'status') === 'REMOVED')
    return refusal('ads.unknown_line', 'the campaign is removed')
  const period = textAt(row, 'campaignBudget', 'period')
  if (period !== 'DAILY')
    return refusal('ads.no_daily_budget', `the budget's period is ${period || 'unknown'}`)
  const shared = numberAt(row, 'campaignBudget', 'referenceCount')
  return shared > 1 ? refusal('ads.shared_budget', `${shared} campaigns share this budget`) : null
}

const mutate = async (
  client: AdsClient,
  path: string,
  change: {
    readonly update: Readonly<Record<string, string>>
    readonly updateMask: string
    readonly isUrgent: boolean
    readonly validateOnly?: boolean
  },
): Promise<WriteResult> => {
  const { update, updateMask, isUrgent, validateOnly = false } = change
  const { result, json } = await client.write(
    {
      method: 'POST',
      path,
      json: { operations: [{ update, updateMask }], partialFailure: true, validateOnly },
    },
    { isUrgent },
  )
  if (result.kind !== 'accepted') return result
  const partial = at(json, 'partialFailureError')
  if (partial !== undefined) return refusal(codeIn(partial), messageIn(partial))
  // Of a validation only errors come back; of a change its result.
  if (validateOnly || textAt(json, 'results', 0, 'resourceName') !== '') return result
  return { kind: 'unknown', detail: 'an answer without a result' }
}

const checkCurrency = (told: string, own: string): void => {
  if (told !== own)
    throw new Failure({
      code: 'ads.currency',
      message: `google-ads: the account is kept in ${told || 'no currency that it tells'}, not in ${own}`,
      hint: 'Give the account’s own currency in the settings and the plan.',
    })
}

const clientOf = (account: GoogleAdsAccount, customer: string, ports: AdsPorts): AdsClient =>
  createAdsClient({
    name: 'google-ads',
    baseUrl: `${account.baseUrl ?? 'https://googleads.googleapis.com'}/${account.apiVersion ?? 'v26'}`,
    ports,
    token: grantedToken(async () => grant(account, ports), ports.now),
    headers: (token) => ({
      authorization: `Bearer ${token}`,
      'developer-token': account.developerToken,
      'login-customer-id': digits(account.loginCustomerId ?? customer),
    }),
    verdictOf: (answer) => verdictOf(answer, ports.now()),
    secrets: [account.developerToken, account.clientSecret, account.refreshToken],
  })

const grant = async (
  { clientId, clientSecret, refreshToken, tokenUrl }: GoogleAdsAccount,
  { door }: AdsPorts,
): Promise<Grant> => {
  const url = new URL(tokenUrl ?? 'https://oauth2.googleapis.com/token')
  const answer = await exchange(door, url.origin, {
    method: 'POST',
    path: url.pathname,
    form: {
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
      grant_type: 'refresh_token',
    },
  })
  const accessToken = textAt(answer.json, 'access_token')
  if (accessToken !== '') return { accessToken, expiresInS: numberAt(answer.json, 'expires_in') || null }
  throw new Failure({
    code: answer.status >= 500 ? 'ads.unreachable' : 'ads.sign_in',
    message: `google-ads: no access token: ${answer.status} ${textAt(answer.json, 'error')}`,
    hint: 'The refresh token may be revoked or of another client: make a new one.',
    retryable: answer.status >= 500,
  })
}

/** Errors come as one object, and from a stream as a list of one. */
const errorIn = (answer: AdsAnswer): unknown => at(answer.json, 'error') ?? at(answer.json, 0, 'error')

const verdictOf = (answer: AdsAnswer, now: number): Verdict => {
  const error = errorIn(answer)
  if (answer.status < 300 && error === undefined) return { kind: 'fine' }
  const status = textAt(error, 'status')
  const detail = messageIn(error) || `status ${answer.status}`
  if (answer.status === 401 || status === 'UNAUTHENTICATED') return { kind: 'sign_in', detail }
  if (answer.status === 429 || status === 'RESOURCE_EXHAUSTED')
    return {
      kind: 'later',
      code: 'ads.busy',
      detail,
      afterMs: quotaDelayMs(error) ?? retryAfterMs(answer.headers, now),
    }
  if (answer.status >= 500 || error === undefined) return { kind: 'unclear', detail }
  return { kind: 'refused', code: codeIn(error), detail }
}

/** The errors of a GoogleAdsFailure, wherever it is. */
const errorsIn = (status: unknown): readonly unknown[] =>
  Array.isArray(at(status, 'details'))
    ? listAt(status, 'details').flatMap((detail) =>
        Array.isArray(at(detail, 'errors')) ? listAt(detail, 'errors') : [],
      )
    : []

const codeIn = (status: unknown): string => {
  const codes = at(errorsIn(status)[0], 'errorCode')
  const name = typeof codes === 'object' && codes !== null ? Object.values(codes)[0] : undefined
  return `ads.refused.${typeof name === 'string' ? name.toLowerCase() : textAt(status, 'status').toLowerCase() || 'unknown'}`
}

const messageIn = (status: unknown): string =>
  [textAt(status, 'message'), ...errorsIn(status).map((error) => textAt(error, 'message'))]
    .filter((part) => part !== '')
    .join(' · ')

/** `retryDelay` is a duration such as `30s`. */
const quotaDelayMs = (status: unknown): number | null => {
  for (const error of errorsIn(status)) {
    const seconds = Number.parseFloat(textAt(error, 'details', 'quotaErrorDetails', 'retryDelay'))
    if (Number.isFinite(seconds)) return seconds * SECOND_MS
  }
  return null
}
