// Whether a pushed text was signed by who holds the source's secret: Standard Webhooks, Zendesk, or the plain HMAC that
// GitHub made common.
// https://www.standardwebhooks.com, https://developer.zendesk.com/documentation/webhooks/verifying/

import { createHmac, timingSafeEqual } from 'node:crypto'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import type { IsSigned } from '../api/push-routes.ts'
import { MINUTE_MS } from '../kernel/time.ts'

/** A signature with a time is good for so long around it. */
const FRESH_MS = 5 * MINUTE_MS

export const createPushSignatures =
  (secrets: Readonly<Record<string, string>>, realNow: () => number): IsSigned =>
  (source, body, headers) => {
    const secret = Object.hasOwn(secrets, source) ? (secrets[source] ?? '') : ''
    if (secret === '') return false
    const header = (name: string): string => String(headers[name] ?? '')
    if (header('webhook-signature') !== '') return isStandard(secret, body, header)
    if (header('x-zendesk-webhook-signature') !== '') {
      const stamp = header('x-zendesk-webhook-signature-timestamp')
      const at = Date.parse(stamp)
      return (
        Math.abs(realNow() - at) <= FRESH_MS &&
        isSame(hmac(secret, stamp + body, 'base64'), header('x-zendesk-webhook-signature'))
      )
    }
    const plain = header('x-hub-signature-256')
    return plain !== '' && isSame(`sha256=${hmac(secret, body, 'hex')}`, plain)
  }

const isStandard = (secret: string, body: string, header: (name: string) => string): boolean => {
  const given = {
    'webhook-id': header('webhook-id'),
    'webhook-timestamp': header('webhook-timestamp'),
    'webhook-signature': header('webhook-signature'),
  }
  try {
    new Webhook(secret).verify(body, given)
    return true
  } catch (error) {
    // Signed as it should be, and no JSON: said where it is read.
    if (error instanceof SyntaxError) return true
    if (error instanceof WebhookVerificationError) return false
    throw error
  }
}

const hmac = (secret: string, text: string, encoding: 'base64' | 'hex'): string =>
  createHmac('sha256', secret).update(text).digest(encoding)

const isSame = (left: string, right: string): boolean => {
  const [one, other] = [Buffer.from(left), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}
