// The one way out. The attempt is in the log before the first byte leaves; whatever happens then, one
// result follows, and it never claims more than is certain.

import { isFailure, messageOf } from '../kernel/failure.ts'
import { assert, unreachable } from '../kernel/assert.ts'
import type { Ack, NewEvent } from '../log/port.ts'
import { isCleared, type Cleared } from '../guardrail/index.ts'
import { DELIVERY_RESPONDED, type About } from './events.ts'
import type { Channel, ChannelResult, MayProceed, OutgoingMessage, Rendered } from './messages.ts'
import {
  aboutOf,
  attemptedEvent,
  failedEvent,
  sentEvent,
  unknownEvent,
  withheldEvent,
} from './outcome-events.ts'
import { withoutAddress } from './without-address.ts'

/** What the guardrail clears: to whom, what, at which cost. A `QueuedDelivery` with its address will do. */
export type OutgoingDelivery = About & {
  readonly creativeId: OutgoingMessage['creativeId']
  /** The address exactly as it is stored; '' for a webhook without one. */
  readonly to: string
  /** Made by `messageIdOf`. */
  readonly messageId: string
  /** Contact cost in whole currency units. */
  readonly cost: number
  readonly discountShare: number
}

export type DeliverPorts = {
  /** The log. Rejects with a Failure when nothing was written. */
  readonly append: (events: readonly NewEvent[]) => Promise<readonly Ack[]>
  /** Renders before anything is attempted; a Failure of it is a failed delivery, for certain. */
  readonly render: () => Promise<Rendered>
  readonly channel: Channel
  /** STOP, withdrawn consent, … asked again before the attempt, at the first byte and before each retry. */
  readonly mayProceed: MayProceed
  readonly now: () => number
  /** Real waiting between retries. */
  readonly pause: (ms: number) => Promise<void>
  /** Gives the guardrail's hold back when no event will. */
  readonly release?: (cleared: Cleared<OutgoingDelivery>) => void
}

export type DeliverOptions = {
  /** Further tries after the first, only where the receiver certainly did not accept (or drops repeats itself). */
  readonly retriesMax: number
  /** Wait before the first retry, ms; doubled each time. */
  readonly backoffMs: number
}

export const DELIVER_DEFAULTS: DeliverOptions = { retriesMax: 3, backoffMs: 500 }

export type DeliverOutcome =
  | { readonly kind: 'sent' | 'failed' | 'unknown' | 'withheld' }
  /** Attempted before: nothing was sent now. */
  | { readonly kind: 'duplicate' }
  /** The log could not take the attempt: nothing was sent; it falls due again. */
  | { readonly kind: 'deferred'; readonly message: string }
  /** It came to an end, but the log could not take it: append `events` when it can, else it is unknown. */
  | { readonly kind: 'unrecorded'; readonly events: readonly NewEvent[] }

/**
 * Sends what the guardrail cleared, at most once: renders, appends `delivery.attempted.v1` with the id
 * `att:<decisionId>`, transmits only when that was no duplicate, and appends the result. Does not reject
 * for the world's failures. A retry stays within the same attempt; a crash between the attempt and its
 * result leaves an open attempt, which `recoverUnknown` settles.
 */
export const deliver = async (
  cleared: Cleared<OutgoingDelivery>,
  ports: DeliverPorts,
  options: Partial<DeliverOptions> = {},
): Promise<DeliverOutcome> => {
  assert(isCleared(cleared), 'only what the guardrail cleared is delivered')
  const delivery = cleared.payload
  assert(
    ports.channel.name === delivery.channel,
    `a message for ${delivery.channel} on ${ports.channel.name}`,
  )
  const about = aboutOf(delivery)

  const content = await render(ports)
  if (!('kind' in content) && PASSING.has(content.code)) {
    // The machine's trouble, not the message's: nothing was attempted, and it falls due again.
    ports.release?.(cleared)
    return { kind: 'deferred', message: content.message }
  }
  const vetoes = 'kind' in content ? ports.mayProceed() : []
  if (vetoes.some(({ code }) => WAITS.has(code))) {
    // Nothing was attempted yet: it stays in the outbox and goes once it may.
    ports.release?.(cleared)
    return { kind: 'deferred', message: vetoes.map(({ code }) => code).join(', ') }
  }
  if (!('kind' in content) || vetoes.length > 0) {
    const at = ports.now()
    const early =
      'kind' in content
        ? withheldEvent(about, vetoes, at)
        : failedEvent(about, { ...content, message: withoutAddress(content.message, delivery.to) }, at)
    const outcome = await record(ports, 'kind' in content ? 'withheld' : 'failed', [early])
    if (outcome.kind === 'unrecorded') ports.release?.(cleared)
    return outcome.kind === 'unrecorded' ? { kind: 'deferred', message: 'the log takes nothing' } : outcome
  }

  const attempt = await attempted(delivery, ports)
  if (attempt.kind !== 'go') {
    ports.release?.(cleared)
    return attempt
  }
  const message: OutgoingMessage = { ...about, ...pick(delivery), content, at: ports.now() }
  const result = await transmit(message, ports, { ...DELIVER_DEFAULTS, ...options })
  const told = toldWithout(result, message.to)
  return record(ports, result.kind, resultEvents(about, { message, result: told, at: ports.now() }))
}

/** Reasons that pass: a message that meets one before its attempt waits in the outbox. */
const WAITS: ReadonlySet<string> = new Set(['stopped', 'overloaded'])

/** Failures of rendering that say nothing of the message. Until the hour it is too late for, it is tried again. */
const PASSING: ReadonlySet<string> = new Set([
  'render.busy',
  'render.starved',
  'render.unstarted',
  'render.closed',
])

type Broken = { readonly code: string; readonly message: string; readonly permanent: boolean }

const render = async (ports: DeliverPorts): Promise<Rendered | Broken> => {
  try {
    return await ports.render()
  } catch (error) {
    // A failure of rendering is certain: nothing left. Anything else is our bug and goes on up.
    if (!isFailure(error)) throw error
    return { code: error.code, message: error.message, permanent: !error.retryable }
  }
}

const attempted = async (
  delivery: OutgoingDelivery,
  ports: DeliverPorts,
): Promise<{ readonly kind: 'go' } | Extract<DeliverOutcome, { kind: 'duplicate' | 'deferred' }>> => {
  const { messageId, creativeId, cost, discountShare } = delivery
  try {
    const [ack] = await ports.append([
      attemptedEvent(delivery, { messageId, creativeId, cost, discountShare }, ports.now()),
    ])
    assert(ack !== undefined, 'an append answers for each event')
    return ack.duplicate ? { kind: 'duplicate' } : { kind: 'go' }
  } catch (error) {
    if (!isFailure(error)) throw error
    return { kind: 'deferred', message: error.message }
  }
}

/** Tries until there is a result that stands. Once a try may have been accepted, only a yes clears it up. */
const transmit = async (
  message: OutgoingMessage,
  ports: DeliverPorts,
  { retriesMax, backoffMs }: DeliverOptions,
): Promise<ChannelResult> => {
  let doubt: ChannelResult | undefined
  for (let tried = 0; ; tried++) {
    const result = await sendOnce(message, ports)
    if (result.kind === 'sent') return result
    if (result.kind === 'unknown') doubt ??= result
    if (result.kind === 'withheld' || !result.again || tried >= retriesMax) return doubt ?? result
    await ports.pause(backoffMs * 2 ** tried)
    const vetoes = ports.mayProceed()
    if (vetoes.length > 0) return doubt ?? { kind: 'withheld', reasons: vetoes }
  }
}

const sendOnce = async (message: OutgoingMessage, ports: DeliverPorts): Promise<ChannelResult> => {
  try {
    return await ports.channel.send(message, ports.mayProceed)
  } catch (error) {
    // A channel that breaks its word leaves everything open, so nothing may be claimed.
    return { kind: 'unknown', reason: `the channel broke: ${messageOf(error)}`, again: false }
  }
}

const toldWithout = (result: ChannelResult, address: string): ChannelResult => {
  if (result.kind === 'sent') return { ...result, response: withoutAddress(result.response, address) }
  if (result.kind === 'failed') return { ...result, message: withoutAddress(result.message, address) }
  if (result.kind === 'unknown') return { ...result, reason: withoutAddress(result.reason, address) }
  return result
}

const resultEvents = (
  about: About,
  {
    message,
    result,
    at,
  }: { readonly message: OutgoingMessage; readonly result: ChannelResult; readonly at: number },
): readonly NewEvent[] => {
  switch (result.kind) {
    case 'sent':
      return [sentEvent(about, { messageId: message.messageId, response: result.response }, at)]
    case 'failed':
      return result.code === RECIPIENT_GONE
        ? [failedEvent(about, result, at), bounced(about, at)]
        : [failedEvent(about, result, at)]
    case 'unknown':
      return [unknownEvent(about, result.reason, at)]
    case 'withheld':
      return [withheldEvent(about, result.reasons, at)]
    default:
      return unreachable(result)
  }
}

/** The receiver's server said that nobody is there: it counts as a bounce. */
export const RECIPIENT_GONE = 'email.recipient_gone'

const bounced = (about: About, at: number): NewEvent => ({
  id: `resp:${about.decisionId}:bounced:h:`,
  type: DELIVERY_RESPONDED,
  key: about.profileId,
  at,
  data: { ...about, kind: 'bounced', machine: false, url: '' },
})

const record = async (
  ports: DeliverPorts,
  kind: 'sent' | 'failed' | 'unknown' | 'withheld',
  events: readonly NewEvent[],
): Promise<DeliverOutcome> => {
  try {
    await ports.append(events)
    return { kind }
  } catch (error) {
    if (!isFailure(error)) throw error
    return { kind: 'unrecorded', events }
  }
}

const pick = ({ creativeId, to, messageId }: OutgoingDelivery) => ({ creativeId, to, messageId })
