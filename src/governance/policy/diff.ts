// What differs between two policies, and which way: less risk takes effect at once, more waits for a
// person. Whatever cannot be told to be less counts as more.

import { NO_AGENTS } from '../proposals/agents.ts'
import { formatDuration } from '../../kernel/duration.ts'
import { canonicalJson } from '../../kernel/json.ts'
import { DEFAULT_SENSITIVE } from './sensitive.ts'
import { ACTION_CLASSES, type GovernancePolicy, type RampSpec, type RuleSpec } from '../events.ts'

export type PolicyChange = {
  readonly path: string
  readonly is: string
  readonly willBe: string
  readonly risk: 'lower' | 'raise' | 'same'
}

type Risk = PolicyChange['risk']

/** Every difference, in the order of the section; [] when the policies are the same. */
export const diffPolicy = (from: GovernancePolicy, to: GovernancePolicy): readonly PolicyChange[] => [
  ...levelChanges('levels', from.levels, to.levels),
  ...exceptionChanges(from, to),
  ...ruleChanges(from.rules, to.rules),
  ...fourEyesChanges(from, to),
  ...approverChanges(from, to),
  ...wholeChange('hours', from.hours, to.hours, () => (from.hours === null ? 'lower' : 'raise')),
  ...levelChanges('outside_hours', from.outsideHours, to.outsideHours),
  ...wholeChange('on_call', from.onCall, to.onCall, () => 'same'),
  ...numberChange('undo', from.undoMs, to.undoMs, { up: 'lower', show: formatDuration }),
  ...numberChange('expiry', from.expiryMs, to.expiryMs, { up: 'same', show: formatDuration }),
  ...firstChanges(from, to),
  ...earnChanges(from, to),
  ...rampChanges(from.ramp, to.ramp),
  ...numberChange('resume.per_minute', from.resumePerMinute, to.resumePerMinute, {
    up: 'raise',
    show: String,
  }),
  ...wholeChange('calls', from.calls, to.calls, () => 'same'),
  ...agentChanges(from, to),
  ...sensitiveChanges(from, to),
]

/** Whether nothing in it lets the machine do more than before. */
export const onlyLowersRisk = (changes: readonly PolicyChange[]): boolean =>
  changes.every(({ risk }) => risk !== 'raise')

const NONE = '—'
const spell = (value: unknown): string =>
  value === undefined || value === null ? NONE : typeof value === 'string' ? value : canonicalJson(value)

const wholeChange = (
  path: string,
  is: unknown,
  willBe: unknown,
  risk: () => Risk,
): readonly PolicyChange[] =>
  canonicalJson(is ?? null) === canonicalJson(willBe ?? null)
    ? []
    : [{ path, is: spell(is), willBe: spell(willBe), risk: risk() }]

type Direction = { readonly up: Risk; readonly show: (value: number) => string }
const opposite = (risk: Risk): Risk => (risk === 'same' ? 'same' : risk === 'raise' ? 'lower' : 'raise')

/** null is no limit: the furthest up. */
const numberChange = (
  path: string,
  is: number | null,
  willBe: number | null,
  { up, show }: Direction,
): readonly PolicyChange[] => {
  if (is === willBe) return []
  const grows = (willBe ?? Number.POSITIVE_INFINITY) > (is ?? Number.POSITIVE_INFINITY)
  const text = (value: number | null): string => (value === null ? NONE : show(value))
  return [{ path, is: text(is), willBe: text(willBe), risk: grows ? up : opposite(up) }]
}

type Levels = Readonly<Partial<Record<string, number>>>

const levelChanges = (path: string, from: Levels, to: Levels): readonly PolicyChange[] =>
  ACTION_CLASSES.flatMap((name) =>
    // No word about a class outside working hours is the level it has anyway.
    numberChange(`${path}.${name}`, from[name] ?? null, to[name] ?? null, { up: 'raise', show: String }),
  )

/** The first that fits counts, so the order matters too: only taking away a risk at the end would be told apart. */
const exceptionChanges = (from: GovernancePolicy, to: GovernancePolicy): readonly PolicyChange[] =>
  wholeChange('exceptions', from.exceptions, to.exceptions, () => {
    const added = to.exceptions.slice(from.exceptions.length)
    const keepsOld =
      canonicalJson(to.exceptions.slice(0, from.exceptions.length)) === canonicalJson(from.exceptions)
    const lowest = (name: string): number =>
      name === '' ? Math.min(...Object.values(to.levels)) : (to.levels[name as keyof typeof to.levels] ?? 0)
    return keepsOld && added.every((one) => one.level <= lowest(one.class)) ? 'lower' : 'raise'
  })

const ruleChanges = (from: readonly RuleSpec[], to: readonly RuleSpec[]): readonly PolicyChange[] => {
  const before = new Map(from.map((rule) => [rule.id, rule]))
  const after = new Map(to.map((rule) => [rule.id, rule]))
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
    const [is, willBe] = [before.get(id), after.get(id)]
    return wholeChange(`rules.${id}`, is, willBe, () => riskOfRule(is, willBe))
  })
}

const riskOfRule = (is: RuleSpec | undefined, willBe: RuleSpec | undefined): Risk => {
  if (is === undefined) return 'lower'
  if (willBe === undefined || is.when !== willBe.when) return 'raise'
  if (willBe.level > is.level || willBe.eyes < is.eyes) return 'raise'
  return willBe.level === is.level && willBe.eyes === is.eyes ? 'same' : 'lower'
}

const fourEyesChanges = (
  { fourEyes: from }: GovernancePolicy,
  { fourEyes: to }: GovernancePolicy,
): readonly PolicyChange[] => [
  ...numberChange('four_eyes.cost_above', from.costAbove, to.costAbove, { up: 'raise', show: String }),
  ...numberChange('four_eyes.people_above', from.peopleAbove, to.peopleAbove, { up: 'raise', show: String }),
  ...wholeChange('four_eyes.classes', from.classes, to.classes, () =>
    from.classes.every((name) => to.classes.includes(name)) ? 'lower' : 'raise',
  ),
]

const approverChanges = (
  { approvers: from }: GovernancePolicy,
  { approvers: to }: GovernancePolicy,
): readonly PolicyChange[] =>
  [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((name) =>
    wholeChange(`approvers.${name}`, from[name], to[name], () => {
      const before = from[name] ?? from['default'] ?? []
      const after = to[name] ?? to['default'] ?? []
      return after.every((role) => before.includes(role)) ? 'lower' : 'raise'
    }),
  )

const firstChanges = (
  { first: from }: GovernancePolicy,
  { first: to }: GovernancePolicy,
): readonly PolicyChange[] => [
  ...wholeChange('first.campaign', from.campaign ? 'ask' : 'free', to.campaign ? 'ask' : 'free', () =>
    to.campaign ? 'lower' : 'raise',
  ),
  ...wholeChange('first.audience', from.audience ? 'ask' : 'free', to.audience ? 'ask' : 'free', () =>
    to.audience ? 'lower' : 'raise',
  ),
  ...numberChange('first.audience_jump.share', from.jump?.share ?? null, to.jump?.share ?? null, {
    up: 'raise',
    show: String,
  }),
  ...numberChange('first.audience_jump.people', from.jump?.people ?? null, to.jump?.people ?? null, {
    up: 'raise',
    show: String,
  }),
]

const earnChanges = (
  { earn: from }: GovernancePolicy,
  { earn: to }: GovernancePolicy,
): readonly PolicyChange[] => {
  if (from === null || to === null)
    return wholeChange('earn', from, to, () => (to === null ? 'raise' : 'lower'))
  return [
    ...numberChange('earn.decisions', from.decisions, to.decisions, { up: 'lower', show: String }),
    ...numberChange('earn.unedited', from.uneditedShare, to.uneditedShare, { up: 'lower', show: String }),
    ...numberChange('earn.stale_data', from.staleDataMs, to.staleDataMs, {
      up: 'raise',
      show: formatDuration,
    }),
  ]
}

/** Agents that answer more, or more by themselves, are more risk. */
const agentChanges = (
  { agents: from = NO_AGENTS }: GovernancePolicy,
  { agents: to = NO_AGENTS }: GovernancePolicy,
): readonly PolicyChange[] => [
  ...wholeChange('agents.answer', from.classes, to.classes, () =>
    to.classes.every((name) => from.classes.includes(name)) ? 'lower' : 'raise',
  ),
  ...wholeChange('agents.with_person', from.withPerson, to.withPerson, () =>
    to.withPerson ? 'lower' : 'raise',
  ),
]

/** More traits kept out is less risk; fewer of them, or more that are allowed, is more. */
const sensitiveChanges = (from: GovernancePolicy, to: GovernancePolicy): readonly PolicyChange[] => {
  const [is, willBe] = [from.sensitive ?? DEFAULT_SENSITIVE, to.sensitive ?? DEFAULT_SENSITIVE]
  const keepsAll = is.traits.every((trait) => willBe.traits.includes(trait))
  const before = new Set(is.allowed.map((one) => canonicalJson(one)))
  const allowsNew = willBe.allowed.some((one) => !before.has(canonicalJson(one)))
  return [
    ...wholeChange('sensitive.traits', is.traits, willBe.traits, () => (keepsAll ? 'lower' : 'raise')),
    ...wholeChange('sensitive.allowed', is.allowed, willBe.allowed, () => (allowsNew ? 'raise' : 'lower')),
  ]
}

const rampChanges = (from: RampSpec | null, to: RampSpec | null): readonly PolicyChange[] => {
  if (from === null || to === null)
    return wholeChange('ramp', from, to, () => (to === null ? 'raise' : 'lower'))
  const slower =
    to.stages.length >= from.stages.length &&
    from.stages.every((stage, index) => {
      const next = to.stages[index]
      return (
        next !== undefined &&
        next.share <= stage.share &&
        next.holdMs >= stage.holdMs &&
        next.contactsMin >= stage.contactsMin
      )
    })
  return [
    ...wholeChange('ramp.stages', from.stages, to.stages, () => (slower ? 'lower' : 'raise')),
    ...(['complaints', 'unsubscribes', 'bounces', 'errors'] as const).flatMap((name) =>
      numberChange(`ramp.${name}`, from[name], to[name], { up: 'raise', show: String }),
    ),
  ]
}
