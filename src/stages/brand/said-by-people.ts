// A review, a ticket or an answer of somebody we know is also an event of that person: decisions may use it, and what
// it said is theirs, encrypted and erased with them.

import { refuseRating, type Rating } from '../../brand/index.ts'
import type { SourceSpec } from '../../brand/events.ts'
import { hash32 } from '../../kernel/hash.ts'
import type { Loop } from '../../loop.ts'
import type { SaidItem } from './hearing.ts'

/** undefined without a number, or one that is none on the source's scale. */
export const ratingOf = (
  { score }: Pick<SaidItem, 'score'>,
  known: SourceSpec | undefined,
): Rating | undefined => {
  if (score === undefined || known?.score === undefined) return undefined
  const rating = { value: score, scale: known.score }
  return refuseRating(rating) === '' ? rating : undefined
}

/** Of what it holds: the event takes 32 KB. */
const TEXT_CHARS = 4_000
/** Of that length in one request of 500 KB. */
const AT_ONCE = 25

/** Throws Failures `log.*`. */
export const tellPeople = async (
  loop: Loop,
  source: string,
  items: readonly SaidItem[],
  known: SourceSpec | undefined,
): Promise<void> => {
  const batch = items.flatMap((item) => {
    const { userId, anonymousId, email, phone } = item.who ?? {}
    const address = (email ?? phone ?? '').trim().toLowerCase()
    if (userId === undefined && anonymousId === undefined && address === '') return []
    const traits = { ...(email === undefined ? {} : { email }), ...(phone === undefined ? {} : { phone }) }
    return [
      {
        type: 'track',
        event: eventOf(item, known),
        messageId: `said:${source}:${item.id}`.slice(0, ID_CHARS),
        timestamp: new Date(item.at).toISOString(),
        ...(userId === undefined ? {} : { userId }),
        ...(userId === undefined
          ? {
              anonymousId:
                anonymousId ?? `said-${hash32(address).toString(36)}${hash32(address, 1).toString(36)}`,
            }
          : {}),
        ...(Object.keys(traits).length === 0 ? {} : { context: { traits } }),
        properties: {
          source,
          ...(item.text === '' ? {} : { text: item.text.slice(0, TEXT_CHARS) }),
          ...(item.score === undefined ? {} : { score: item.score, scale: known?.score ?? '' }),
          ...(item.about === undefined ? {} : { about: item.about }),
        },
      },
    ]
  })
  for (let from = 0; from < batch.length; from += AT_ONCE) {
    const value = { batch: batch.slice(from, from + AT_ONCE) }
    const text = JSON.stringify(value)
    await loop.receive({
      endpoint: 'batch',
      body: { text, value, bytes: new TextEncoder().encode(text).length },
      source: `said:${source}`,
      strict: false,
    })
  }
}

const ID_CHARS = 512

const eventOf = (item: SaidItem, known: SourceSpec | undefined): string => {
  if (item.isTicket === true || known?.isTickets === true) return 'Ticket Created'
  return known?.score === 'nps' ? 'Survey Answered' : 'Review Submitted'
}
