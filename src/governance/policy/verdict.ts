// How far one action may go by itself: class, campaign, market, amount, rules, working hours and what was
// earned, each of which can only lower the level that the policy gives its class.

import type { Business } from '../../kernel/business.ts'
import { isTimeZone, localTime } from '../../kernel/time.ts'
import type {
  ActionClass,
  ExceptionSpec,
  GovernancePolicy,
  Ground,
  HoursSpec,
  Level,
  ProposalClass,
} from '../events.ts'
import { ACTION_CLASSES } from '../events.ts'
import { ruleHolds, type Moment, type ProposedAction } from './rule.ts'

export type Verdict = {
  readonly level: Level
  readonly eyes: 1 | 2
  /** What made it so, the class's own level first. */
  readonly grounds: readonly Ground[]
}

/** Highest level that a class has left, after breaches; by `class campaign` and by `class `. */
export type Caps = ReadonlyMap<string, Level>

export const capKey = (actionClass: string, campaignId: string): string => `${actionClass} ${campaignId}`

/** The verdict over one proposed action at one moment. Pure: the same in a replay. */
export const verdictOf = (
  { policy, caps }: { readonly policy: GovernancePolicy; readonly caps: Caps },
  action: ProposedAction,
  moment: Moment,
): Verdict => {
  const grounds: Ground[] = []
  let level = baseLevel(policy, action, grounds)
  let eyes: 1 | 2 = 1
  const lower = (to: Level, ground: Ground): void => {
    if (to >= level) return
    level = to
    grounds.push(ground)
  }
  for (const key of [capKey(action.class, action.campaign), capKey(action.class, '')]) {
    const cap = caps.get(key)
    if (cap !== undefined) lower(cap, { code: 'not_earned', detail: `${key.trim()} at most ${cap}` })
  }
  for (const rule of policy.rules) {
    if (!ruleHolds(rule, action, moment)) continue
    if (rule.eyes > eyes) eyes = rule.eyes
    const ground: Ground = { code: 'rule', detail: `${rule.id}: ${rule.reason}` }
    // What people change themselves takes effect at once unless something speaks against it: a rule that holds does.
    if (rule.level === level && !isActionClass(action.class)) grounds.push(ground)
    else lower(rule.level, ground)
  }
  if (isActionClass(action.class) && !moment.workingHours) {
    const outside = policy.outsideHours[action.class]
    if (outside !== undefined) lower(outside, { code: 'outside_hours', detail: `at most ${outside}` })
  }
  const { fourEyes } = policy
  if (
    fourEyes.classes.includes(action.class as ProposalClass) ||
    (fourEyes.costAbove !== null && action.cost > fourEyes.costAbove) ||
    (fourEyes.peopleAbove !== null && action.people > fourEyes.peopleAbove)
  )
    eyes = 2
  // Two people cannot have looked at what goes by itself.
  if (eyes === 2) lower(2, { code: 'four_eyes', detail: `${action.people} touched, costs ${action.cost}` })
  return { level, eyes, grounds }
}

/** What people change themselves always waits, the classes of actions have their levels. */
const baseLevel = (policy: GovernancePolicy, action: ProposedAction, grounds: Ground[]): Level => {
  if (!isActionClass(action.class)) {
    grounds.push({ code: 'level', detail: `${action.class} 2` })
    return 2
  }
  const exception = policy.exceptions.find((one) => fits(one, action))
  const level = exception?.level ?? policy.levels[action.class]
  grounds.push({
    code: exception === undefined ? 'level' : 'exception',
    detail: `${action.class} ${level}${exception === undefined ? '' : ` by exception ${policy.exceptions.indexOf(exception) + 1}`}`,
  })
  return level
}

const isActionClass = (name: string): name is ActionClass =>
  (ACTION_CLASSES as readonly string[]).includes(name)

const fits = (exception: ExceptionSpec, action: ProposedAction): boolean =>
  (exception.class === '' || exception.class === action.class) &&
  (exception.campaign === '' || exception.campaign === action.campaign) &&
  (exception.market === '' || inMarket(action.market, exception.market)) &&
  (exception.above === null || action.amount > exception.above)

/** `ru` covers `ru` and `ru-RU`, however they are spelt. */
const inMarket = (market: string, wanted: string): boolean => {
  const [have, want] = [market, wanted].map((text) => text.toLowerCase().replaceAll('_', '-')) as [
    string,
    string,
  ]
  return have === want || have.startsWith(`${want}-`) || have.endsWith(`-${want}`)
}

/** The moment on the business's clock, with whether people are at work. */
export const momentOf = (policy: GovernancePolicy, business: Business, at: number): Moment => {
  const zone = isTimeZone(business.timeZone) ? business.timeZone : 'UTC'
  const { hour, weekday } = localTime(at, zone)
  return { hour, weekday, workingHours: policy.hours === null || within(policy.hours, hour, weekday) }
}

/** Who is on call at this moment, each once; [] when nobody is named. */
export const onCallAt = (policy: GovernancePolicy, business: Business, at: number): readonly string[] => {
  const { hour, weekday } = momentOf(policy, business, at)
  return [
    ...new Set(
      policy.onCall.filter((shift) => within(shift, hour, weekday)).flatMap(({ users }) => [...users]),
    ),
  ]
}

/** Roles that may approve this class. */
export const approversOf = (policy: GovernancePolicy, of: ProposalClass): readonly string[] =>
  policy.approvers[of] ?? policy.approvers['default'] ?? []

/** Hours that go over midnight belong to the day on which they begin. */
const within = ({ weekdays, fromHour, toHour }: HoursSpec, hour: number, weekday: number): boolean => {
  if (fromHour < toHour) return weekdays.includes(weekday) && hour >= fromHour && hour < toHour
  if (hour >= fromHour) return weekdays.includes(weekday)
  return hour < toHour && weekdays.includes((weekday + 6) % 7)
}
