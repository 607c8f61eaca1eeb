// Yandex Direct as its documents show it: methods in the body, errors within a status of 200, reports that queue.

import { isoDay, numberAt, textAt } from '../wire.ts'
import { startFake, type FakeAds, type FakeAnswer, type FakeRequest, type Handling } from './fake-ads.ts'

export const YANDEX_TOKEN = 'y0_fake-oauth-token'
const UNITS = { units: '10/20828/64000', requestid: '8695244274068608439' }

const errorOf = (code: number, text: string, detail = '') => ({
  error: { request_id: '8695244274068608439', error_code: code, error_string: text, error_detail: detail },
})

type Campaign = { readonly State?: string; readonly DailyBudget?: null; readonly TextCampaign?: object }
type Params = {
  readonly SelectionCriteria?: { readonly Ids?: number[] }
  readonly Campaigns?: { readonly Id: number; readonly DailyBudget?: { readonly Amount: number } }[]
  readonly TextCampaignFieldNames?: string[]
}

/** A campaign that optimises clicks within a weekly budget. */
export const weeklyClicks = (WeeklySpendLimit: number): object => ({
  BiddingStrategy: {
    Search: {
      BiddingStrategyType: 'WB_MAXIMUM_CLICKS',
      WbMaximumClicks: { WeeklySpendLimit, BidCeiling: 25_000_000, CustomPeriodBudget: null },
    },
    Network: { BiddingStrategyType: 'NETWORK_DEFAULT' },
  },
})

export const startFakeYandex = async ({
  currency = 'RUB',
  weekly,
}: {
  readonly currency?: string
  /** All campaigns keep a budget of so many micros a week, in this block. */
  readonly weekly?: (weekMicros: number) => object
} = {}): Promise<FakeAds & { readonly odd: Map<string, Campaign>; readonly queue: { asks: number } }> => {
  /** What is unusual about a campaign. */
  const odd = new Map<string, Campaign>()
  /** So many askings until a report is ready. */
  const queue = { asks: 0 }
  const list = ({ SelectionCriteria, TextCampaignFieldNames }: Params, { shown }: Handling): FakeAnswer => {
    const Campaigns = (SelectionCriteria?.Ids ?? []).flatMap((id) => {
      const now = shown(String(id))
      return now === undefined
        ? []
        : [
            {
              Id: id,
              State: now.paused ? 'SUSPENDED' : 'ON',
              Status: 'ACCEPTED',
              Currency: currency,
              DailyBudget: { Amount: now.budgetMicros, Mode: 'DISTRIBUTED' },
              SomethingNew: 1,
              ...(weekly === undefined || TextCampaignFieldNames === undefined
                ? {}
                : { DailyBudget: null, TextCampaign: weekly(now.budgetMicros * 7) }),
              ...odd.get(String(id)),
            },
          ]
    })
    return { status: 200, headers: UNITS, body: { result: Campaigns.length === 0 ? {} : { Campaigns } } }
  }
  const change = (method: string, params: Params, handling: Handling): FakeAnswer => {
    const name = `${method[0]?.toUpperCase()}${method.slice(1)}Results`
    const id = params.Campaigns?.[0]?.Id ?? params.SelectionCriteria?.Ids?.[0] ?? 0
    const wrong = !handling.lines.has(String(id))
      ? { Code: 8800, Message: 'Object not found', Details: `Campaign ${id} not found` }
      : handling.fault === 'refused'
        ? {
            Code: 6000,
            Message: 'Inconsistent object state',
            Details: 'The daily budget was changed 3 times today',
          }
        : null
    if (wrong !== null)
      return { status: 200, headers: UNITS, body: { result: { [name]: [{ Errors: [wrong] }] } } }
    const update = params.Campaigns?.[0]
    const weekMicros = numberAt(
      update,
      'TextCampaign',
      'BiddingStrategy',
      'Search',
      'WbMaximumClicks',
      'WeeklySpendLimit',
    )
    const budgetMicros = weekMicros > 0 ? weekMicros / 7 : update?.DailyBudget?.Amount
    handling.change(
      String(id),
      budgetMicros === undefined ? { paused: method === 'suspend' } : { budgetMicros },
    )
    return {
      status: 200,
      headers: UNITS,
      body: { result: { [name]: [{ Id: id, Warnings: [{ Code: 10_160, Message: 'Unchanged' }] }] } },
    }
  }
  const report = (request: FakeRequest, { lines }: Handling): FakeAnswer => {
    if (queue.asks-- > 0)
      return {
        status: queue.asks % 2 === 0 ? 202 : 201,
        headers: { retryin: '2', reportsinqueue: '1' },
        body: '',
      }
    const { DateFrom, DateTo, Filter } = (
      request.json as {
        params: { SelectionCriteria: { DateFrom: string; DateTo: string; Filter: { Values: string[] }[] } }
      }
    ).params.SelectionCriteria
    const rows = (Filter[0]?.Values ?? []).flatMap((id) =>
      (lines.get(id)?.days ?? [])
        .filter(({ day }) => isoDay(day) >= DateFrom && isoDay(day) <= DateTo)
        .map(({ day, spend, clicks, conversions, value }) =>
          [
            isoDay(day),
            id,
            Math.round(spend * 1_000_000),
            clicks,
            conversions === 0 ? '--' : conversions,
            conversions === 0 ? '--' : Math.round(value * 1_000_000),
          ].join('\t'),
        ),
    )
    const names = 'Date\tCampaignId\tCost\tClicks\tConversions\tRevenue'
    return {
      status: 200,
      headers: { 'content-type': 'text/tab-separated-values; charset=utf-8' },
      body: `${[names, ...rows].join('\n')}\n`,
    }
  }
  const refresh = ({ path, form }: FakeRequest, issue: () => string): FakeAnswer | null => {
    if (path !== '/token') return null
    const isGood = form.get('refresh_token')?.startsWith('refresh-') === true
    return isGood && form.get('grant_type') === 'refresh_token' && form.get('client_secret') === 'app-secret'
      ? {
          status: 200,
          body: {
            token_type: 'bearer',
            access_token: issue(),
            expires_in: 365 * 86_400,
            refresh_token: `refresh-${issue()}`,
          },
        }
      : { status: 400, body: { error: 'invalid_grant', error_description: 'expired_token' } }
  }
  const fake = await startFake({
    token: refresh,
    tokens: [YANDEX_TOKEN],
    kindOf: ({ path, json }) =>
      path.endsWith('/reports') || textAt(json, 'method') === 'get' ? 'read' : 'write',
    signIn: () => ({
      status: 200,
      headers: UNITS,
      body: errorOf(53, 'Authorization error', 'Invalid OAuth token'),
    }),
    busy: () => ({ status: 200, headers: UNITS, body: errorOf(506, 'Connection limit exceeded') }),
    answer: (request, handling) => {
      if (request.headers['client-login'] !== 'shop-login')
        return { status: 200, headers: UNITS, body: errorOf(54, 'No rights') }
      if (request.path === '/json/v5/reports') return report(request, handling)
      const { method, params } = request.json as { method: string; params: Params }
      return method === 'get' ? list(params, handling) : change(method, params, handling)
    },
  })
  return { ...fake, odd, queue }
}
