// The platform that lies is still an ad platform: it passes what every implementation must, with each lie made sure.

import { checkAdPlatform } from '../delivery/testing/platform-conformance.ts'
import { createLyingPlatform, LYING_TRAITS, NO_LIES, type Lies } from './lying-platform.ts'
import { createAdMarket } from './ad-market.ts'

const UNIT = 1_000_000
const START = 20_500 * 86_400_000
const LIE_OF = {
  lost_reply: 'lostReply',
  lost_write: 'lostWrite',
  refused: 'busy',
  unread: 'unread',
  stale: 'stale',
} as const

checkAdPlatform('lying', async () => {
  const lies: Record<keyof Lies, number> = { ...NO_LIES }
  const world = createLyingPlatform({
    market: createAdMarket({ lines: 2 }),
    seed: 'conformance',
    startAt: START,
    budgets: [500 * UNIT, 500 * UNIT],
    currency: 'EUR',
    lies,
  })
  const once =
    <A, R>(what: (ask: A) => Promise<R>) =>
    async (ask: A) =>
      what(ask).finally(() => Object.assign(lies, NO_LIES))
  return {
    platform: {
      ...world.platform,
      traits: { ...LYING_TRAITS, editsPerDayMax: 99 },
      read: once(world.platform.read),
      write: once(world.platform.write),
    },
    lines: ['0', '1'],
    budgets: [500 * UNIT, 550 * UNIT],
    unknownLine: '7',
    days: { from: 20_500, to: 20_500 },
    truth: (line) => world.truth.budgetMicros(Number(line)),
    edits: () => world.truth.changes.length,
    strike: (_, fault) => (lies[LIE_OF[fault]] = 1),
    close: async () => {},
  }
})
