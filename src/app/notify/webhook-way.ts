// Notices as signed webhooks (Standard Webhooks), for whatever wakes people in a company.

import { Webhook } from 'standardwebhooks'
import { createVettedFetch } from '../../outbound/index.ts'
import type { Way } from '../../stages/notifying.ts'
import type { Config } from '../config.ts'
import type { AnswerToken } from './approval-link.ts'
import { postJson, requireTaken } from './call-out.ts'

const TIMEOUT_MS = 10_000

/** `answerToken`: what an answer through the webhook must bring back, bound to one person and proposal; '' for none. */
export const createWebhookWay = (
  { notify, environment, allowlist }: Pick<Config, 'notify' | 'environment' | 'allowlist'>,
  answerToken: (about: AnswerToken) => string,
): Way | null => {
  const { webhookUrl, webhookSecret, webhookHostsAllowed } = notify
  if (webhookUrl === '' || (environment === 'test' && !allowlist.includes('webhook'))) return null
  const signer = new Webhook(webhookSecret)
  const fetch = createVettedFetch({ hostsAllowed: webhookHostsAllowed, timeoutMs: TIMEOUT_MS })
  return {
    name: 'webhook',
    tell: async ({ id, noticeId, kind, isUrgent, title, lines, url, proposal }, userId) => {
      const at = new Date()
      const answer =
        proposal === null
          ? null
          : {
              proposalId: proposal.proposalId,
              seenUpTo: proposal.seenUpTo,
              token: answerToken({ ...proposal, userId }),
            }
      const body = JSON.stringify({
        type: 'windvane.notice',
        timestamp: at.toISOString(),
        data: { noticeId, kind, isUrgent, to: userId, title, lines, url, answer },
      })
      const response = await postJson(fetch, webhookUrl, {
        body,
        headers: {
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
          'webhook-signature': signer.sign(id, at, body),
        },
      })
      requireTaken(response.status, 'The webhook')
      return String(response.status)
    },
    close: async () => undefined,
  }
}
