// How sending ends with the product: messages under way come to their end, unless their server does not answer. Then they
// are cut off, each with what is certain of it; what cannot be said before the log closes is unknown at the next start.

import type { Channel } from '../delivery/index.ts'
import type { Courier } from '../stages/courier.ts'

/** For what is under way, and for what was cut off to be written down. */
const UNDER_WAY_MS = 8_000
const CUT_OFF_MS = 2_000

/** Bounded: some ten seconds at most. Nothing new may be dispatched meanwhile. */
export const endSending = async (courier: Courier, channels: Iterable<Channel>): Promise<void> => {
  const idle = courier.idle()
  if (!(await within(idle, UNDER_WAY_MS))) {
    courier.end()
    await Promise.all([...channels].map(async (channel) => channel.close(0)))
    await within(idle, CUT_OFF_MS)
  }
}

/** Whether it came to its end in that time. */
export const within = async (work: Promise<unknown>, ms: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
