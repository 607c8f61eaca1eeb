// What the mail server of a mailing does wrong, drawn anew at each step of each conversation.

import type { SmtpFault, SmtpPhase } from '../../src/delivery/testing/faulty-smtp.ts'
import type { Rng } from '../../src/kernel/rng.ts'

const PHASES: readonly SmtpPhase[] = ['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'content', 'dot']
const SLOW_MS = 300

/** Whole families of wrong: going away, being late, saying what is not so. */
const KINDS: readonly ((at: SmtpPhase) => SmtpFault)[] = [
  (at) => ({ at, kind: 'drop' }),
  (at) => ({ at, kind: 'drop', rst: true }),
  (at) => ({ at, kind: 'slow', ms: SLOW_MS }),
  (at) => ({ at, kind: 'reply', text: '451 4.3.0 later' }),
  (at) => ({ at, kind: 'reply', text: '554 5.7.1 no', thenDrop: true }),
  (at) => ({ at, kind: 'extra', text: '250 and another' }),
  (at) => ({ at, kind: 'extra', text: '451 and another' }),
]
const AFTER_THE_DOT: readonly SmtpFault[] = [
  { at: 'dot', kind: 'drop', accepted: true },
  { at: 'dot', kind: 'drop', accepted: true, rst: true },
  { at: 'dot', kind: 'reply', text: '451 4.3.0 not taken, it says', accepted: true },
  { at: 'dot', kind: 'reply', text: '250 taken, it says' },
  { at: 'dot', kind: 'yes_then_rst' },
]

const pick = <T>(rng: Rng, from: readonly T[]): T | undefined => from[rng.below(from.length)]

/** A fault with this chance at each step, else none; `counts` is told what was drawn. */
export const drawFault = (
  rng: Rng,
  chance: number,
  counts: Record<string, number>,
): SmtpFault | undefined => {
  if (chance === 0 || rng.uniform() >= chance) return undefined
  const at = pick(rng, PHASES) ?? 'dot'
  const fault = at === 'dot' && rng.uniform() < 0.5 ? pick(rng, AFTER_THE_DOT) : pick(rng, KINDS)?.(at)
  if (fault !== undefined)
    counts[`${fault.at} ${fault.kind}`] = (counts[`${fault.at} ${fault.kind}`] ?? 0) + 1
  return fault
}
