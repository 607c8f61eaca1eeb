// After a mailing: what the log says of each attempt, held against what the mail server took.

import { openLoop } from '../../src/app/open-loop.ts'
import { createCtx, systemClock } from '../../src/app/clock.ts'
import {
  DELIVERY_ATTEMPTED,
  DELIVERY_FAILED,
  DELIVERY_SENT,
  DELIVERY_UNKNOWN,
  DELIVERY_WITHHELD,
} from '../../src/delivery/events.ts'
import type { Recipients } from './mailing-people.ts'

export type MailingFindings = {
  readonly attempts: number
  readonly sent: number
  readonly failed: number
  readonly withheld: number
  /** Ended without an attempt, by what was said of it: `withheld no_consent`, `failed render.timeout`. */
  readonly untried: Readonly<Record<string, number>>
  /** The same of those that were attempted, all but what was sent. */
  readonly tried: Readonly<Record<string, number>>
  readonly unknownByCrash: number
  readonly unknownByServer: number
  readonly unsettled: number
  readonly settledTwice: number
  readonly accepted: number
  /** Addresses for which one message was taken twice. */
  readonly twice: number
  /** Taken without an attempt in the log. */
  readonly unannounced: number
  /** Called sent and never taken; the server's lies among them. */
  readonly sentNotTaken: number
  readonly failedButTaken: number
  /** Taken more than a second after the person had left. */
  readonly late: number
}

type Attempt = {
  readonly messageId: string
  readonly results: { readonly type: string; readonly reason: string }[]
}

type Ending = {
  readonly decisionId: string
  readonly messageId?: string
  readonly reason?: string
  readonly code?: string
  readonly reasons?: readonly { readonly code: string }[]
}

const note = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1
}

const endingOf = (type: string, { code, reason, reasons }: Ending): string => {
  const codes = new Set(reasons?.map((one) => one.code) ?? [])
  const why = code ?? (codes.size > 0 ? [...codes].join('+') : (reason ?? '').split(/[:,]/)[0])
  return `${type.split('.')[1] ?? type} ${why}`
}

const RESULTS = new Set<string>([DELIVERY_SENT, DELIVERY_FAILED, DELIVERY_UNKNOWN, DELIVERY_WITHHELD])

/** Opens the folder that nobody runs on any more. */
export const inspectMailing = async (dir: string, people: Recipients): Promise<MailingFindings> => {
  const opened = await openLoop({ dir, ctx: createCtx(systemClock) })
  try {
    const attempts = new Map<string, Attempt>()
    const untried: Record<string, number> = {}
    const tried: Record<string, number> = {}
    let withheld = 0
    for await (const page of opened.loop.log.read())
      for (const { type, data } of page) {
        const about = data as Ending
        if (type === DELIVERY_ATTEMPTED)
          attempts.set(about.decisionId, { messageId: `<${about.messageId ?? ''}>`, results: [] })
        else if (RESULTS.has(type)) {
          const attempt = attempts.get(about.decisionId)
          if (attempt === undefined) withheld++
          else attempt.results.push({ type, reason: about.reason ?? '' })
          if (type !== DELIVERY_SENT) note(attempt === undefined ? untried : tried, endingOf(type, about))
        }
      }
    return { ...held(attempts, people), withheld, untried, tried, late: people.late }
  } finally {
    await opened.close()
  }
}

const held = (found: ReadonlyMap<string, Attempt>, people: Recipients) => {
  const all = [...found.values()]
  const taken = new Set([...people.accepted.keys()].map((key) => key.split(' ')[0] ?? ''))
  const announced = new Set(all.map(({ messageId }) => messageId))
  const of = (type: string): readonly Attempt[] =>
    all.filter(({ results }) => results.some((one) => one.type === type))
  const unknown = of(DELIVERY_UNKNOWN)
  const byCrash = unknown.filter(({ results }) =>
    results.some(({ reason }) => reason.startsWith('stopped between')),
  )
  return {
    attempts: all.length,
    sent: of(DELIVERY_SENT).length,
    failed: of(DELIVERY_FAILED).length,
    unknownByCrash: byCrash.length,
    unknownByServer: unknown.length - byCrash.length,
    unsettled: all.filter(({ results }) => results.length === 0).length,
    settledTwice: all.filter(({ results }) => results.length > 1).length,
    accepted: people.mails,
    twice: [...people.accepted.values()].filter((times) => times > 1).length,
    unannounced: [...taken].filter((id) => !announced.has(id)).length,
    sentNotTaken: of(DELIVERY_SENT).filter(({ messageId }) => !taken.has(messageId)).length,
    failedButTaken: of(DELIVERY_FAILED).filter(({ messageId }) => taken.has(messageId)).length,
  }
}
