// Messages as signed webhooks (Standard Webhooks): for SMS gateways, CRMs and whatever else takes a
// POST. The receiver drops repeats by `webhook-id`, which makes this the one channel where trying again
// after an uncertain try is allowed.

import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { Webhook } from 'standardwebhooks'
import { isFailure, messageOf } from '../../kernel/failure.ts'
import type { Channel, ChannelResult, MayProceed, OutgoingMessage } from '../messages.ts'
import { isPublicAddress, vettedLookup, vetUrl, type Resolve } from '../../outbound/index.ts'

export type WebhookChannelOptions = {
  readonly url: string
  /** `whsec_…` or base64, shared with the receiver. */
  readonly secret: string
  /** Intranet hosts that the operator vouches for, by name or address; all others must be public. */
  readonly hostsAllowed?: readonly string[]
  /** For the whole exchange, real ms. */
  readonly timeoutMs?: number
  readonly bodyBytesMax?: number
  /** Of the answer, beyond which it is not read on. */
  readonly answerBytesMax?: number
  readonly name?: Channel['name']
  /** Real time for the signature: receivers refuse what is five minutes off. */
  readonly realNow?: () => number
  readonly resolve?: Resolve
}

const DEFAULTS = { timeoutMs: 10_000, bodyBytesMax: 256_000, answerBytesMax: 64_000 }

/**
 * A channel that POSTs JSON to one address. 2xx is sent; other answers are failed (4xx permanent but for
 * 408, 425, 429; no redirect is followed); a lost answer is unknown. Failures: `webhook.refused_address`,
 * `webhook.connection`, `webhook.too_large`, `webhook.answer_<status>`.
 */
export const createWebhookChannel = (options: WebhookChannelOptions): Channel => {
  const signer = new Webhook(options.secret)
  const url = new URL(options.url)
  const isAllowed = (host: string): boolean => options.hostsAllowed?.includes(host) === true
  const underWay = new Set<Promise<ChannelResult>>()
  return {
    name: options.name ?? 'webhook',
    send: async (message, mayProceed) => {
      const body = webhookBody(message)
      if (Buffer.byteLength(body) > (options.bodyBytesMax ?? DEFAULTS.bodyBytesMax))
        return failed('webhook.too_large', 'the message is too large for a webhook', {
          permanent: false,
          again: false,
        })
      const exchange = post({
        url,
        options,
        isAllowed,
        mayProceed,
        body,
        headers: headersOf(message, { signer, body, options }),
      })
      underWay.add(exchange)
      return exchange.finally(() => underWay.delete(exchange))
    },
    close: async (waitMs) => {
      // Each has a time limit of its own; who cannot wait that long leaves its doubt to the next start.
      const ended = Promise.allSettled(underWay)
      if (waitMs === undefined) return void (await ended)
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, waitMs)
      })
      await Promise.race([ended, late])
      clearTimeout(timer)
    },
  }
}

/** The JSON that is sent: `type`, `timestamp`, and under `data` who, why and the rendered content. */
export const webhookBody = (message: OutgoingMessage): string => {
  const { decisionId, campaignId, profileId, creativeId, channel, to, content, at } = message
  const rendered =
    content.kind === 'json'
      ? content.body
      : { subject: content.subject, html: content.html, text: content.text }
  return JSON.stringify({
    type: 'windvane.message',
    timestamp: new Date(at).toISOString(),
    data: { decisionId, campaignId, profileId, creativeId, channel, to, content: rendered },
  })
}

const headersOf = (
  message: OutgoingMessage,
  {
    signer,
    body,
    options,
  }: { readonly signer: Webhook; readonly body: string; readonly options: WebhookChannelOptions },
): Readonly<Record<string, string | number>> => {
  const id = `msg_${message.decisionId}`
  const at = new Date((options.realNow ?? Date.now)())
  return {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'Windvane',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signer.sign(id, at, body),
  }
}

type Exchange = {
  readonly url: URL
  readonly options: WebhookChannelOptions
  readonly isAllowed: (host: string) => boolean
  readonly mayProceed: MayProceed
  readonly body: string
  readonly headers: Readonly<Record<string, string | number>>
}

const post = async ({
  url,
  options,
  isAllowed,
  mayProceed,
  body,
  headers,
}: Exchange): Promise<ChannelResult> => {
  try {
    vetUrl(url, isAllowed)
  } catch (error) {
    if (!isFailure(error)) throw error
    return failed('webhook.refused_address', error.message, { permanent: false, again: false })
  }
  const vetoes = mayProceed()
  if (vetoes.length > 0) return { kind: 'withheld', reasons: vetoes }
  return new Promise<ChannelResult>((resolve) => {
    let begun = false
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      headers,
      agent: false,
      lookup: vettedLookup(isAllowed, options.resolve),
      maxHeaderSize: 16_384,
    })
    const timer = setTimeout(
      () => settle(lost(begun, 'no answer in time')),
      options.timeoutMs ?? DEFAULTS.timeoutMs,
    )
    const settle = (result: ChannelResult): void => {
      clearTimeout(timer)
      resolve(result)
      request.destroy()
    }
    request.on('error', (error) =>
      settle(
        isFailure(error, 'url.refused')
          ? failed('webhook.refused_address', error.message, { permanent: false, again: false })
          : lost(begun, messageOf(error)),
      ),
    )
    request.on('response', (answer) => {
      readAnswer(answer, options.answerBytesMax ?? DEFAULTS.answerBytesMax, (text) =>
        settle(verdict(answer.statusCode ?? 0, text)),
      )
    })
    // Written only once connected, and to an address seen with our own eyes.
    request.on('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        const remote = socket.remoteAddress ?? ''
        if (!isAllowed(url.hostname.replace(/^\[|\]$/g, '')) && !isPublicAddress(remote))
          return settle(
            failed('webhook.refused_address', `connected to ${remote}`, { permanent: false, again: false }),
          )
        begun = true
        request.end(body)
      })
    })
  })
}

const readAnswer = (answer: IncomingMessage, bytesMax: number, done: (text: string) => void): void => {
  const chunks: Buffer[] = []
  let bytes = 0
  const finish = (): void => done(Buffer.concat(chunks).toString('utf8').slice(0, 200))
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    chunks.push(chunk)
    // The status says it all; the rest of a long answer is not waited for.
    if (bytes > bytesMax) finish()
  })
  answer.on('end', finish)
  answer.on('error', finish)
}

const verdict = (status: number, text: string): ChannelResult => {
  if (status >= 200 && status < 300) return { kind: 'sent', response: `${status} ${text}`.trim() }
  const message = `answered ${status} ${text}`.trim()
  // A gateway gave up on what stands behind it: that may have taken the message.
  if (status === 502 || status === 504) return { kind: 'unknown', reason: message, again: true }
  const later = status >= 500 || status === 408 || status === 425 || status === 429
  return failed(`webhook.answer_${status}`, message, { permanent: !later, again: later })
}

const lost = (begun: boolean, message: string): ChannelResult =>
  begun
    ? { kind: 'unknown', reason: message, again: true }
    : failed('webhook.connection', message, { permanent: false, again: true })

const failed = (
  code: string,
  message: string,
  rest: { readonly permanent: boolean; readonly again: boolean },
): ChannelResult => ({ kind: 'failed', code, message, ...rest })
