// VK Ads as its documents show it: roubles as text, 204 for a change, five tokens a client, limits in headers.

import { isoDay } from '../wire.ts'
import { startFake, type FakeAds, type FakeAnswer, type FakeRequest, type Handling } from './fake-ads.ts'

const TOKENS_MAX = 5
const LIMITS = {
  'x-ratelimit-rps-limit': '4',
  'x-ratelimit-rps-remaining': '3',
  'x-ratelimit-hourly-limit': '700',
  'x-ratelimit-hourly-remaining': '600',
  'x-ratelimit-daily-limit': '2000',
  'x-ratelimit-daily-remaining': '1900',
}

export const startFakeVk = async (): Promise<FakeAds & { readonly issued: { count: number } }> => {
  const issued = { count: 0 }
  const idOf = (resource: string, id: string) => (resource === 'ad_groups' ? `group:${id}` : id)
  const list = (resource: string, request: FakeRequest, { shown }: Handling): FakeAnswer => {
    const items = (request.query.get('_id__in') ?? '').split(',').flatMap((id) => {
      const now = shown(idOf(resource, id))
      return now === undefined
        ? []
        : [
            {
              id: Number(id),
              status: now.paused ? 'blocked' : 'active',
              budget_limit_day: now.budgetMicros < 0 ? '-1' : (now.budgetMicros / 1_000_000).toFixed(2),
              budget_limit: null,
              fresh: true,
            },
          ]
    })
    return { status: 200, headers: LIMITS, body: { count: items.length, items, offset: 0 } }
  }
  const statistics = (resource: string, request: FakeRequest, { lines }: Handling): FakeAnswer => {
    const [from, to] = [request.query.get('date_from') ?? '', request.query.get('date_to') ?? '']
    const items = (request.query.get('id') ?? '').split(',').map((id) => ({
      id: Number(id),
      rows: (lines.get(idOf(resource, id))?.days ?? [])
        .filter(({ day }) => isoDay(day) >= from && isoDay(day) <= to)
        .map(({ day, spend, clicks, conversions }) => ({
          date: isoDay(day),
          base: {
            shows: clicks * 30,
            clicks,
            spent: spend.toFixed(2),
            cpm: '1.00',
            ...(conversions === 0 ? {} : { vk: { goals: conversions, cpa: '1.00', cr: 1 } }),
          },
        })),
      total: { base: {} },
    }))
    return { status: 200, headers: LIMITS, body: { items, total: { base: {} } } }
  }
  const write = (resource: string, request: FakeRequest, { lines, change, fault }: Handling): FakeAnswer => {
    const [wish] = request.json as { id: number; status: string; budget_limit_day?: number }[]
    const id = idOf(resource, String(wish?.id))
    if (!lines.has(id))
      return {
        status: 400,
        body: { error: { message: `Unknown ${resource}: ${wish?.id}`, code: `unknown_${resource}` } },
      }
    if (fault === 'refused')
      return {
        status: 400,
        body: {
          error: {
            message: 'Validation failed',
            code: 'validation_failed',
            fields: { budget_limit_day: {} },
          },
        },
      }
    change(id, {
      paused: wish?.status === 'blocked',
      ...(wish?.budget_limit_day === undefined
        ? {}
        : { budgetMicros: Math.round(wish.budget_limit_day * 1_000_000) }),
    })
    return { status: 204, headers: LIMITS, body: null }
  }
  const fake = await startFake({
    tokens: [],
    token: ({ path, form }, issue) => {
      if (!path.startsWith('/api/v2/oauth2/')) return null
      if (form.get('client_id') !== 'vk-client' || form.get('client_secret') !== 'vk-secret')
        return { status: 401, body: { code: 'invalid_client', message: 'Invalid client' } }
      if (path.endsWith('/token/delete.json')) {
        issued.count = 0
        return { status: 204, body: null }
      }
      if (form.get('grant_type') === 'client_credentials' && issued.count >= TOKENS_MAX)
        return {
          status: 403,
          body: { error: 'token_limit_exceeded', error_description: 'Active access token limit reached' },
        }
      if (form.get('grant_type') === 'client_credentials') issued.count++
      return {
        status: 200,
        body: {
          access_token: issue(),
          token_type: 'Bearer',
          scope: ['read_ads'],
          expires_in: '86400',
          refresh_token: `refresh-${issued.count}`,
          tokens_left: TOKENS_MAX - issued.count,
        },
      }
    },
    kindOf: ({ method }) => (method === 'POST' ? 'write' : 'read'),
    signIn: () => ({
      status: 401,
      body: { error: { code: 'expired_token', message: 'Access token is expired' } },
    }),
    busy: () => ({
      status: 429,
      headers: { ...LIMITS, 'x-ratelimit-rps-remaining': '0' },
      body: { error: { code: 'rate_limit_exceeded', message: 'Too many requests' } },
    }),
    answer: (request, handling) => {
      const [, resource = ''] = /(ad_plans|ad_groups)/.exec(request.path) ?? []
      if (request.method === 'POST') return write(resource, request, handling)
      return request.path.includes('/statistics/')
        ? statistics(resource, request, handling)
        : list(resource, request, handling)
    },
  })
  return { ...fake, issued }
}
