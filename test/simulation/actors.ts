// Everybody who has to do with the product: a shop whose requests are repeated until they are answered, people who read
// and leave, operators who stop, resume and approve, a crowd that is angry now and then. All by the seed.

import { responseFacts } from '../../src/app/responses.ts'
import { respondedEvents, type OutgoingMessage } from '../../src/delivery/index.ts'
import type { StopScope } from '../../src/guardrail/events.ts'
import { isSeen } from '../../src/guardrail/index.ts'
import { openProposals } from '../../src/governance/index.ts'
import type { Actor } from '../../src/governance/events.ts'
import { spellScope } from '../../src/api/scope.ts'
import { isFailure } from '../../src/kernel/failure.ts'
import type { Rng } from '../../src/kernel/rng.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/kernel/time.ts'
import { answerProposal, type Answer } from '../../src/stages/answering.ts'
import { resumeEvents } from '../../src/stages/resuming.ts'
import type { Ledger } from './ledger.ts'
import { HASH, stopFilesOn, type Process } from './process.ts'
import type { Disk } from './disk.ts'
import type { Life, Scheduler } from './scheduler.ts'
import type { Person } from './world.ts'

export type ActorParts = {
  readonly scheduler: Scheduler
  readonly rng: Rng
  readonly world: Life
  readonly disk: Disk
  readonly ledger: Ledger
  readonly people: readonly Person[]
  /** The process that answers now; null while there is none. */
  readonly process: () => Process | null
  /** How busy the shop is: requests an hour. */
  readonly rate: number
}

export type Actors = {
  readonly begin: () => void
  /** What a person does with a mail. */
  readonly delivered: (message: OutgoingMessage) => void
  /** Whether somebody changes their mind just now: the person leaves, or an operator stops. */
  readonly meanwhile: (message: OutgoingMessage) => boolean
  /** Sends events, again and again until somebody says that they are taken. */
  readonly tell: (batch: readonly TrackItem[]) => void
  readonly resumeAll: () => Promise<void>
  /** Everybody goes home: nothing new begins. */
  readonly rest: () => void
  /** Requests without an answer yet. */
  readonly inDoubt: () => number
}

export type TrackItem = {
  readonly type: 'track' | 'identify'
  readonly userId: string
  readonly messageId: string
  readonly event?: string
  readonly properties?: object
  readonly traits?: object
  readonly context?: object
}

const ANNA: Actor = { kind: 'user', id: 'anna', name: 'Anna', role: 'owner' }
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const RETRY_MS = 20 * SECOND_MS
const TIMEOUT_MS = 30 * SECOND_MS
const REPEATED_SHARE = 0.1
const CHANGED_SHARE = 0.06

export const createActors = (parts: ActorParts): Actors => {
  const { scheduler, rng, world, ledger, people, process } = parts
  let resting = false
  let serial = 0
  let inDoubt = 0
  const later = (mean: number, what: string, act: () => void): void => {
    scheduler.after(world, -Math.log(1 - rng.uniform()) * mean, what, act)
  }
  const often = (mean: number, what: string, act: () => void): void =>
    later(mean, what, () => {
      if (resting) return
      act()
      often(mean, what, act)
    })

  /** Tries until it works; an answer that does not come is none. */
  const insist = async (what: string, act: (process: Process) => Promise<unknown>): Promise<void> => {
    for (;;) {
      const living = process()
      if (living !== null && (await attempt(parts, living, act))) return
      await scheduler.sleep(world, RETRY_MS * (0.5 + rng.uniform()), `${what} again`)
    }
  }

  const tell: Actors['tell'] = (batch) => {
    inDoubt++
    const value = { batch }
    const text = JSON.stringify(value)
    const send = async (): Promise<void> =>
      insist('request', async ({ loop }) =>
        loop.receive({
          endpoint: 'batch',
          body: { text, value: JSON.parse(text) as unknown, bytes: text.length },
          source: 'shop',
          strict: true,
        }),
      )
    const whole = async (): Promise<void> => {
      await send()
      inDoubt--
      for (const { messageId } of batch) ledger.acknowledged.add(messageId)
      // Clients repeat what was taken long ago.
      if (rng.uniform() < REPEATED_SHARE) later(HOUR_MS, 'repeat', () => void send().catch(scheduler.crashed))
    }
    whole().catch(scheduler.crashed)
  }

  const track = (person: Person, event: string, properties: object = {}): TrackItem => {
    person.events++
    return { type: 'track', userId: person.userId, messageId: `m${serial++}`, event, properties }
  }
  const anybody = (): Person => people[rng.below(people.length)] as Person
  const visit = (): TrackItem => {
    const person = anybody()
    const luck = rng.uniform()
    if (luck < 0.45) return track(person, 'Cart Viewed', { value: rng.below(90) })
    if (luck < 0.55) return track(person, 'Vip Seen')
    if (luck < 0.7)
      return track(person, 'Order Completed', { order_id: `o${serial}`, revenue: 5 + rng.below(90) })
    if (luck < 0.705 && !person.leaving) {
      person.leaving = true
      return track(person, 'Consent Changed', { channel: 'email', purpose: 'marketing', granted: false })
    }
    return track(person, 'Product Viewed', { category: `c${rng.below(6)}` })
  }
  const hello = (): void => {
    for (const person of people) {
      const items: TrackItem[] = [
        {
          type: 'identify',
          userId: person.userId,
          messageId: `hello-${person.userId}`,
          traits: { email: `${person.userId}@people.example` },
          context: { timezone: person.zone },
        },
      ]
      if (person.agreed)
        items.push(
          track(person, 'Consent Changed', { channel: 'email', purpose: 'marketing', granted: true }),
        )
      tell(items)
    }
  }

  const delivered: Actors['delivered'] = (message) => {
    const person = ledger.people.get(message.to.split('@')[0] ?? '')
    if (person === undefined) return
    const luck = rng.uniform()
    // Gateways follow every link at once: a GET changes nothing.
    if (luck < 0.3) later(5 * SECOND_MS, 'scan', () => void follow(message, 'unsubscribe', 'GET'))
    if (luck < 0.06 && !person.leaving) {
      person.leaving = true
      later(10 * MINUTE_MS, 'unsubscribe', () => void follow(message, 'unsubscribe', 'POST'))
    } else if (luck < 0.08 && !person.leaving) {
      person.leaving = true
      later(10 * MINUTE_MS, 'complain', () => {
        insist('complaint', async ({ loop }) =>
          loop.record(await responseFacts(loop, message.decisionId, 'complained', HASH)),
        ).catch(scheduler.crashed)
      })
    } else if (luck < 0.6) later(HOUR_MS, 'click', () => void follow(message, 'click', 'GET'))
  }
  const meanwhile: Actors['meanwhile'] = (message) => {
    const person = ledger.people.get(message.to.split('@')[0] ?? '')
    const luck = rng.uniform()
    if (resting || person === undefined || person.leaving || luck > CHANGED_SHARE) return false
    if (luck < CHANGED_SHARE / 4) operators.stop()
    else {
      person.leaving = true
      later(SECOND_MS, 'unsubscribe', () => void follow(message, 'unsubscribe', 'POST'))
    }
    return true
  }
  const follow = async (
    message: OutgoingMessage,
    kind: 'unsubscribe' | 'click',
    method: string,
  ): Promise<void> => {
    const { decisionId, campaignId, profileId, channel, at: issuedAt } = message
    const link = { decisionId, campaignId, profileId, channel, kind, issuedAt, url: '' }
    const visited = { method, userAgent: BROWSER, at: scheduler.now() }
    await insist(kind, async ({ loop }) => loop.record(respondedEvents(link, visited))).catch(
      scheduler.crashed,
    )
  }

  const operators = createOperators(parts, insist, () => resting)
  return {
    begin: () => {
      hello()
      often(HOUR_MS / parts.rate, 'visit', () => tell(Array.from({ length: 1 + rng.below(6) }, visit)))
      often(6 * HOUR_MS, 'stop', operators.stop)
      often(2 * HOUR_MS, 'approve', operators.approve)
    },
    delivered,
    meanwhile,
    tell,
    resumeAll: operators.resumeAll,
    rest: () => {
      resting = true
    },
    inDoubt: () => inDoubt,
  }
}

/** Whether it worked; waits as long as a client would. */
const attempt = async (
  { scheduler, world }: ActorParts,
  process: Process,
  act: (process: Process) => Promise<unknown>,
): Promise<boolean> =>
  new Promise((resolve) => {
    scheduler.after(world, TIMEOUT_MS, 'timeout', () => resolve(false))
    act(process).then(
      () => resolve(true),
      (error: unknown) => {
        if (!isFailure(error)) scheduler.crashed(error)
        // What can never be done is not tried again.
        resolve(isFailure(error) && !error.retryable && !error.code.startsWith('log.'))
      },
    )
  })

const SCOPES: readonly StopScope[] = [
  { kind: 'all' },
  { kind: 'all' },
  { kind: 'channel', channel: 'email' },
  { kind: 'campaign', campaignId: 'cart' },
]

type Insist = (what: string, act: (process: Process) => Promise<unknown>) => Promise<void>

const createOperators = (parts: ActorParts, insist: Insist, resting: () => boolean) => {
  const { scheduler, rng, world, disk, ledger } = parts
  const files = stopFilesOn(disk)

  const resume = async (scope: StopScope): Promise<void> => {
    const name = spellScope(scope)
    // Whoever asks to resume no longer counts on the silence.
    ledger.stops.delete(name)
    const filedNow = () => files.list().find((one) => spellScope(one.scope) === name)
    await insist('resume', async ({ life, loop, watched, stop }) => {
      // Somebody else has stopped it since, and counts on it: seen, and left alone.
      if (ledger.stops.has(name)) return
      const filed = filedNow()
      let seenUpTo = loop.state.offset
      // A second thought takes a moment.
      await scheduler.sleep(life, rng.uniform() * MINUTE_MS, 'second thought')
      // The file is somebody else's if it is not the one that was there, and the log says so if STOP came by it.
      const there = filedNow()
      if (there !== undefined && there.reason !== filed?.reason) return
      if (!isSeen(loop.state.guardrail.stops, { scope, seenUpTo })) return
      if (filed !== undefined) {
        await stop({ scope, reason: filed.reason, by: 'operator' })
        seenUpTo = loop.state.offset
      }
      watched.stopFile?.remove(scope)
      await loop.record(
        resumeEvents(loop, {
          scope,
          late: rng.uniform() < 0.5 ? 'ask' : 'drop',
          sendRestored: false,
          erasuresSeen: false,
          seenUpTo,
          by: 'operator',
        }),
      )
    })
  }
  const stop = (): void => {
    const scope = SCOPES[rng.below(SCOPES.length)] as StopScope
    const name = spellScope(scope)
    if (ledger.stops.has(name)) return
    const owed = (): void => void ledger.stops.set(name, { scope, since: scheduler.now() })
    const raise = async (): Promise<void> => {
      if (rng.uniform() < 0.4) {
        files.write(`by hand at ${scheduler.now()}`, scope)
        owed()
        return
      }
      await insist('stop', async (living) => {
        await living.stop({ scope, reason: 'by console', by: 'operator' })
        owed()
      })
    }
    raise()
      .then(async () => {
        await scheduler.sleep(world, rng.uniform() * 2 * HOUR_MS, 'stopped')
        await resume(scope)
      })
      .catch(scheduler.crashed)
  }
  const approve = (): void => {
    const living = parts.process()
    if (living === null || resting()) return
    for (const { proposalId } of openProposals(living.loop.state.governance)) {
      const answer = answerBy(rng, living.loop.state.offset, scheduler.now())
      if (answer === null) continue
      if (answer.kind === 'approve') ledger.approved.add(proposalId)
      answerProposal(
        { loop: living.loop, governor: living.governor },
        { proposalId, by: ANNA, via: 'console', answer },
      ).catch((error: unknown) => {
        // Somebody or something else was quicker, or the log takes nothing: it is answered another time.
        if (!isFailure(error)) scheduler.crashed(error)
      })
    }
  }
  return {
    stop,
    approve,
    resumeAll: async (): Promise<void> => {
      for (const scope of SCOPES.slice(1)) await resume(scope)
    },
  }
}

const answerBy = (rng: Rng, seenUpTo: number, now: number): Answer | null => {
  const luck = rng.uniform()
  if (luck < 0.5) return { kind: 'approve', note: '', seenUpTo }
  if (luck < 0.65) return { kind: 'reject', reason: 'not now' }
  if (luck < 0.75) return { kind: 'snooze', untilMs: now + HOUR_MS }
  return null
}
