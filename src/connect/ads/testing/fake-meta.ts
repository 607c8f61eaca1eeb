// Meta's Graph API as its documents show it: minor units as text, paging with cursors, errors with code and subcode.

import { isoDay } from '../wire.ts'
import { startFake, type FakeAds, type FakeAnswer, type FakeRequest, type Handling } from './fake-ads.ts'

export const META_TOKEN = 'EAAB-system-user-token'
const ACT = '/v25.0/act_777'
/** Smaller than what is asked for, so that there is always a next page. */
const PAGE = 2

const errorOf = (code: number, message: string, subcode?: number) => ({
  error: {
    message,
    type: 'OAuthException',
    code,
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
    fbtrace_id: 'AbCdEf',
  },
})

const USAGE = (minutes: number) => ({
  'x-business-use-case-usage': JSON.stringify({
    '777': [
      {
        type: 'ads_management',
        call_count: minutes > 0 ? 100 : 28,
        total_cputime: 25,
        total_time: 25,
        estimated_time_to_regain_access: minutes,
        ads_api_access_tier: 'standard_access',
      },
    ],
  }),
})

export type FakeMetaControl = {
  /** What `busy` says of the time to come back; 0 says nothing. */
  busyMinutes: number
  /** How tokens are exchanged. */
  exchange: 'good' | 'refused' | 'away'
}

export const startFakeMeta = async ({
  currency = 'EUR',
  unitMicros = 10_000,
} = {}): Promise<FakeAds & { readonly control: FakeMetaControl }> => {
  const control: FakeMetaControl = { busyMinutes: 0, exchange: 'good' }
  const paged = (request: FakeRequest, rows: readonly object[]): FakeAnswer => {
    const from = Number(request.query.get('after') ?? 0)
    const page = rows.slice(from, from + PAGE)
    const more = from + PAGE < rows.length
    return {
      status: 200,
      headers: USAGE(0),
      body: {
        data: page,
        paging: {
          cursors: { before: String(from), after: String(from + PAGE) },
          ...(more ? { next: `https://graph.facebook.com${request.path}?access_token=secret&after=x` } : {}),
        },
      },
    }
  }
  const idsIn = (request: FakeRequest): readonly string[] =>
    (JSON.parse(request.query.get('filtering') ?? '[]') as { value: string[] }[])[0]?.value ?? []
  const list = (request: FakeRequest, { shown }: Handling): FakeAnswer =>
    paged(
      request,
      idsIn(request).flatMap((id) => {
        const now = shown(id)
        const isSet = request.path.endsWith('/adsets')
        if (now === undefined || isSet !== id.startsWith('2')) return []
        const status = now.paused ? 'PAUSED' : 'ACTIVE'
        return [{ id, status, daily_budget: String(now.budgetMicros / unitMicros), new_field: [1] }]
      }),
    )
  const insights = (request: FakeRequest, { lines }: Handling): FakeAnswer => {
    const { since, until } = JSON.parse(request.query.get('time_range') ?? '{}') as Record<string, string>
    const level = request.query.get('level') ?? ''
    return paged(
      request,
      idsIn(request).flatMap((id) =>
        (lines.get(id)?.days ?? [])
          .filter(({ day }) => isoDay(day) >= (since ?? '') && isoDay(day) <= (until ?? ''))
          .map(({ day, spend, clicks, conversions, value }) => ({
            [`${level}_id`]: id,
            account_currency: currency,
            spend: String(spend),
            clicks: String(clicks),
            ...(conversions === 0
              ? {}
              : {
                  actions: [
                    { action_type: 'link_click', value: String(clicks) },
                    { action_type: 'purchase', value: String(conversions) },
                  ],
                  action_values: [{ action_type: 'purchase', value: String(value) }],
                }),
            date_start: isoDay(day),
            date_stop: isoDay(day),
          })),
      ),
    )
  }
  const write = (request: FakeRequest, { lines, change, fault }: Handling): FakeAnswer => {
    const id = request.path.split('/').at(-1) ?? ''
    if (!lines.has(id)) return { status: 400, body: errorOf(100, 'Unsupported post request.', 33) }
    if (fault === 'refused') return { status: 400, body: errorOf(613, 'Budget changed too often', 1_487_632) }
    const budget = request.form.get('daily_budget')
    change(id, {
      paused: request.form.get('status') === 'PAUSED',
      ...(budget === null ? {} : { budgetMicros: Number(budget) * unitMicros }),
    })
    return { status: 200, headers: USAGE(0), body: { success: true } }
  }
  const exchange = (request: FakeRequest, issue: () => string): FakeAnswer | null => {
    if (!request.path.endsWith('/oauth/access_token')) return null
    const { query } = request
    if (query.get('client_secret') !== 'app-secret' || control.exchange === 'refused')
      return { status: 400, body: errorOf(190, 'Error validating access token: Session has expired', 463) }
    if (control.exchange === 'away') return { status: 503, body: 'away' }
    return {
      status: 200,
      body: { access_token: issue(), token_type: 'bearer', expires_in: 60 * 86_400 },
    }
  }
  const fake = await startFake({
    token: exchange,
    tokens: [META_TOKEN],
    kindOf: ({ method, path }) => (method === 'POST' ? 'write' : path === ACT ? null : 'read'),
    signIn: () => ({
      status: 401,
      body: errorOf(190, 'Error validating access token: Session has expired', 463),
    }),
    busy: () => ({
      status: 400,
      headers: USAGE(control.busyMinutes),
      body: errorOf(80_004, 'There have been too many calls to this ad-account.', 2_446_079),
    }),
    answer: (request, handling) => {
      if (request.path === ACT)
        return {
          status: 200,
          body: { id: 'act_777', currency, timezone_name: 'Europe/Berlin', account_status: 1 },
        }
      if (request.method === 'POST') return write(request, handling)
      return request.path === `${ACT}/insights` ? insights(request, handling) : list(request, handling)
    },
  })
  return { ...fake, control }
}
