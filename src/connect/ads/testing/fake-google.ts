// Google Ads as its REST documents show it: batches of a stream, int64 as text, GoogleAdsFailure in `details`.

import { isoDay, textAt } from '../wire.ts'
import { startFake, type FakeAds, type FakeAnswer, type FakeRequest, type Handling } from './fake-ads.ts'

const CUSTOMER = '1234567890'

const failure = (
  status: string,
  code: number,
  error: { readonly errorCode: object; readonly message: string; readonly details?: object },
) => ({
  code,
  message: 'Request contains an invalid argument.',
  status,
  details: [
    {
      '@type': 'type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure',
      errors: [error],
      requestId: 'fake-request',
    },
  ],
})

export const startFakeGoogle = async ({
  currency = 'EUR',
} = {}): Promise<FakeAds & { readonly budgets: Map<string, { period: string; referenceCount: string }> }> => {
  /** What is unusual about a campaign's budget. */
  const budgets = new Map<string, { period: string; referenceCount: string }>()
  const search = (query: string, { lines, shown }: Handling): FakeAnswer => {
    const ids = /campaign\.id IN \(([\d, ]+)\)/.exec(query)?.[1]?.split(', ') ?? []
    const [, from = '', to = ''] = /BETWEEN '([\d-]+)' AND '([\d-]+)'/.exec(query) ?? []
    const rows = ids.flatMap((id): object[] => {
      const line = lines.get(id)
      const now = shown(id)
      if (line === undefined || now === undefined) return []
      const campaign = { resourceName: `customers/${CUSTOMER}/campaigns/${id}`, id }
      if (from !== '')
        return line.days
          .filter(({ day }) => isoDay(day) >= from && isoDay(day) <= to)
          .map((day) => ({
            campaign,
            segments: { date: isoDay(day.day) },
            metrics: {
              costMicros: String(Math.round(day.spend * 1_000_000)),
              clicks: String(day.clicks),
              conversions: day.conversions,
              conversionsValue: day.value,
              somethingNew: { nested: true },
            },
          }))
      return [
        {
          customer: { resourceName: `customers/${CUSTOMER}`, currencyCode: currency },
          campaign: { ...campaign, status: now.paused ? 'PAUSED' : 'ENABLED' },
          campaignBudget: {
            resourceName: `customers/${CUSTOMER}/campaignBudgets/9${id}`,
            amountMicros: String(now.budgetMicros),
            period: 'DAILY',
            referenceCount: '1',
            ...budgets.get(id),
          },
        },
      ]
    })
    return {
      status: 200,
      body: [
        { results: rows, fieldMask: 'campaign.id', requestId: 'a' },
        { fieldMask: 'campaign.id', requestId: 'a' },
      ],
    }
  }
  const mutate = (request: FakeRequest, { fault, lines, change }: Handling): FakeAnswer => {
    const update = (request.json as { operations: { update: Record<string, string> }[] }).operations[0]
      ?.update
    const isBudget = request.path.includes('campaignBudgets')
    const resourceName = update?.['resourceName'] ?? ''
    const id =
      resourceName
        .split('/')
        .at(-1)
        ?.slice(isBudget ? 1 : 0) ?? ''
    const isOnlyAsked = (request.json as { validateOnly?: boolean }).validateOnly === true
    if (!lines.has(id) || fault === 'refused') {
      const error = {
        errorCode: { campaignBudgetError: 'MONEY_AMOUNT_TOO_LARGE' },
        message: 'The money amount is too large.',
      }
      return {
        status: 200,
        body: { partialFailureError: failure('INVALID_ARGUMENT', 3, error), results: [{}] },
      }
    }
    if (!isOnlyAsked)
      change(
        id,
        isBudget
          ? { budgetMicros: Number(update?.['amountMicros']) }
          : { paused: update?.['status'] === 'PAUSED' },
      )
    return { status: 200, body: isOnlyAsked ? {} : { results: [{ resourceName }] } }
  }
  const fake = await startFake({
    tokens: [],
    token: (request, issue) => {
      if (request.path !== '/token') return null
      const isRight =
        request.form.get('grant_type') === 'refresh_token' &&
        request.form.get('refresh_token') === 'refresh-1'
      return isRight
        ? {
            status: 200,
            body: {
              access_token: issue(),
              expires_in: 3599,
              scope: 'https://www.googleapis.com/auth/adwords',
              token_type: 'Bearer',
            },
          }
        : {
            status: 400,
            body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
          }
    },
    kindOf: ({ path, json }) =>
      path.endsWith(':searchStream')
        ? 'read'
        : (json as { validateOnly?: boolean }).validateOnly === true
          ? null
          : 'write',
    signIn: () => ({
      status: 401,
      body: {
        error: {
          code: 401,
          message: 'Request had invalid authentication credentials.',
          status: 'UNAUTHENTICATED',
        },
      },
    }),
    busy: () => ({
      status: 429,
      body: {
        error: failure('RESOURCE_EXHAUSTED', 429, {
          errorCode: { quotaError: 'RESOURCE_TEMPORARILY_EXHAUSTED' },
          message: 'Too many requests. Retry in 1 seconds.',
          details: {
            quotaErrorDetails: { rateScope: 'ACCOUNT', rateName: 'Requests per account', retryDelay: '1s' },
          },
        }),
      },
    }),
    answer: (request, handling) => {
      const isOurs =
        request.headers['developer-token'] === 'dev-token' &&
        request.headers['login-customer-id'] === '5550001111' &&
        request.path.startsWith(`/v26/customers/${CUSTOMER}/`)
      if (!isOurs)
        return {
          status: 403,
          body: {
            error: failure('PERMISSION_DENIED', 403, {
              errorCode: { authorizationError: 'USER_PERMISSION_DENIED' },
              message: 'no',
            }),
          },
        }
      return request.path.endsWith(':searchStream')
        ? search(textAt(request.json, 'query'), handling)
        : mutate(request, handling)
    },
  })
  return { ...fake, budgets }
}
