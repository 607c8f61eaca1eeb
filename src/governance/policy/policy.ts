// From the governance section that a person wrote to the policy in force, and back.

import { formatDuration, parseDuration } from '../../kernel/duration.ts'
import { isFailure } from '../../kernel/failure.ts'
import { problem, shapeOf, type Problem } from '../../kernel/problem.ts'
import { err, ok, type Result } from '../../kernel/result.ts'
import { DAY_MS, MINUTE_MS } from '../../kernel/time.ts'
import type { CallsSpec, GovernancePolicy, HoursSpec, Level, RampSpec } from '../events.ts'
import {
  CAREFUL_POLICY,
  DEFAULT_CALLS,
  EXPIRY_MS_MAX,
  EXPIRY_MS_MIN,
  HOLD_MS_MAX,
  OPEN_POLICY,
  STALE_MS_MIN,
  UNDO_MS_MAX,
} from './defaults.ts'
import { governanceSchema, WEEKDAYS, type FriendlyGovernance } from './policy-schema.ts'
import { compileRule } from './rule.ts'
import { SENSITIVE_TRAITS } from './sensitive.ts'

const checkShape = shapeOf(governanceSchema)
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]
const DEFAULT_EARN = { decisions: 50, uneditedShare: 0.95, staleDataMs: null }

/**
 * A `governance` section as a policy, or every problem in it.
 * @example parseGovernance({ levels: { spend: 1 } }) // ok, the rest as the open policy has it
 */
export const parseGovernance = (json: unknown): Result<GovernancePolicy, readonly Problem[]> => {
  if (json === undefined || json === null) return ok(OPEN_POLICY)
  const found = checkShape(json)
  if (found.length > 0) return err(found)
  const given = json as FriendlyGovernance
  const problems: Problem[] = []
  const policy: GovernancePolicy = {
    levels: { ...OPEN_POLICY.levels, ...(given.levels as object | undefined) },
    exceptions: (given.exceptions ?? []).map((one) => ({
      class: one.class ?? '',
      campaign: one.campaign ?? '',
      market: one.market ?? '',
      above: one.above ?? null,
      level: one.level as Level,
    })),
    rules: readRules(given.rules ?? [], problems),
    fourEyes: {
      costAbove: given.four_eyes?.cost_above ?? null,
      peopleAbove: given.four_eyes?.people_above ?? null,
      classes: given.four_eyes?.classes ?? [],
    },
    approvers: { ...OPEN_POLICY.approvers, ...(given.approvers as object | undefined) },
    hours:
      given.hours === undefined || given.hours === 'always'
        ? null
        : readHours(given.hours, 'hours', problems),
    outsideHours: given.outside_hours ?? {},
    onCall: (given.on_call ?? []).map(({ users, ...shift }, index) => ({
      users,
      ...readHours(shift, `on_call[${index}]`, problems),
    })),
    undoMs: readMs(given.undo, OPEN_POLICY.undoMs, { path: 'undo', min: 0, max: UNDO_MS_MAX }, problems),
    expiryMs: readMs(
      given.expiry,
      OPEN_POLICY.expiryMs,
      { path: 'expiry', min: EXPIRY_MS_MIN, max: EXPIRY_MS_MAX },
      problems,
    ),
    first: readFirst(given.first),
    earn: readEarn(given.earn, problems),
    ramp: readRamp(given.ramp, problems),
    resumePerMinute: typeof given.resume === 'object' ? given.resume.per_minute : null,
    ...(given.calls === undefined ? {} : { calls: readCalls(given.calls, problems) }),
    ...(given.agents === undefined
      ? {}
      : { agents: { classes: given.agents.answer, withPerson: given.agents.with_person ?? true } }),
    ...(given.sensitive === undefined
      ? {}
      : {
          sensitive: {
            traits: given.sensitive.traits ?? SENSITIVE_TRAITS,
            allowed: (given.sensitive.allowed ?? []).map(({ campaign = '', ...one }) => ({
              campaign,
              ...one,
            })),
          },
        }),
  }
  return problems.length > 0 ? err(problems) : ok(policy)
}

/** The section that {@link parseGovernance} reads back as the same policy; every word of it, nothing left out. */
export const renderGovernance = (policy: GovernancePolicy): FriendlyGovernance => ({
  levels: { ...policy.levels },
  exceptions: policy.exceptions.map((one) => ({
    ...(one.class === '' ? {} : { class: one.class }),
    ...(one.campaign === '' ? {} : { campaign: one.campaign }),
    ...(one.market === '' ? {} : { market: one.market }),
    ...(one.above === null ? {} : { above: one.above }),
    level: one.level,
  })),
  rules: policy.rules.map(({ id, when, reason, level, eyes }) => ({
    id,
    when,
    ...(reason === '' ? {} : { reason }),
    level,
    eyes,
  })),
  four_eyes: {
    ...(policy.fourEyes.costAbove === null ? {} : { cost_above: policy.fourEyes.costAbove }),
    ...(policy.fourEyes.peopleAbove === null ? {} : { people_above: policy.fourEyes.peopleAbove }),
    classes: [...policy.fourEyes.classes],
  },
  approvers: { ...policy.approvers } as NonNullable<FriendlyGovernance['approvers']>,
  hours: policy.hours === null ? 'always' : hoursText(policy.hours),
  outside_hours: { ...policy.outsideHours },
  on_call: policy.onCall.map(({ users, ...shift }) => ({ users: [...users], ...hoursText(shift) })),
  undo: formatDuration(policy.undoMs),
  expiry: formatDuration(policy.expiryMs),
  first: {
    campaign: policy.first.campaign ? 'ask' : 'free',
    audience: policy.first.audience ? 'ask' : 'free',
    audience_jump: policy.first.jump === null ? 'free' : { ...policy.first.jump },
  },
  earn:
    policy.earn === null
      ? 'off'
      : {
          decisions: policy.earn.decisions,
          unedited: policy.earn.uneditedShare,
          ...(policy.earn.staleDataMs === null
            ? {}
            : { stale_data: formatDuration(policy.earn.staleDataMs) }),
        },
  ramp: policy.ramp === null ? 'off' : rampText(policy.ramp),
  resume: policy.resumePerMinute === null ? 'at_once' : { per_minute: policy.resumePerMinute },
  ...(policy.calls === undefined ? {} : { calls: callsText(policy.calls) }),
  ...(policy.agents === undefined
    ? {}
    : { agents: { answer: [...policy.agents.classes], with_person: policy.agents.withPerson } }),
  ...(policy.sensitive === undefined
    ? {}
    : {
        sensitive: {
          traits: [...policy.sensitive.traits],
          allowed: policy.sensitive.allowed.map(({ campaign, ...one }) => ({
            ...one,
            ...(campaign === '' ? {} : { campaign }),
          })),
        },
      }),
})

const CALL_MS = { min: MINUTE_MS, max: DAY_MS }

const readCalls = (given: NonNullable<FriendlyGovernance['calls']>, problems: Problem[]): CallsSpec => ({
  answerMs: readMs(
    given.answer_within,
    DEFAULT_CALLS.answerMs,
    { path: 'calls.answer_within', ...CALL_MS },
    problems,
  ),
  urgentMs: readMs(
    given.urgent_within,
    DEFAULT_CALLS.urgentMs,
    { path: 'calls.urgent_within', ...CALL_MS },
    problems,
  ),
  hourMax: given.per_hour ?? DEFAULT_CALLS.hourMax,
  dayMax: given.per_day ?? DEFAULT_CALLS.dayMax,
})

const callsText = ({ answerMs, urgentMs, hourMax, dayMax }: CallsSpec) => ({
  answer_within: formatDuration(answerMs),
  urgent_within: formatDuration(urgentMs),
  per_hour: hourMax,
  per_day: dayMax,
})

type FriendlyRule = NonNullable<FriendlyGovernance['rules']>[number]

const readRules = (rules: readonly FriendlyRule[], problems: Problem[]): GovernancePolicy['rules'] => {
  const seen = new Set<string>()
  return rules.map(({ id, when, reason, level, eyes }, index) => {
    const path = `rules[${index}]`
    if (seen.has(id)) problems.push(problem(`${path}.id`, `\`${id}\` is there twice`, 'name each rule once'))
    seen.add(id)
    try {
      compileRule(when)
    } catch (error) {
      if (!isFailure(error)) throw error
      problems.push(problem(`${path}.when`, error.message, error.hint ?? ''))
    }
    return { id, when, reason: reason ?? '', level: (level ?? 2) as Level, eyes: eyes ?? 1 }
  })
}

type FriendlyHours = {
  readonly weekdays?: readonly (typeof WEEKDAYS)[number][]
  readonly from: string
  readonly to: string
}

const readHours = ({ weekdays, from, to }: FriendlyHours, path: string, problems: Problem[]): HoursSpec => {
  const [fromHour, toHour] = [Number(from.slice(0, 2)), Number(to.slice(0, 2))]
  if (fromHour === toHour)
    problems.push(
      problem(path, `from ${from} to ${to} is no time at all`, 'for all day write 00:00 to 24:00'),
    )
  return {
    weekdays: (weekdays?.map((day) => WEEKDAYS.indexOf(day)) ?? EVERY_DAY).toSorted((a, b) => a - b),
    fromHour,
    toHour,
  }
}

const hourText = (hour: number): string => `${String(hour).padStart(2, '0')}:00`
const hoursText = ({ weekdays, fromHour, toHour }: HoursSpec) => ({
  weekdays: weekdays.map((day) => WEEKDAYS[day] ?? 'sun'),
  from: hourText(fromHour),
  to: hourText(toHour),
})

type Bounds = { readonly path: string; readonly min: number; readonly max: number }

const readMs = (
  text: string | undefined,
  fallback: number,
  { path, min, max }: Bounds,
  problems: Problem[],
): number => {
  if (text === undefined) return fallback
  const ms = parseDuration(text) ?? 0
  if (ms < min || ms > max)
    problems.push(
      problem(path, `\`${text}\` is out of bounds`, `from ${formatDuration(min)} to ${formatDuration(max)}`),
    )
  return ms
}

const readFirst = (first: FriendlyGovernance['first']): GovernancePolicy['first'] => {
  const jump = first?.audience_jump
  return {
    campaign: first?.campaign === 'ask',
    audience: first?.audience === 'ask',
    jump: typeof jump === 'object' ? { share: jump.share, people: jump.people ?? 1_000 } : null,
  }
}

const readEarn = (earn: FriendlyGovernance['earn'], problems: Problem[]): GovernancePolicy['earn'] => {
  if (earn === undefined || earn === 'off') return null
  const stale = { path: 'earn.stale_data', min: STALE_MS_MIN, max: HOLD_MS_MAX }
  return {
    decisions: earn.decisions ?? DEFAULT_EARN.decisions,
    uneditedShare: readShare(earn.unedited, DEFAULT_EARN.uneditedShare),
    staleDataMs: earn.stale_data === undefined ? null : readMs(earn.stale_data, 0, stale, problems),
  }
}

const readRamp = (ramp: FriendlyGovernance['ramp'], problems: Problem[]): RampSpec | null => {
  if (ramp === undefined || ramp === 'off') return null
  const usual = CAREFUL_POLICY.ramp as RampSpec
  const stages = ramp.stages?.map(({ share, hold, contacts }, index) => ({
    share: readShare(share, 0),
    holdMs: readMs(
      hold,
      86_400_000,
      { path: `ramp.stages[${index}].hold`, min: 0, max: HOLD_MS_MAX },
      problems,
    ),
    contactsMin: contacts ?? 0,
  }))
  for (const [index, { share }] of (stages ?? []).entries())
    if (share <= (stages?.[index - 1]?.share ?? 0) || share >= 1)
      problems.push(
        problem(
          `ramp.stages[${index}].share`,
          `${share} does not grow`,
          'shares grow from stage to stage and stay below 100%',
        ),
      )
  return {
    stages: stages ?? usual.stages,
    complaints: readShare(ramp.complaints, usual.complaints),
    unsubscribes: readShare(ramp.unsubscribes, usual.unsubscribes),
    bounces: readShare(ramp.bounces, usual.bounces),
    errors: readShare(ramp.errors, usual.errors),
  }
}

const rampText = ({ stages, ...stops }: RampSpec) => ({
  stages: stages.map(({ share, holdMs, contactsMin }) => ({
    share,
    hold: formatDuration(holdMs),
    contacts: contactsMin,
  })),
  ...stops,
})

/** Through decimal digits, so that `7%` is 0.07 and not its neighbour. */
const readShare = (share: number | string | undefined, fallback: number): number =>
  share === undefined
    ? fallback
    : typeof share === 'number'
      ? share
      : Number((Number(share.slice(0, -1)) / 100).toFixed(8))
