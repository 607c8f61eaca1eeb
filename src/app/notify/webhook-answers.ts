// Answers that come back through the webhook: signed with its secret, fresh, each once, and with the token of one person
// and one proposal that was handed out to it.

import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import type { LinkSigner } from '../../delivery/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { isRecord } from '../../kernel/json.ts'
import { HOUR_MS, MINUTE_MS } from '../../kernel/time.ts'
import type { Loop } from '../../loop.ts'
import { preferencesOf } from '../../notice/index.ts'
import type { Answer } from '../../stages/answering.ts'
import type { TakeAnswer } from './answers.ts'
import { readAnswer } from './approval-link.ts'
import { textIn } from './telegram-api.ts'

/** Signatures are good for five minutes: what came within ten cannot come again. */
const REMEMBERED_MS = 10 * MINUTE_MS
const REMEMBERED_MAX = 10_000

export type WebhookAnswer = (
  body: string,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
) => Promise<{ readonly proposalId: string; readonly status: string }>

/** Throws Failures `notify.not_signed`, `notify.replayed`, `notify.bad_answer`, `notify.changed`, `governance.*`. */
export const createWebhookAnswers = ({
  loop,
  signer,
  secret,
  takeAnswer,
  realNow,
}: {
  readonly loop: Loop
  readonly signer: LinkSigner
  /** '' = nobody can sign. */
  readonly secret: string
  readonly takeAnswer: TakeAnswer
  readonly realNow: () => number
}): WebhookAnswer => {
  const verifier = secret === '' ? null : new Webhook(secret)
  const seen = new Map<string, number>()
  const isReplay = (id: string): boolean => {
    const now = realNow()
    for (const [known, at] of seen) if (now - at > REMEMBERED_MS) seen.delete(known)
    if (seen.has(id)) return true
    if (seen.size >= REMEMBERED_MAX) seen.delete(seen.keys().next().value ?? '')
    seen.set(id, now)
    return false
  }
  return async (body, headers) => {
    const id = String(headers['webhook-id'] ?? '')
    const given = {
      'webhook-id': id,
      'webhook-timestamp': String(headers['webhook-timestamp'] ?? ''),
      'webhook-signature': String(headers['webhook-signature'] ?? ''),
    }
    let parsed: unknown
    try {
      if (verifier === null) throw notSigned()
      parsed = verifier.verify(body, given)
    } catch (error) {
      // Wrong, late or no JSON: who cannot sign is told nothing more.
      if (error instanceof WebhookVerificationError || error instanceof SyntaxError) throw notSigned()
      throw error
    }
    if (isReplay(id))
      throw new Failure({
        code: 'notify.replayed',
        message: 'This was answered already.',
        hint: 'Sign anew.',
      })
    const token = readAnswer(signer, isRecord(parsed) ? textIn(parsed['token']) : '', loop.ctx.now())
    const answer = token === null ? null : answerOf(parsed, token.seenUpTo, loop.ctx.now())
    if (token === null || answer === null || !isChosen(loop, token.userId))
      throw new Failure({
        code: 'notify.bad_answer',
        message: 'This is no answer to a notice that still waits.',
        hint: 'Send {token, answer: approve|reject|snooze, text} with the token of the notice.',
      })
    const { proposalId, version, userId } = token
    const { status } = await takeAnswer({ userId, proposalId, version, via: 'webhook', answer })
    return { proposalId, status }
  }
}

const notSigned = (): Failure =>
  new Failure({
    code: 'notify.not_signed',
    message: 'The signature does not fit.',
    hint: 'Sign as Standard Webhooks say, with notify.webhookSecret.',
  })

/** Who does not want the webhook any more is not spoken for by it either. */
const isChosen = ({ state }: Loop, userId: string): boolean =>
  preferencesOf(state.notices, userId, state.access.users.get(userId)?.role ?? '').ways.includes('webhook')

const answerOf = (parsed: unknown, seenUpTo: number, now: number): Answer | null => {
  const { answer, text = '' } = isRecord(parsed) ? parsed : {}
  const words = textIn(text)
  switch (answer) {
    case 'approve':
      return { kind: 'approve', note: words, seenUpTo }
    case 'reject':
      return { kind: 'reject', reason: words }
    case 'snooze':
      return { kind: 'snooze', untilMs: now + HOUR_MS }
    default:
      return null
  }
}
