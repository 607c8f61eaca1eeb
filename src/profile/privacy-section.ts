// The plan's section `privacy`: how long personal data is kept, by class.

import { Type, type Static } from 'typebox'
import { isRecord } from '../kernel/json.ts'
import { problem, shapeOf, type Problem } from '../kernel/problem.ts'
import type { DataClass, RetentionSpec } from './events.ts'
import { DATA_CLASSES } from './retention.ts'

const KEPT = 'kept'
const MONTHS_MAX = 240
/** Shorter ones would take from rewards that are still being waited for, and from what models learn of. */
const MONTHS_MIN = 4

const periodSchema = (what: string) =>
  Type.Optional(
    Type.String({ maxLength: 20, description: `${what}: \`13 months\`, \`2 years\` or \`kept\`` }),
  )

export const privacySchema = Type.Object(
  {
    retention: Type.Optional(
      Type.Object(
        {
          contact: periodSchema('people nobody has heard of'),
          behaviour: periodSchema('pages and events'),
          orders: periodSchema('orders and refunds'),
          mentions: periodSchema('what the public says of the business'),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
)

const check = shapeOf(privacySchema)

/** What is left out is kept. */
export const readPrivacy = (section: unknown, problems: Problem[]): RetentionSpec => {
  const found = section === null ? [] : check(section, 'privacy')
  problems.push(...found)
  const given = found.length === 0 && isRecord(section) ? (section as Static<typeof privacySchema>) : {}
  const months = (dataClass: DataClass): number =>
    readPeriod(given.retention?.[dataClass] ?? KEPT, `privacy.retention.${dataClass}`, problems)
  return {
    contact: months('contact'),
    behaviour: months('behaviour'),
    orders: months('orders'),
    mentions: months('mentions'),
  }
}

const readPeriod = (text: string, path: string, problems: Problem[]): number => {
  if (text.trim() === KEPT) return 0
  const [, count = '', unit = ''] = /^\s*(\d{1,3})\s*(months?|years?)\s*$/.exec(text) ?? []
  const months = Number(count) * (unit.startsWith('year') ? 12 : 1)
  if (count !== '' && months >= MONTHS_MIN && months <= MONTHS_MAX) return months
  problems.push(
    problem(
      path,
      count === ''
        ? `${text} is not a period`
        : `${text} is not between ${MONTHS_MIN} and ${MONTHS_MAX} months`,
      'Write `13 months`, `2 years` or `kept`.',
    ),
  )
  return 0
}

export const periodText = (months: number): string =>
  months === 0
    ? KEPT
    : months % 12 === 0
      ? months === 12
        ? '1 year'
        : `${months / 12} years`
      : `${months} months`

export const renderPrivacy = (spec: RetentionSpec): Static<typeof privacySchema> => ({
  retention: Object.fromEntries(DATA_CLASSES.map((one) => [one, periodText(spec[one])])),
})

/** `behaviour: kept → 13 months`, what differs. */
export const retentionChanges = (from: RetentionSpec, to: RetentionSpec): readonly string[] =>
  DATA_CLASSES.filter((one) => from[one] !== to[one]).map(
    (one) => `${one} ${periodText(from[one])} → ${periodText(to[one])}`,
  )

/** Whether anything that is kept now would go. */
export const shortens = (from: RetentionSpec, to: RetentionSpec): boolean =>
  DATA_CLASSES.some((one) => to[one] !== 0 && (from[one] === 0 || to[one] < from[one]))
