// Brings what people say of the demo's shop to its door for mentions, two weeks of it at once and then with its clock.

import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../kernel/failure.ts'
import { DAY_MS } from '../kernel/time.ts'
import { createTalk } from './talk.ts'

const HISTORY_DAYS = 14
/** As `brand.sources` of the demo's plan names it. */
const SOURCE = 'talk'
const BATCH_MAX = 200
const STEP_MS = 200
/** The first days are watched before anything happens, and what happens comes every other week of a demo. */
const QUIET_DAYS = HISTORY_DAYS + 4
const EVERY_DAYS = 9
const TIMEOUT_MS = 10_000

export type BrandDemo = { readonly stop: () => Promise<void> }

export const startBrandDemo = (about: {
  readonly url: string
  /** Of the ingest key. */
  readonly key: string
  readonly seed: string
  /** The product's clock. */
  readonly now: () => number
  readonly report: (error: unknown) => void
}): BrandDemo => {
  const { url, key, seed, now, report } = about
  let told = now() - HISTORY_DAYS * DAY_MS
  const talk = createTalk({ seed, from: told, quietDays: QUIET_DAYS, everyDays: EVERY_DAYS })
  const stopping = new AbortController()
  const bring = async (): Promise<void> => {
    const until = now()
    const said = talk.between(told, until)
    told = until
    for (let at = 0; at < said.length; at += BATCH_MAX) {
      const answer = await fetch(new URL('/v1/mentions', url), {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ source: SOURCE, mentions: said.slice(at, at + BATCH_MAX) }),
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      })
      if (!answer.ok)
        throw new Failure({
          code: 'demo.talk_refused',
          message: `mentions: ${answer.status} ${await answer.text()}`,
        })
    }
  }
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // What a server under load did not take is talk that nobody heard: told, and it goes on.
      await bring().catch((error: unknown) => (stopping.signal.aborted ? undefined : report(error)))
      await sleep(STEP_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const done = run()
  return {
    stop: async () => {
      stopping.abort()
      await done
    },
  }
}
