// Everybody a mailing goes to: let in, asked about, followed when they click on "unsubscribe"; and the link
// scanners of their mail providers.

import { headOf, openConnection, type Connection } from '../../bench/load/connection.ts'
import type { Accepted } from '../../src/delivery/testing/faulty-smtp.ts'
import type { Product } from './product.ts'
import { metricsOf } from './soak-samples.ts'

export type Recipients = {
  /** How often the mail server took one and the same message for one address. */
  readonly accepted: Map<string, number>
  /** Unsubscribe link in the first mail to an address. */
  readonly links: Map<string, string>
  mails: number
  /** Taken for an address, of all messages. */
  readonly mailsTo: Map<string, number>
  /** When the unsubscription was answered with a yes, by `performance.now`. */
  readonly leftAt: Map<string, number>
  /** Of them, people whose second mail had not been taken by then. */
  leftWaiting: number
  /** Taken for an address more than a second after that. */
  late: number
}

export const newRecipients = (): Recipients => ({
  accepted: new Map(),
  links: new Map(),
  mails: 0,
  mailsTo: new Map(),
  leftAt: new Map(),
  leftWaiting: 0,
  late: 0,
})

const BATCH = 100
const SENDERS = 8
const LATE_MS = 1_000

export const addressOf = (index: number): string => `r${index}@people.example`

/** The mail server took a message at `now`. */
export const noteMail = (people: Recipients, { to, raw }: Accepted, now: number): void => {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ')
  const messageId = /^message-id: *(\S+)/im.exec(head)?.[1] ?? ''
  const link = /^list-unsubscribe:.*?<(https:[^>]+)>/im.exec(head)?.[1]
  people.mails++
  people.mailsTo.set(to, (people.mailsTo.get(to) ?? 0) + 1)
  people.accepted.set(`${messageId} ${to}`, (people.accepted.get(`${messageId} ${to}`) ?? 0) + 1)
  if (link !== undefined && !people.links.has(to)) people.links.set(to, link)
  if (now > (people.leftAt.get(to) ?? Number.POSITIVE_INFINITY) + LATE_MS) people.late++
}

/** Tells the product of so many people; again until each batch is acknowledged. */
export const introduce = async (product: Product, count: number): Promise<void> =>
  inBatches(product, upTo(count), (index) => ({
    type: 'identify',
    userId: `r${index}`,
    messageId: `hello-${index}`,
    traits: { email: addressOf(index) },
  }))

export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

/** So many of `recipients`, spread over all of them: in the middle of a mailing some have had theirs, some have not. */
export const spread = (count: number, recipients: number): readonly number[] =>
  upTo(count).map((index) => Math.floor((index * recipients) / count))

/** The event that calls for a mail, for each of these people, in their order. */
export const askForMail = async (product: Product, event: string, who: readonly number[]): Promise<void> =>
  inBatches(product, who, (index) => ({
    type: 'track',
    event,
    userId: `r${index}`,
    messageId: `${event}-${index}`,
    properties: {},
  }))

const inBatches = async (
  { port, keys }: Product,
  who: readonly number[],
  eventOf: (index: number) => unknown,
): Promise<void> => {
  const starts = upTo(Math.ceil(who.length / BATCH)).map((index) => index * BATCH)
  await overConnections(port, starts, async (connection, from) => {
    const batch = who.slice(from, from + BATCH).map(eventOf)
    const body = Buffer.from(JSON.stringify({ batch }))
    const { status } = await connection.send([headOf('/v1/batch', keys.ingest, body.length), body])
    return status === 200
  })
}

/** Does each once, over some connections at a time; again at the end what was not a yes. Throws when that never ends. */
const overConnections = async <T>(
  port: number,
  items: readonly T[],
  once: (connection: Connection, item: T) => Promise<boolean>,
): Promise<void> => {
  const left = [...items]
  const triesMax = items.length * 10
  let tries = 0
  const work = async (): Promise<void> => {
    const connection = await openConnection(port)
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      if (++tries > triesMax) throw new RangeError('the product refuses again and again')
      if (!(await once(connection, item))) left.push(item)
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: SENDERS }, work))
}

/** A GET on every unsubscribe link, as link scanners do; and what the product's counts say changed. */
export const scanLinks = async (
  product: Product,
  { links }: Recipients,
): Promise<{ readonly scanned: number; readonly changes: number }> => {
  const read = async (): Promise<number> => {
    const metrics = await metricsOf(product)
    return metrics('windvane_unsubscribed_total') + metrics('windvane_events_total')
  }
  const before = await read()
  await overConnections(product.port, [...links.values()], async (connection, link) => {
    const { status } = await connection.send([
      Buffer.from(`GET ${new URL(link).pathname} HTTP/1.1\r\nHost: shop.example\r\n\r\n`),
    ])
    return status === 200
  })
  return { scanned: links.size, changes: (await read()) - before }
}

/** One click for everybody who has a link and was not asked yet; how many said yes. */
export const unsubscribeAll = async (
  product: Product,
  people: Recipients,
  who: readonly number[],
): Promise<number> => {
  const body = Buffer.from('List-Unsubscribe=One-Click')
  const leaving = who.map(addressOf).filter((to) => people.links.has(to))
  await overConnections(product.port, leaving, async (connection, to) => {
    const path = new URL(people.links.get(to) ?? '').pathname
    const head = `POST ${path} HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n`
    const { status } = await connection.send([Buffer.from(head), body])
    if (status === 200) {
      people.leftAt.set(to, performance.now())
      if ((people.mailsTo.get(to) ?? 0) < 2) people.leftWaiting++
    }
    return status === 200
  })
  return people.leftAt.size
}
