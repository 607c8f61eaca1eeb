// Guessing is made slow: after some failures each further one doubles the wait, per account from one network, per
// account and per network. Nothing here knows whether an account exists, so it cannot tell anybody.

export type LockoutRule = {
  /** Failures that cost nothing. */
  readonly free: number
  readonly firstWaitMs: number
  readonly waitMsMax: number
}

const RULES = {
  /** One account from one network: somebody who forgot, or somebody who guesses. */
  pair: { free: 5, firstWaitMs: 1_000, waitMsMax: 15 * 60_000 },
  /** One account from everywhere: slow, but never so slow that strangers lock the owner out. */
  account: { free: 30, firstWaitMs: 1_000, waitMsMax: 30_000 },
  /** One network against all accounts. */
  network: { free: 50, firstWaitMs: 1_000, waitMsMax: 15 * 60_000 },
  /** Second factors of one account, by somebody who knows its password. */
  code: { free: 10, firstWaitMs: 1_000, waitMsMax: 60 * 60_000 },
} as const satisfies Readonly<Record<string, LockoutRule>>

export type Attempt = {
  readonly account: string
  readonly network: string
  /** With a second factor. */
  readonly code: boolean
}
type Tally = { readonly failures: number; readonly openAt: number }

export type Lockout = {
  /** How long they have to wait before the next try counts, ms; 0 = now. */
  readonly waitMs: (attempt: Attempt, now: number) => number
  /** Counts one failure; call what comes back when it was none after all. */
  readonly failed: (attempt: Attempt, now: number) => () => void
  /** The right words: the account starts afresh, the network does not. */
  readonly passed: (attempt: Attempt) => void
  /** A person with the right to do so lets an account in again. */
  readonly forgive: (account: string) => void
}

/** Tallies remembered; beyond it the one touched longest ago goes. */
const TALLIES_MAX = 20_000
const FORGOTTEN_AFTER_MS = 24 * 3_600_000

export const createLockout = (talliesMax = TALLIES_MAX): Lockout => {
  const tallies = new Map<string, Tally>()
  const put = (key: string, tally: Tally): void => {
    tallies.delete(key)
    if (tallies.size >= talliesMax) tallies.delete(tallies.keys().next().value ?? '')
    tallies.set(key, tally)
  }
  return {
    waitMs: (attempt, now) =>
      Math.max(0, ...keysOf(attempt).map(([key]) => (tallies.get(key)?.openAt ?? 0) - now)),
    failed: (attempt, now) => {
      const counted = keysOf(attempt).map(([key, rule]) => {
        const known = tallies.get(key)
        const before =
          known === undefined || now - known.openAt > FORGOTTEN_AFTER_MS
            ? { failures: 0, openAt: now }
            : known
        const failures = before.failures + 1
        const after = { failures, openAt: now + waitAfter(failures, rule) }
        put(key, after)
        return { key, before, after }
      })
      return () => {
        for (const { key, before, after } of counted) {
          const current = tallies.get(key)
          // Others may have failed in between: then their waits stand.
          if (current === after) put(key, before)
          else if (current !== undefined) put(key, { ...current, failures: current.failures - 1 })
        }
      }
    },
    passed: (attempt) => {
      for (const [key] of keysOf({ ...attempt, code: true }))
        if (!key.startsWith('network ')) tallies.delete(key)
    },
    forgive: (account) => {
      for (const key of tallies.keys())
        if (key === `account ${account}` || key === `code ${account}` || key.startsWith(`pair ${account} `))
          tallies.delete(key)
    },
  }
}

const keysOf = ({ account, network, code }: Attempt): readonly (readonly [string, LockoutRule])[] => [
  [`pair ${account} ${network}`, RULES.pair],
  [`account ${account}`, RULES.account],
  [`network ${network}`, RULES.network],
  ...(code ? [[`code ${account}`, RULES.code] as const] : []),
]

/** Nothing within the free ones, then 1, 2, 4 … times the first wait, up to the most. */
const waitAfter = (failures: number, { free, firstWaitMs, waitMsMax }: LockoutRule): number =>
  failures <= free ? 0 : Math.min(waitMsMax, firstWaitMs * 2 ** Math.min(30, failures - free - 1))
