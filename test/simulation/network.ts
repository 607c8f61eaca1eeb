// What lies between the product and the world: a mail server and an ad platform behind a network that drops, delays,
// repeats and lies. What has left goes on when the process dies; what waits for an answer never hears it.

import type {
  AdPlatform,
  Channel,
  ChannelResult,
  OutgoingMessage,
  WriteResult,
} from '../../src/delivery/index.ts'
import { Failure } from '../../src/kernel/failure.ts'
import type { Rng } from '../../src/kernel/rng.ts'
import { SECOND_MS } from '../../src/kernel/time.ts'
import type { Bug } from './bugs.ts'
import type { Ledger } from './ledger.ts'
import type { Life, Scheduler } from './scheduler.ts'

/** Changes with the weather: chances of each fault, ms of each way. */
export type Weather = {
  down: boolean
  slowMs: number
  /** Chance that a fault strikes a message or a call. */
  faults: number
}

export type NetworkParts = {
  readonly scheduler: Scheduler
  readonly rng: Rng
  readonly weather: Weather
  readonly world: Life
}

export type MailParts = NetworkParts & {
  readonly ledger: Ledger
  readonly bug: Bug | null
  /** Someone has a mail before them. */
  readonly delivered: (message: OutgoingMessage) => void
  /** A message is on its way and nothing of it has left: the worst moment for somebody to change their mind. */
  readonly meanwhile: (message: OutgoingMessage) => boolean
}

const MAIL_TIMEOUT_MS = 30 * SECOND_MS
/** The server takes its time between hello and content. */
const LINGERS_MS = 20 * SECOND_MS
const GONE_SHARE = 0.02

/** The way of one process to the mail server. */
export const createMailChannel = (parts: MailParts, life: Life): Channel => {
  const { scheduler, rng, weather, ledger, bug, meanwhile } = parts
  const wait = async (most: number, what: string): Promise<void> =>
    scheduler.sleep(life, rng.uniform() * most, what)
  return {
    name: 'email',
    close: async () => undefined,
    send: async (message, mayProceed) => {
      await wait(weather.slowMs, 'connect')
      if (weather.down || rng.uniform() < weather.faults / 2)
        return failed('email.connection', 'no connection', { permanent: false, again: true })
      if (message.to.startsWith('u') && isGone(message.to))
        return failed('email.recipient_gone', '550 5.1.1 no such user', { permanent: true, again: false })
      await wait(meanwhile(message) ? LINGERS_MS : weather.slowMs, 'envelope')
      const vetoes = mayProceed()
      if (vetoes.length > 0 && bug !== 'no_second_look') {
        ledger.counts.vetoed++
        return { kind: 'withheld', reasons: vetoes }
      }
      ledger.goAhead(message)
      return transmit(parts, life, message)
    },
  }
}

const isGone = (to: string): boolean => Number(/\d+/.exec(to)?.[0] ?? 0) % Math.round(1 / GONE_SHARE) === 7

/** From the first byte of the content on. A death in here leaves half a message, which no server takes. */
const transmit = async (parts: MailParts, life: Life, message: OutgoingMessage): Promise<ChannelResult> => {
  const { scheduler, rng, weather, world, ledger, bug, delivered } = parts
  await scheduler.sleep(life, rng.uniform() * weather.slowMs, 'content')
  const fault = rng.uniform() < weather.faults ? rng.below(5) : -1
  const again = bug === 'unknown_sent_again'
  if (fault === 0) return { kind: 'unknown', reason: 'the connection broke in the content', again }
  if (fault === 1) return failed('email.refused', '451 4.3.0 later', { permanent: false, again: false })
  const takes = fault === 2 ? rng.uniform() * 2 * MAIL_TIMEOUT_MS : rng.uniform() * weather.slowMs
  scheduler.after(world, takes, 'accept', () => {
    ledger.accept(message)
    delivered(message)
  })
  if (fault === 3) {
    ledger.lied.add(message.messageId)
    await scheduler.sleep(life, takes, 'lie')
    return failed('email.refused', '554 5.7.1 no', { permanent: true, again: false })
  }
  const answers = fault === 4 ? Number.POSITIVE_INFINITY : takes + rng.uniform() * weather.slowMs
  if (answers > MAIL_TIMEOUT_MS) {
    await scheduler.sleep(life, MAIL_TIMEOUT_MS, 'no answer')
    return { kind: 'unknown', reason: 'no answer in time', again }
  }
  await scheduler.sleep(life, answers + 0.01, 'answer')
  return { kind: 'sent', response: '250 2.0.0 queued' }
}

const failed = (
  code: string,
  message: string,
  more: { readonly permanent: boolean; readonly again: boolean },
): ChannelResult => ({ kind: 'failed', code, message, ...more })

const CALL_TIMEOUT_MS = 15 * SECOND_MS
const UNKNOWN: WriteResult = { kind: 'unknown', detail: 'no answer in time' }

/** The way of one process to an ad platform: calls are lost on the way there, on the way back, or arrive twice. */
export const createAdNetwork = (
  { scheduler, rng, weather, world }: NetworkParts,
  life: Life,
  platform: AdPlatform,
): AdPlatform => {
  const strikes = (): boolean => rng.uniform() < weather.faults / 4
  const carried = async <T>(what: string, call: () => Promise<T>): Promise<T | null> => {
    if (weather.down || strikes()) {
      await scheduler.sleep(life, CALL_TIMEOUT_MS, `${what} lost`)
      return null
    }
    let answer: T | null = null
    const there = rng.uniform() * weather.slowMs
    const arrive = (): void => {
      void call().then(
        (value) => {
          answer = value
        },
        () => undefined,
      )
    }
    scheduler.after(world, there, what, arrive)
    if (what === 'write' && strikes())
      scheduler.after(world, there + rng.uniform() * SECOND_MS, 'twice', arrive)
    if (strikes()) {
      await scheduler.sleep(life, CALL_TIMEOUT_MS, `${what} unheard`)
      return null
    }
    await scheduler.sleep(life, there + 1 + rng.uniform() * weather.slowMs, `${what} answer`)
    return answer
  }
  return {
    ...platform,
    read: async (ask) => {
      const answer = await carried('read', async () => platform.read(ask))
      if (answer === null)
        throw new Failure({
          code: 'ads.unreachable',
          message: 'the platform did not answer',
          retryable: true,
        })
      return answer
    },
    write: async (ask) => (await carried('write', async () => platform.write(ask))) ?? UNKNOWN,
  }
}
