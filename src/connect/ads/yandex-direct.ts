// Yandex Direct, versions 5 and 501: campaigns with a daily budget, and with a weekly one. Not verified against a live account.
// https://yandex.com/dev/direct/doc/en/campaigns/update (micros, ten a call, three changes of a budget a day)
// https://yandex.com/dev/direct/doc/en/reports/mode (201, 202, retryIn), …/headers, …/codes
// https://yandex.com/dev/id/doc/en/tokens/refresh-client (both tokens end together: renewed while they are good)
// https://yandex.com/dev/direct/doc/en/concepts/units (Units), …/concepts/errors-list (52, 53, 56, 152, 506, 1000-1002)

import type { AdPlatform, PlatformTraits, WriteResult } from '../../delivery/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { HOUR_MS, SECOND_MS } from '../../kernel/time.ts'
import {
  createAdsClient,
  exchange,
  type AdsAnswer,
  type AdsClient,
  type AdsPorts,
  type TokenSource,
  type Verdict,
} from './ads-client.ts'
import { fixedToken, keptToken, type KeepTokens } from './ads-token.ts'
import { createDayTable, type DayTable } from './day-table.ts'
import { levelOf, readLevels } from './levels.ts'
import { dayMicros, weekBudgetOf, weekFields, weekUpdate } from './yandex-week.ts'
import {
  at,
  budgetOf,
  chunked,
  dayOfIso,
  isoDay,
  listAt,
  malformed,
  numberAt,
  refusal,
  refuseBudget,
  textAt,
} from './wire.ts'

export type YandexDirectAccount = {
  /** The advertiser's login: needed by agencies, harmless for others. */
  readonly account: string
  readonly currency: string
  readonly accessToken: string
  /** With the app's id and secret the token is renewed before it ends; without them it is not. */
  readonly refreshToken?: string
  readonly clientId?: string
  readonly clientSecret?: string
  readonly keep?: KeepTokens
  readonly tokenUrl?: string
  /** `v501` for unified performance campaigns. */
  readonly apiVersion?: string
  readonly baseUrl?: string
}

const IDS_A_QUERY = 1_000
const REPORT_TRIES_MAX = 30
const REPORT_WAIT_MS_MAX = 5 * 60 * SECOND_MS

type Kind = 'day' | 'week'
/** `123` and `day:123` keep a daily budget, `week:123` one that their strategy keeps by the week. */
const lineOf = levelOf<Kind>({ day: 'day', week: 'week' }, 15)

export const createYandexDirect = (
  account: YandexDirectAccount,
  { traits, ports }: { readonly traits: PlatformTraits; readonly ports: AdsPorts },
): AdPlatform => {
  const { currency } = account
  const client = createAdsClient({
    name: 'yandex-direct',
    baseUrl: `${account.baseUrl ?? 'https://api.direct.yandex.com'}/json/${account.apiVersion ?? 'v5'}`,
    ports,
    token: tokenOf(account, ports),
    headers: (token) => ({
      authorization: `Bearer ${token}`,
      'accept-language': 'en',
      ...(account.account === '' ? {} : { 'client-login': account.account }),
    }),
    verdictOf,
    secrets: [account.accessToken, account.refreshToken ?? '', account.clientSecret ?? ''],
    // Five at once; the sixth is refused with 506.
    connectionsMax: 4,
  })
  const campaigns = async (kind: Kind, ids: readonly string[]): Promise<readonly unknown[]> => {
    const params = {
      SelectionCriteria: { Ids: ids.map(Number) },
      FieldNames: ['Id', 'State', 'Status', 'Currency', 'DailyBudget'],
      ...(kind === 'week' ? weekFields(account.apiVersion ?? 'v5') : {}),
    }
    const { json } = await client.read({
      method: 'POST',
      path: '/campaigns',
      json: { method: 'get', params },
    })
    // Where nothing fits, the list is left out.
    const found = at(json, 'result', 'Campaigns') === undefined ? [] : listAt(json, 'result', 'Campaigns')
    if (at(json, 'result') === undefined) throw malformed('result')
    for (const campaign of found) checkCurrency(textAt(campaign, 'Currency'), currency)
    return found
  }
  const readKind = async (
    kind: Kind,
    wanted: readonly string[],
    { fromDay, toDay, budgetsOnly }: { fromDay: number; toDay: number; budgetsOnly?: boolean },
  ) => {
    const table = createDayTable({ fromDay, toDay })
    const found: unknown[] = []
    for (const ids of chunked(wanted, IDS_A_QUERY)) {
      const told = await campaigns(kind, ids)
      found.push(...told)
      if (told.length > 0 && budgetsOnly !== true)
        await readReport({ client, ports, ids, fromDay, toDay, table })
    }
    return found.map((campaign) => {
      const id = textAt(campaign, 'Id')
      return { id, budgetMicros: budgetInForce(kind, campaign), days: table.daysOf(id) }
    })
  }
  const change = async (method: string, params: unknown, isUrgent: boolean): Promise<WriteResult> => {
    const { result, json } = await client.write(
      { method: 'POST', path: '/campaigns', json: { method, params } },
      { isUrgent },
    )
    return result.kind === 'accepted' ? resultIn(json, method) : result
  }
  const write: AdPlatform['write'] = async (ask) => {
    const { externalId, budgetMicros } = ask
    const wrong = refuseBudget(ask, { currency, traits })
    if (wrong !== null) return wrong
    const line = lineOf(externalId)
    if (line === null) return refusal('ads.unknown_line', externalId)
    const those = { SelectionCriteria: { Ids: [Number(line.id)] } }
    if (budgetMicros === 0) return change('suspend', those, true)
    let campaign: unknown
    try {
      campaign = (await campaigns(line.level, [line.id]))[0]
    } catch (error) {
      // Only looked up so far: nothing was done.
      if (!(error instanceof Failure)) throw error
      return refusal(error.code, error.message, error.retryable)
    }
    if (campaign === undefined) return refusal('ads.unknown_line', externalId)
    const update = updateOf(line.level, campaign, budgetMicros)
    if (update === 'no budget')
      return refusal('ads.no_daily_budget', 'the campaign’s strategy keeps a budget of another kind')
    if (update !== 'as it is') {
      const set = await change('update', { Campaigns: [update] }, false)
      if (set.kind !== 'accepted') return set
    }
    return textAt(campaign, 'State') === 'SUSPENDED' ? change('resume', those, false) : { kind: 'accepted' }
  }
  return {
    name: 'yandex-direct',
    currency,
    traits,
    read: async (ask) => readLevels(ask, lineOf, readKind),
    write,
    close: async () => {},
  }
}

const tokenOf = (account: YandexDirectAccount, ports: AdsPorts): TokenSource => {
  const { accessToken, refreshToken = '', clientId = '', clientSecret = '', keep } = account
  if (refreshToken === '' || clientId === '' || clientSecret === '' || keep === undefined)
    return fixedToken('yandex-direct', accessToken)
  return keptToken({
    name: 'yandex-direct',
    now: ports.now,
    tokens: { accessToken, refreshToken },
    keep,
    renew: async (tokens) =>
      exchange(ports.door, account.tokenUrl ?? 'https://oauth.yandex.com', {
        method: 'POST',
        path: '/token',
        form: {
          grant_type: 'refresh_token',
          refresh_token: tokens.refreshToken ?? '',
          client_id: clientId,
          client_secret: clientSecret,
        },
      }),
  })
}

/** OFF is what waits for its schedule, moderation or money: it may spend again by itself. */
const budgetInForce = (kind: Kind, campaign: unknown): number | null => {
  if (!['ON', 'OFF'].includes(textAt(campaign, 'State'))) return 0
  if (kind === 'day') return budgetOf(numberAt(campaign, 'DailyBudget', 'Amount'))
  const week = weekBudgetOf(campaign)
  return week === null ? null : budgetOf(dayMicros(week))
}

/** What is sent to set a budget. A change that changes nothing would use up one of three a day. */
const updateOf = (kind: Kind, campaign: unknown, budgetMicros: number): object | 'as it is' | 'no budget' => {
  const Id = Number(textAt(campaign, 'Id'))
  if (kind === 'week') {
    const week = weekBudgetOf(campaign)
    if (week === null) return 'no budget'
    return dayMicros(week) === budgetMicros ? 'as it is' : weekUpdate(Id, week, budgetMicros)
  }
  const before = at(campaign, 'DailyBudget')
  if (before === null || before === undefined) return 'no budget'
  const Mode = textAt(before, 'Mode') || 'STANDARD'
  return numberAt(before, 'Amount') === budgetMicros
    ? 'as it is'
    : { Id, DailyBudget: { Amount: budgetMicros, Mode } }
}

const checkCurrency = (told: string, own: string): void => {
  if (told !== own)
    throw new Failure({
      code: 'ads.currency',
      message: `yandex-direct: the campaign is kept in ${told || 'no currency that it tells'}, not in ${own}`,
      hint: 'Give the account’s own currency in the settings and the plan.',
    })
}

/** What became of one object: `UpdateResults`, `SuspendResults`, `ResumeResults`. */
const resultIn = (json: unknown, method: string): WriteResult => {
  const name = `${method[0]?.toUpperCase()}${method.slice(1)}Results`
  const result = at(json, 'result', name, 0)
  if (result === undefined) return { kind: 'unknown', detail: `an answer without ${name}` }
  const error = at(result, 'Errors', 0)
  if (error !== undefined)
    return refusal(
      `ads.refused.${textAt(error, 'Code')}`,
      [textAt(error, 'Message'), textAt(error, 'Details')].filter((part) => part !== '').join(': '),
    )
  return textAt(result, 'Id') === ''
    ? { kind: 'unknown', detail: 'an answer without an id' }
    : { kind: 'accepted' }
}

const COLUMNS = ['Date', 'CampaignId', 'Cost', 'Clicks', 'Conversions', 'Revenue'] as const

/** Asks for a report until it is there: the same request, the same name, at the pace the server gives. */
const readReport = async (about: {
  readonly client: AdsClient
  readonly ports: AdsPorts
  readonly ids: readonly string[]
  readonly fromDay: number
  readonly toDay: number
  readonly table: DayTable
}): Promise<void> => {
  const { client, ports, ids, fromDay, toDay, table } = about
  const params = {
    SelectionCriteria: {
      DateFrom: isoDay(fromDay),
      DateTo: isoDay(toDay),
      Filter: [{ Field: 'CampaignId', Operator: 'IN', Values: ids }],
    },
    FieldNames: COLUMNS,
    // Its name tells reports apart: made anew each hour, the same while one is waited for.
    ReportName: `windvane ${isoDay(fromDay)} ${isoDay(toDay)} ${ids[0]} ${ids.length} ${Math.floor(ports.now() / HOUR_MS)}`,
    ReportType: 'CAMPAIGN_PERFORMANCE_REPORT',
    DateRangeType: 'CUSTOM_DATE',
    Format: 'TSV',
    IncludeVAT: 'YES',
  }
  let waitedMs = 0
  for (let tried = 0; tried < REPORT_TRIES_MAX && waitedMs <= REPORT_WAIT_MS_MAX; tried++) {
    const answer = await client.read({
      method: 'POST',
      path: '/reports',
      json: { params },
      headers: { processingmode: 'auto', skipreportheader: 'true', skipreportsummary: 'true' },
      answers: 'text',
    })
    if (answer.status === 200) return readTsv(answer.text, table)
    const waitMs = Math.max(Number(answer.headers.get('retryin') ?? 5) || 5, 1) * SECOND_MS
    waitedMs += waitMs
    await ports.pause(waitMs)
  }
  throw new Failure({
    code: 'ads.busy',
    message: 'yandex-direct: the report is still in the queue',
    retryable: true,
  })
}

/** Tab-separated, a line of names first; `--` where there is nothing. Money is in micros. */
const readTsv = (text: string, table: DayTable): void => {
  const [names = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '')
  const columns = names.trim().split('\t')
  const place = COLUMNS.map((name) => columns.indexOf(name))
  if (place.includes(-1)) throw malformed(`the columns ${COLUMNS.join(', ')}`)
  for (const line of lines) {
    const cells = line.trimEnd().split('\t')
    const [date = '', id = '', ...figures] = place.map((index) => cells[index] ?? '')
    const [spendMicros = 0, clicks = 0, conversions = 0, valueMicros = 0] = figures.map((cell) =>
      cell === '--' ? 0 : numberAt({ cell }, 'cell'),
    )
    table.add(id, dayOfIso(date), { spendMicros, clicks, conversions, valueMicros })
  }
}

const verdictOf = (answer: AdsAnswer): Verdict => {
  const error = at(answer.json, 'error')
  if (answer.status < 300 && error === undefined) return { kind: 'fine' }
  const code = numberAt(error, 'error_code')
  const detail =
    `${code} ${[textAt(error, 'error_string'), textAt(error, 'error_detail')].filter((part) => part !== '').join(': ') || `status ${answer.status}`}` +
    unitsIn(answer)
  switch (code) {
    case 53:
      return { kind: 'sign_in', detail }
    case 52: // the server of tokens is away
    case 506: // more than five connections at once
    case 1000: // the server is away
    case 56: // more requests than allowed
      return { kind: 'later', code: 'ads.busy', detail, afterMs: null }
    case 152: // no units left: they come back by the hour
      return { kind: 'later', code: 'ads.busy', detail, afterMs: HOUR_MS }
    case 1001:
    case 1002:
      return { kind: 'unclear', detail }
    default:
      return answer.status >= 500 || error === undefined
        ? { kind: 'unclear', detail }
        : { kind: 'refused', code: `ads.refused.${code}`, detail }
  }
}

/** `Units: spent/left/limit`. */
const unitsIn = ({ headers }: AdsAnswer): string => {
  const units = headers.get('units')
  return units === null ? '' : ` (units ${units})`
}
