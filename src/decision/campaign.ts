// From the campaign a person wrote to the one the product runs, and back: what was exported and
// applied again is the same campaign.

import { isFailure } from '../kernel/failure.ts'
import { formatDuration, parseDuration } from '../kernel/duration.ts'
import { asCampaignId, NOTHING } from '../kernel/ids.ts'
import { isRecord } from '../kernel/json.ts'
import { didYouMean, problem, shapeOf } from '../kernel/problem.ts'
import type { Problem } from '../kernel/problem.ts'
import { err, ok } from '../kernel/result.ts'
import type { Result } from '../kernel/result.ts'
import { DAY_MS } from '../kernel/time.ts'
import type { ModelSpec, PolicySpec } from '../model/events.ts'
import { compileExpression } from '../profile/index.ts'
import { expandActions, shortenActions } from './actions.ts'
import { checkSendTime, readSendTime, renderSendTime } from './send-time.ts'
import {
  campaignSchema,
  eventTriggerSchema,
  requestTriggerSchema,
  scheduleTriggerSchema,
  WEEKDAYS,
} from './campaign-schema.ts'
import type {
  EventTrigger,
  FriendlyCampaign,
  FriendlyModel,
  FriendlyPolicy,
  RequestTrigger,
  ScheduleTrigger,
} from './campaign-schema.ts'
import type { ActionSpec, CampaignSpec, GoalSpec, TriggerSpec } from './events.ts'

export const DEFAULT_POLICY: PolicySpec = { kind: 'squarecb', explorationFloor: 0.05 }
const WINDOW_MS_DEFAULT = 7 * DAY_MS
const REENTRY_MS_DEFAULT = DAY_MS
const WINDOW_MS_MAX = 180 * DAY_MS
const DELAY_MS_MAX = 90 * DAY_MS

const checkCampaign = shapeOf(campaignSchema)
const TRIGGERS = {
  event: shapeOf(eventTriggerSchema),
  schedule: shapeOf(scheduleTriggerSchema),
  placement: shapeOf(requestTriggerSchema),
}

/**
 * One campaign of a plan as a spec, or every problem in it: keys nobody knows (with the nearest known
 * one), durations, expressions, actions beyond the limit.
 */
export const parseCampaign = (json: unknown): Result<CampaignSpec, readonly Problem[]> => {
  const problems = [...checkCampaign(json)]
  if (isRecord(json) && isRecord(json['trigger'])) problems.push(...checkTrigger(json['trigger']))
  if (problems.length > 0) return err(problems)
  const friendly = json as FriendlyCampaign
  const trigger = readTrigger(friendly.trigger, problems)
  const actions = expandActions(friendly.actions, problems, momentByDefault(friendly.send_time !== undefined))
  const sendTime = readSendTime(friendly.send_time, actions, problems)
  const policy = readPolicy(friendly.policy, actions, problems)
  const audience = friendly.audience?.trim() ?? ''
  checkExpression(audience, 'audience', problems)
  if (trigger.kind === 'event') checkExpression(trigger.where, 'trigger.where', problems)
  checkPlaces(trigger, actions, problems)
  const spec: CampaignSpec = {
    id: asCampaignId(friendly.id),
    name: friendly.name ?? friendly.id,
    status: friendly.status ?? 'live',
    ...(friendly.family === undefined ? {} : { family: friendly.family }),
    goal: {
      event: friendly.goal.event,
      value: friendly.goal.value ?? 'margin',
      windowMs: durationOf(
        friendly.goal.window,
        WINDOW_MS_DEFAULT,
        1,
        WINDOW_MS_MAX,
        'goal.window',
        problems,
      ),
      ...(friendly.goal.delays === undefined ? {} : { delays: friendly.goal.delays }),
    },
    trigger,
    audience,
    actions,
    policy,
    ...(friendly.model === undefined ? {} : { model: readModel(friendly.model, problems) }),
    ...(sendTime === undefined ? {} : { sendTime }),
    traitFeatures: friendly.traits ?? [],
    ...(friendly.service === true ? { service: true } : {}),
    ...(friendly.budget === undefined ? {} : { budget: friendly.budget }),
  }
  checkSendTime(spec, problems)
  return problems.length > 0 ? err(problems) : ok(spec)
}

/** The written form that {@link parseCampaign} reads back as the same spec. */
export const renderCampaign = (spec: CampaignSpec): FriendlyCampaign => ({
  id: spec.id,
  name: spec.name,
  status: spec.status,
  ...(spec.family === undefined ? {} : { family: spec.family }),
  goal: renderGoal(spec.goal),
  trigger: renderTrigger(spec.trigger),
  ...(spec.audience === '' ? {} : { audience: spec.audience }),
  actions: [...shortenActions(spec.actions, momentByDefault(spec.sendTime !== undefined))],
  policy: renderPolicy(spec.policy),
  ...(spec.model === undefined ? {} : { model: renderModel(spec.model) }),
  ...(spec.sendTime === undefined ? {} : { send_time: renderSendTime(spec.sendTime) }),
  ...(spec.traitFeatures.length === 0 ? {} : { traits: [...spec.traitFeatures] }),
  ...(spec.service === true ? { service: true } : {}),
  ...(spec.budget === undefined ? {} : { budget: spec.budget }),
})

const renderGoal = ({ event, value, windowMs, delays }: GoalSpec): FriendlyCampaign['goal'] => ({
  event,
  value,
  window: formatDuration(windowMs),
  ...(delays === undefined ? {} : { delays }),
})

/** When actions that name no moment leave. */
const momentByDefault = (hasSendTime: boolean): string => (hasSendTime ? 'best' : 'now')

const checkTrigger = (trigger: Readonly<Record<string, unknown>>): readonly Problem[] => {
  const kinds = (['event', 'schedule', 'placement'] as const).filter((kind) => kind in trigger)
  const [kind] = kinds
  if (kinds.length > 1)
    return [problem('trigger', `a trigger is one of ${kinds.join(' and ')}`, 'make two campaigns')]
  if (kind !== undefined) return TRIGGERS[kind](trigger, 'trigger')
  const [key = ''] = Object.keys(trigger)
  return [problem('trigger', 'no trigger is given', didYouMean(key, ['event', 'schedule', 'placement']))]
}

const readTrigger = (trigger: Readonly<Record<string, unknown>>, problems: Problem[]): TriggerSpec => {
  if ('event' in trigger) {
    const { event, where, delay, reentry } = trigger as EventTrigger
    return {
      kind: 'event',
      event,
      where: where?.trim() ?? '',
      delayMs: durationOf(delay, 0, 0, DELAY_MS_MAX, 'trigger.delay', problems),
      reentryMs: durationOf(reentry, REENTRY_MS_DEFAULT, 0, 4 * DELAY_MS_MAX, 'trigger.reentry', problems),
    }
  }
  if ('placement' in trigger) return { kind: 'request', placement: (trigger as RequestTrigger).placement }
  const { at, weekdays } = (trigger as ScheduleTrigger).schedule
  const days = (weekdays ?? WEEKDAYS).map((day) => WEEKDAYS.indexOf(day)).toSorted((a, b) => a - b)
  return { kind: 'schedule', atHour: Number(at.slice(0, 2)), weekdays: days }
}

const renderTrigger = (trigger: TriggerSpec): Record<string, unknown> => {
  switch (trigger.kind) {
    case 'event':
      return {
        event: trigger.event,
        ...(trigger.where === '' ? {} : { where: trigger.where }),
        delay: formatDuration(trigger.delayMs),
        reentry: formatDuration(trigger.reentryMs),
      }
    case 'schedule':
      return {
        schedule: {
          at: `${String(trigger.atHour).padStart(2, '0')}:00`,
          weekdays: trigger.weekdays.map((day) => WEEKDAYS[day] ?? String(day)),
        },
      }
    case 'request':
      return { placement: trigger.placement }
  }
}

const readPolicy = (
  policy: FriendlyPolicy | undefined,
  actions: readonly ActionSpec[],
  problems: Problem[],
): PolicySpec => {
  if (policy === undefined) return DEFAULT_POLICY
  if (typeof policy === 'string') return { ...DEFAULT_POLICY, kind: policy }
  if ('kind' in policy) {
    const { kind, floor, scale, gamma, exponent, epsilon } = policy
    return {
      kind,
      explorationFloor: floor ?? DEFAULT_POLICY.explorationFloor,
      ...(scale === undefined ? {} : { posteriorScale: scale }),
      ...(gamma === undefined ? {} : { gammaScale: gamma }),
      ...(exponent === undefined ? {} : { gammaExponent: exponent }),
      ...(epsilon === undefined ? {} : { epsilon }),
    }
  }
  const ids = [...actions.map((action) => String(action.id)), NOTHING]
  if (!ids.includes(policy.always))
    problems.push(
      problem('policy.always', `there is no action \`${policy.always}\``, didYouMean(policy.always, ids)),
    )
  return { kind: 'fixed', explorationFloor: policy.floor ?? 0, actionId: policy.always }
}

const renderPolicy = (policy: PolicySpec): FriendlyPolicy => {
  const {
    kind,
    explorationFloor: floor,
    actionId,
    posteriorScale,
    gammaScale,
    gammaExponent,
    epsilon,
  } = policy
  if (kind === 'fixed') return { always: actionId ?? NOTHING, floor }
  return {
    kind,
    floor,
    ...(posteriorScale === undefined ? {} : { scale: posteriorScale }),
    ...(gammaScale === undefined ? {} : { gamma: gammaScale }),
    ...(gammaExponent === undefined ? {} : { exponent: gammaExponent }),
    ...(epsilon === undefined ? {} : { epsilon }),
  }
}

const HALF_LIFE_MS_MAX = 3_650 * DAY_MS

const readModel = (
  { kind = 'hashed', half_life: halfLife, prior = 'given' }: FriendlyModel,
  problems: Problem[],
): ModelSpec => {
  if (prior === 'learnt' && kind !== 'dense')
    problems.push(problem('model.prior', 'only a dense model learns its prior', 'add `kind: dense`'))
  return {
    kind,
    ...(prior === 'learnt' ? { learnsPrior: true } : {}),
    ...(halfLife === undefined
      ? {}
      : { halfLifeDays: durationOf(halfLife, 0, 1, HALF_LIFE_MS_MAX, 'model.half_life', problems) / DAY_MS }),
  }
}

const renderModel = ({ kind, halfLifeDays, learnsPrior = false }: ModelSpec): FriendlyModel => ({
  kind,
  ...(learnsPrior ? { prior: 'learnt' } : {}),
  ...(halfLifeDays === undefined ? {} : { half_life: formatDuration(halfLifeDays * DAY_MS) }),
})

/** A page that asks is answered on the page; everybody else is written to. */
const checkPlaces = (trigger: TriggerSpec, actions: readonly ActionSpec[], problems: Problem[]): void => {
  for (const { id, channel } of actions) {
    if (trigger.kind === 'request' && channel !== 'onsite')
      problems.push(
        problem('actions', `\`${id}\` cannot answer a placement over ${channel}`, 'use channel onsite'),
      )
    if (trigger.kind !== 'request' && channel === 'onsite')
      problems.push(
        problem('actions', `\`${id}\` has no page to be shown on`, 'use `trigger: {placement: ...}`'),
      )
  }
}

const checkExpression = (source: string, path: string, problems: Problem[]): void => {
  if (source === '') return
  try {
    compileExpression(source)
  } catch (error) {
    if (!isFailure(error)) throw error
    problems.push(problem(path, error.message, error.hint ?? ''))
  }
}

const durationOf = (
  text: string | undefined,
  byDefault: number,
  min: number,
  max: number,
  path: string,
  problems: Problem[],
): number => {
  const ms = text === undefined ? byDefault : (parseDuration(text) ?? 0)
  if (ms < min) problems.push(problem(path, `\`${text}\` is no time at all`, 'write a duration like `7d`'))
  if (ms > max) problems.push(problem(path, `\`${text}\` is too long`, `at most ${formatDuration(max)}`))
  return ms
}
