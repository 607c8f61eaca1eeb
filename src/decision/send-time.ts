// The `send_time` of a campaign: as people write it, as the product runs it, and back.

import { formatDuration, parseDuration } from '../kernel/duration.ts'
import { problem } from '../kernel/problem.ts'
import type { Problem } from '../kernel/problem.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import type { SendTimeSpec } from '../model/events.ts'
import { readShare } from './actions.ts'
import type { FriendlySendTime } from './campaign-schema.ts'
import type { ActionSpec, CampaignSpec } from './events.ts'

export const SEND_TIME_DEFAULT: SendTimeSpec = {
  withinMs: DAY_MS,
  explore: 0.2,
  atOnce: 0.1,
  answer: 'click',
}
const WITHIN_MS_MAX = 7 * DAY_MS
/** With less nothing more would be learnt, and nothing could be compared. */
const SHARE_MIN = 0.02
const SHARES_MAX = 0.9

/** As written; as by default where only an action's moment asks for it. */
export const readSendTime = (
  written: FriendlySendTime | undefined,
  actions: readonly ActionSpec[],
  problems: Problem[],
): SendTimeSpec | undefined => {
  const isAsked = actions.some(({ moment }) => moment === 'best')
  if (written === undefined) return isAsked ? SEND_TIME_DEFAULT : undefined
  if (!isAsked)
    problems.push(
      problem('send_time', 'no action leaves at the best hour', 'leave `moments` out, or add `best` to it'),
    )
  if (written === 'best') return SEND_TIME_DEFAULT
  const { within, explore, at_once: atOnce, answer } = written
  const withinMs = within === undefined ? SEND_TIME_DEFAULT.withinMs : (parseDuration(within) ?? 0)
  if (withinMs < HOUR_MS || withinMs > WITHIN_MS_MAX)
    problems.push(problem('send_time.within', `\`${within}\` is no time to choose from`, 'from 1h to 7d'))
  const shares = {
    explore: explore === undefined ? SEND_TIME_DEFAULT.explore : readShare(explore),
    atOnce: atOnce === undefined ? SEND_TIME_DEFAULT.atOnce : readShare(atOnce),
  }
  for (const [key, share] of [
    ['explore', shares.explore],
    ['at_once', shares.atOnce],
  ] as const)
    if (share < SHARE_MIN || shares.explore + shares.atOnce > SHARES_MAX)
      problems.push(
        problem(
          `send_time.${key}`,
          `a share of ${100 * share} % leaves nothing to learn from or nothing to choose`,
          `at least ${100 * SHARE_MIN}% each, ${100 * SHARES_MAX}% together at most`,
        ),
      )
  return { withinMs, ...shares, answer: answer ?? SEND_TIME_DEFAULT.answer }
}

/** A message must be out well before what it may bring stops counting. */
export const checkSendTime = ({ sendTime, goal }: CampaignSpec, problems: Problem[]): void => {
  if (sendTime !== undefined && sendTime.withinMs >= goal.windowMs)
    problems.push(
      problem(
        'send_time.within',
        `the goal's window (${formatDuration(goal.windowMs)}) may be over before the message leaves`,
        'make `send_time.within` shorter or `goal.window` longer',
      ),
    )
}

export const renderSendTime = ({
  withinMs,
  explore,
  atOnce,
  answer,
}: SendTimeSpec): Exclude<FriendlySendTime, string> => ({
  within: formatDuration(withinMs),
  explore,
  at_once: atOnce,
  answer,
})
