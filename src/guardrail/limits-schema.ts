// Limits as people write them in a plan, read into a LimitsSpec and written back. What is left out
// keeps its careful default.

import Type from 'typebox'
import type { Static } from 'typebox'
import { DURATION_PATTERN, formatDuration, parseDuration } from '../kernel/duration.ts'
import { shapeOf, problem } from '../kernel/problem.ts'
import type { Problem } from '../kernel/problem.ts'
import { err, ok } from '../kernel/result.ts'
import type { Result } from '../kernel/result.ts'
import type { ChannelName } from '../profile/events.ts'
import type { LimitsSpec } from './events.ts'
import { CHANNELS } from './history.ts'
import { CAP_MAX, CAP_PER_MS_MAX, DEFAULT_LIMITS } from './limits.ts'

const Duration = Type.String({
  pattern: DURATION_PATTERN,
  description: 'write a duration like `7d`, `12h` or `30m`',
})
const Channel = Type.Union(
  [
    Type.Literal('email'),
    Type.Literal('push'),
    Type.Literal('sms'),
    Type.Literal('messenger'),
    Type.Literal('onsite'),
    Type.Literal('webhook'),
  ],
  { description: `a channel: ${CHANNELS.join(', ')}` },
)
const Count = (maximum: number) =>
  Type.Integer({ minimum: 0, maximum, description: `write a whole number from 0 to ${maximum}` })

/** The `limits` section of a plan. */
export const limitsSchema = Type.Object(
  {
    caps: Type.Optional(
      Type.Array(
        Type.Object(
          {
            channel: Type.Optional(Channel),
            max: Count(CAP_MAX),
            per: Duration,
          },
          { additionalProperties: false },
        ),
        { maxItems: 32, description: 'messages one person gets at most; without a channel: all together' },
      ),
    ),
    quiet_hours: Type.Optional(
      Type.String({
        pattern: '^(none|([01][0-9]|2[0-3]):00-([01][0-9]|2[0-3]):00)$',
        description: 'write whole local hours like `21:00-09:00`, or `none`',
      }),
    ),
    discounts: Type.Optional(
      Type.Union(
        [
          Type.Literal('unlimited'),
          Type.Object({ max: Count(CAP_MAX), per: Duration }, { additionalProperties: false }),
        ],
        { description: 'write `{max: 2, per: 30d}` or `unlimited`' },
      ),
    ),
    lateness: Type.Optional(Duration),
    purposes: Type.Optional(
      Type.Record(
        Type.String(),
        Type.String({ pattern: '^[a-z][a-z0-9_-]{0,39}$', description: 'name a consent purpose, or `none`' }),
      ),
    ),
    assume_consent: Type.Optional(Type.Array(Channel, { maxItems: 6 })),
  },
  { additionalProperties: false },
)

export type FriendlyLimits = Static<typeof limitsSchema>

const checkShape = shapeOf(limitsSchema)

/**
 * A `limits` section as a spec, or every problem in it. `undefined` (no section) gives the defaults.
 * @example parseLimits({ quiet_hours: '22:00-08:00' }) // ok, caps and the rest by default
 */
export const parseLimits = (json: unknown): Result<LimitsSpec, readonly Problem[]> => {
  if (json === undefined || json === null) return ok(DEFAULT_LIMITS)
  const problems = [...checkShape(json)]
  if (problems.length > 0) return err(problems)
  const friendly = json as FriendlyLimits
  const personCaps = friendly.caps?.map(({ channel, max, per }, index) => ({
    channel: channel ?? ('' as const),
    max,
    perMs: within(per, `caps[${index}].per`, problems),
  }))
  const discountCap =
    friendly.discounts === undefined
      ? DEFAULT_LIMITS.discountCap
      : friendly.discounts === 'unlimited'
        ? null
        : { max: friendly.discounts.max, perMs: within(friendly.discounts.per, 'discounts.per', problems) }
  const limits: LimitsSpec = {
    personCaps: personCaps ?? DEFAULT_LIMITS.personCaps,
    quietHours: readQuiet(friendly.quiet_hours, problems),
    discountCap,
    latenessMsMax:
      friendly.lateness === undefined
        ? DEFAULT_LIMITS.latenessMsMax
        : (parseDuration(friendly.lateness) ?? 0),
    purposes: readPurposes(friendly.purposes ?? {}, problems),
    ...(friendly.assume_consent === undefined ? {} : { assumedConsent: friendly.assume_consent }),
  }
  return problems.length > 0 ? err(problems) : ok(limits)
}

/** The section that {@link parseLimits} reads back as the same spec, nothing left to defaults. */
export const renderLimits = (limits: LimitsSpec): FriendlyLimits => {
  const quiet = limits.quietHours
  const { discountCap } = limits
  const purposes = Object.entries(limits.purposes).map(([channel, purpose]) => [
    channel,
    purpose === '' ? 'none' : purpose,
  ])
  return {
    caps: limits.personCaps.map(({ channel, max, perMs }) => ({
      ...(channel === '' ? {} : { channel }),
      max,
      per: formatDuration(perMs),
    })),
    quiet_hours: quiet === null ? 'none' : `${hourText(quiet.fromHour)}-${hourText(quiet.toHour)}`,
    discounts:
      discountCap === null ? 'unlimited' : { max: discountCap.max, per: formatDuration(discountCap.perMs) },
    lateness: formatDuration(limits.latenessMsMax),
    ...(purposes.length === 0 ? {} : { purposes: Object.fromEntries(purposes) as Record<string, string> }),
    ...(limits.assumedConsent === undefined ? {} : { assume_consent: [...limits.assumedConsent] }),
  }
}

const within = (text: string, path: string, problems: Problem[]): number => {
  const ms = parseDuration(text) ?? 0
  if (ms <= 0) problems.push(problem(path, `\`${text}\` is no time at all`, 'write a duration like `7d`'))
  if (ms > CAP_PER_MS_MAX)
    problems.push(
      problem(path, `\`${text}\` looks back too far`, `at most ${formatDuration(CAP_PER_MS_MAX)}`),
    )
  return ms
}

const readQuiet = (text: string | undefined, problems: Problem[]): LimitsSpec['quietHours'] => {
  if (text === undefined) return DEFAULT_LIMITS.quietHours
  if (text === 'none') return null
  const fromHour = Number(text.slice(0, 2))
  const toHour = Number(text.slice(6, 8))
  if (fromHour === toHour)
    problems.push(
      problem('quiet_hours', `\`${text}\` would be quiet all day`, 'write `none`, or STOP the channel'),
    )
  return { fromHour, toHour }
}

const readPurposes = (
  purposes: Readonly<Record<string, string>>,
  problems: Problem[],
): Record<string, string> => {
  const read: Record<string, string> = {}
  for (const [channel, purpose] of Object.entries(purposes)) {
    if (!CHANNELS.includes(channel as ChannelName))
      problems.push(
        problem(`purposes.${channel}`, `unknown channel \`${channel}\``, `known: ${CHANNELS.join(', ')}`),
      )
    else read[channel] = purpose === 'none' ? '' : purpose
  }
  return read
}

const hourText = (hour: number): string => `${String(hour).padStart(2, '0')}:00`
