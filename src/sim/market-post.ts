// What people of the market do with what reaches them: they ask for placements, read mail, open, click,
// unsubscribe and complain, each a call on a public door, a bounded number at a time.

import { DAY_MS } from '../kernel/time.ts'
import type { Clock } from '../kernel/ctx.ts'
import { CATEGORIES, type Category } from './catalogue.ts'
import type { Doors } from './doors.ts'
import { luckOf, trackItem } from './items.ts'
import { decisionIdIn, readMail, readPlacement } from './reader.ts'
import type { ReceivedMail, SmtpSink } from './smtp-sink.ts'
import type { Reaction, WorldEvent } from './stage.ts'
import type { World } from './world.ts'

export type PostParts = {
  readonly world: World
  readonly doors: Doors
  readonly clock: Clock
  readonly sink: SmtpSink
  readonly limits: {
    readonly callsUnderWayMax: number
    readonly callsWaitingMax: number
    readonly mailsMax: number
  }
  /** What the home page asks for; '' = it does not ask. */
  readonly placement: string
  /** Where pages ask for a list of products; '' = they do not ask. */
  readonly listPlacement: string
  readonly mailCost: number
}

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const SCANNER = 'BarracudaCentral link check'
const PLACEMENT_OFFER_MS = DAY_MS
const LIST_SLOTS = 4
/** Chance to look at a product of the one shelf that somebody likes. */
const LOOK_CHANCE = 0.2

export type Post = ReturnType<typeof createPost>

/** What people do with what reaches them. */
export const createPost = ({
  world,
  doors,
  clock,
  sink,
  limits,
  placement,
  listPlacement,
  mailCost,
}: PostParts) => {
  const byEmail = new Map(world.people.map(({ email, index }) => [email, index]))
  const bad = new Set(world.people.flatMap(({ badAddress, email }) => (badAddress ? [email] : [])))
  sink.refuse((address) => bad.has(address))
  const mails = new Map<string, ReceivedMail>()
  const reactions: Record<Reaction, number> = { open: 0, click: 0, unsubscribe: 0, complain: 0, scan: 0 }
  const waiting: (() => Promise<unknown>)[] = []
  const underWay = new Set<Promise<unknown>>()
  const counts = { mails: 0, placements: 0, lists: 0, dropped: 0 }
  let closed = false

  const receive = (mail: ReceivedMail): void => {
    const customer = byEmail.get(mail.to.toLowerCase())
    if (closed || customer === undefined || mails.has(mail.messageId)) return
    counts.mails++
    if (mails.size >= limits.mailsMax) mails.delete(mails.keys().next().value ?? '')
    mails.set(mail.messageId, mail)
    const contact = {
      id: mail.messageId,
      channel: 'email',
      offerUntil: 0,
      cost: mailCost,
      ...readMail(mail),
    } as const
    world.contact(customer, contact, clock.now())
  }
  const unsubscribe = sink.subscribe(receive)

  const startNext = (): void => {
    while (!closed && underWay.size < limits.callsUnderWayMax) {
      const call = waiting.shift()
      if (call === undefined) return
      const running: Promise<unknown> = call().finally(() => {
        underWay.delete(running)
        startNext()
      })
      underWay.add(running)
    }
  }
  const later = (call: () => Promise<unknown>): void => {
    if (waiting.length >= limits.callsWaitingMax) {
      waiting.shift()
      counts.dropped++
    }
    waiting.push(call)
    startNext()
  }

  const ask = async (customer: number): Promise<void> => {
    const person = world.people[customer]
    if (person === undefined) return
    const answer = await doors.decide({
      placement,
      userId: person.userId,
      anonymousId: person.anonymousId,
      context: { device: person.device },
    })
    if (answer === null || answer.content === null || closed) return
    counts.placements++
    const now = clock.now()
    world.contact(
      customer,
      {
        id: answer.decisionId,
        channel: 'onsite',
        offerUntil: now + PLACEMENT_OFFER_MS,
        cost: 0,
        ...readPlacement(answer.content),
      },
      now,
    )
  }

  /** A list on the page: whoever likes one of its shelves looks at a product of it. It changes nothing of what they buy. */
  const look = async (customer: number): Promise<void> => {
    const person = world.people[customer]
    if (person === undefined) return
    const { userId, anonymousId } = person
    const list = await doors.recommend({ placement: listPlacement, slots: LIST_SLOTS, userId, anonymousId })
    if (list === null || closed) return
    counts.lists++
    const luck = luckOf(list.recommendationId, userId)
    const chosen = list.items.find(
      ({ category }) =>
        luck.uniform() < LOOK_CHANCE * (person.taste[CATEGORIES.indexOf(category as Category)] ?? 0),
    )
    if (chosen === undefined) return
    const properties = {
      product_id: chosen.id,
      category: chosen.category,
      recommendation_id: list.recommendationId,
    }
    const now = clock.now()
    const item = {
      ...trackItem(person, 'Product Viewed', properties),
      timestamp: new Date(now).toISOString(),
    }
    await doors.send([item], now)
  }

  const react = (event: Exclude<WorldEvent, { readonly kind: 'item' }>): void => {
    if (event.kind === 'visit') {
      if (placement !== '') later(async () => ask(event.customer))
      if (listPlacement !== '') later(async () => look(event.customer))
      return
    }
    const mail = mails.get(event.contactId)
    if (mail === undefined) return
    reactions[event.kind]++
    later(async () => answerMail(doors, event.kind, mail))
  }

  return {
    react,
    counts: () => ({ ...counts, reactions: { ...reactions } }),
    close: () => {
      closed = true
      unsubscribe()
      waiting.length = 0
    },
    idle: async (): Promise<void> => {
      await Promise.all(underWay)
    },
  }
}

const answerMail = async (doors: Doors, reaction: Reaction, mail: ReceivedMail): Promise<void> => {
  const wayOut = mail.links.find((link) => link.includes('/u/'))
  const inside = mail.links.filter((link) => !link.includes('/u/'))
  switch (reaction) {
    case 'open':
      for (const image of mail.images) await doors.open(image, { userAgent: BROWSER })
      return
    case 'click': {
      const [first] = inside
      if (first !== undefined) await doors.open(first, { userAgent: BROWSER })
      return
    }
    case 'scan':
      // Gateways follow everything, the way out too: a GET there must change nothing.
      for (const link of mail.links) await doors.open(link, { userAgent: SCANNER })
      return
    case 'unsubscribe':
      await doors.unsubscribe(mail.unsubscribeUrl === '' ? (wayOut ?? '') : mail.unsubscribeUrl)
      return
    case 'complain':
      await doors.complain(decisionIdIn(mail.messageId))
  }
}
