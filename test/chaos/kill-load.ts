// The world while the product is being killed: sends events at a steady rate, sends again what got no
// answer, and follows the unsubscribe links of some of the mail.

import { setTimeout as sleep } from 'node:timers/promises'
import { headOf, openConnection, type Connection } from '../../bench/load/connection.ts'
import type { Rng } from '../../src/kernel/rng.ts'
import { acknowledge, nextShipment, type Ledger, type Mix, type Person, type Shipment } from './ledger.ts'
import type { Product } from './product.ts'

export type LoadOptions = Mix & {
  readonly rng: Rng
  readonly ledger: Ledger
  readonly eventsPerSecond: number
  readonly connections: number
  /** The product is ended in good order: a 503 meanwhile is no fault, what it answers is sent again. */
  readonly endsExpected?: boolean
}

export type Load = {
  /** Goes on with this product until it dies; resolves when every connection to it is gone. */
  readonly run: (product: Product, until: () => boolean) => Promise<void>
  /** Puts an unsubscription in line; it is posted until it is answered. */
  readonly unsubscribe: (person: Person, url: string) => void
  /** Posts what is in line, and sends again everything without an answer. */
  readonly settle: (product: Product) => Promise<void>
  /** Requests answered with something else than a 200, with the answer. */
  readonly refusals: string[]
  /** ms during which events were sent. */
  readonly workedMs: () => number
}

const REFUSALS_KEPT = 20
const ENDING = 503

export const createLoad = (options: LoadOptions): Load => {
  const { rng, ledger, eventsPerSecond, connections } = options
  const unsubscriptions: { readonly person: Person; readonly url: string }[] = []
  const refusals: string[] = []
  let worked = 0

  const ship = async (connection: Connection, product: Product, shipment: Shipment): Promise<boolean> => {
    const body = Buffer.from(shipment.body)
    const { status, body: text } = await connection.send([
      headOf(shipment.path, product.keys.ingest, body.length),
      body,
    ])
    if (status === 200) {
      acknowledge(ledger, shipment, performance.now())
      return true
    }
    if (status === ENDING && options.endsExpected === true) return false
    if (refusals.length < REFUSALS_KEPT) refusals.push(`${status} ${text.slice(0, 200)}`)
    return false
  }

  const unsubscribeOne = async (connection: Connection): Promise<void> => {
    const next = unsubscriptions.shift()
    if (next === undefined) return
    const body = Buffer.from('List-Unsubscribe=One-Click')
    const head = `POST ${new URL(next.url).pathname} HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n`
    try {
      const { status, body: text } = await connection.send([Buffer.from(head), body])
      if (status === 200) next.person.leftAt = Math.min(next.person.leftAt, performance.now())
      else if (status === ENDING && options.endsExpected === true) unsubscriptions.unshift(next)
      else refusals.push(`unsubscribe ${status} ${text.slice(0, 200)}`)
    } catch (error) {
      // Not answered: it does not count yet, and is posted again.
      unsubscriptions.unshift(next)
      throw error
    }
  }

  const work = async (connection: Connection, product: Product, until: () => boolean): Promise<void> => {
    // Each connection carries its share of the rate; 65 events are an average request.
    const pauseMs = (65 * connections * 1_000) / eventsPerSecond
    let due = performance.now() + rng.uniform() * pauseMs
    while (!until()) {
      const wait = due - performance.now()
      if (wait > 1) await sleep(wait)
      due += pauseMs
      await unsubscribeOne(connection)
      const again = ledger.inDoubt.shift()
      if (again !== undefined) ledger.retried++
      const shipment = again ?? nextShipment(ledger, rng, options)
      try {
        if (!(await ship(connection, product, shipment))) ledger.inDoubt.push(shipment)
      } catch {
        // Killed under it: nobody knows whether it was taken, so it is sent again.
        ledger.inDoubt.push(shipment)
        return
      }
    }
  }

  const guarded = async (product: Product, until: () => boolean): Promise<void> => {
    let connection: Connection
    try {
      connection = await openConnection(product.port)
    } catch {
      // Killed already.
      return
    }
    try {
      await work(connection, product, until)
    } catch {
      // The unsubscription it was about is in line again.
    } finally {
      connection.close()
    }
  }

  return {
    run: async (product, until) => {
      const begun = performance.now()
      await Promise.all(Array.from({ length: connections }, async () => guarded(product, until)))
      worked += performance.now() - begun
    },
    unsubscribe: (person, url) => void unsubscriptions.push({ person, url }),
    settle: async (product) => {
      const connection = await openConnection(product.port)
      while (unsubscriptions.length > 0) await unsubscribeOne(connection)
      for (let again = ledger.inDoubt.shift(); again !== undefined; again = ledger.inDoubt.shift())
        if (!(await ship(connection, product, again))) {
          ledger.inDoubt.push(again)
          await sleep(100)
        }
      connection.close()
    },
    refusals,
    workedMs: () => worked,
  }
}
