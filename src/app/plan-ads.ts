// The plan's section `ads`: lines, caps and rules of ad money, in units a person writes. What a platform can do is not
// written there: it comes from the platform's adapter.

import { Type, type Static } from 'typebox'
import type { AdLineSpec, AdsLinesApplied, PlatformTraits } from '../delivery/events.ts'
import { SPEND_RULES } from '../guardrail/index.ts'
import { formatDuration, parseDuration } from '../kernel/duration.ts'
import { isRecord } from '../kernel/json.ts'
import { fromMicros } from '../kernel/money.ts'
import { didYouMean, problem, shapeOf, type Problem } from '../kernel/problem.ts'
import { isTimeZone } from '../kernel/time.ts'

const LINES_MAX = 10_000
const money = (description: string) => Type.Number({ minimum: 0, maximum: 1e9, description })

export const adsSchema = Type.Object(
  {
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'currency of the ad accounts, such as EUR' }),
    time_zone: Type.String({ description: 'zone of the ad accounts: where their day begins' }),
    day_target: money('what all lines together should spend a day'),
    day_max: money('what all lines together may cost a day, worst case included'),
    month_max: money('what all lines together may cost a month, worst case included'),
    raise_step_max: Type.Optional(
      Type.Number({ minimum: 0, maximum: 5, description: 'most that one raise adds, as a share' }),
    ),
    raise_day_max: Type.Optional(
      Type.Number({ minimum: 0, maximum: 5, description: 'most that raises add in a day, as a share' }),
    ),
    raise_apart: Type.Optional(
      Type.String({ description: 'least time between two raises of a line, such as 12h' }),
    ),
    edits_reserved: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 10, description: 'edits a day kept for a cut' }),
    ),
    react_days: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 14,
        description: 'days that must fit the caps before anybody can react',
      }),
    ),
    lines: Type.Array(
      Type.Object(
        {
          id: Type.String({
            pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
            description: 'your name of the line, in small letters',
          }),
          name: Type.Optional(Type.String({ maxLength: 200 })),
          platform: Type.String({ description: 'google-ads, meta, yandex-direct, vk-ads or file' }),
          account: Type.Optional(
            Type.String({
              pattern: '^[\\w.@-]{1,100}$',
              description: 'which account of the settings; may be left out where there is one',
            }),
          ),
          external_id: Type.String({
            minLength: 1,
            maxLength: 200,
            description: 'the line’s id on the platform',
          }),
          day_max: money('what the line may cost a day, worst case included'),
          month_max: money('what the line may cost a month, worst case included'),
          day_low: Type.Optional(money('least budget a day that the plan may choose')),
          capacity: Type.Optional(money('spend a day beyond which nobody can serve what it brings')),
          results_max: Type.Optional(
            Type.Number({ minimum: 0, maximum: 1e9, description: 'results a day that can be served' }),
          ),
          products: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
              maxItems: 500,
              description: 'ids of what it sells: paused while all of it is sold out',
            }),
          ),
          category: Type.Optional(
            Type.String({ minLength: 1, maxLength: 200, description: 'category it sells, likewise' }),
          ),
          keywords: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
              maxItems: 1_000,
              description: 'searches it is shown for and words of its ads: paused beside a crisis about them',
            }),
          ),
          creatives: Type.Optional(
            Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
              maxItems: 100,
              description: 'creatives of this plan that it shows, likewise',
            }),
          ),
          margin_share: Type.Optional(
            Type.Number({
              minimum: 0,
              maximum: 1,
              description: 'share of the reported value that is margin',
            }),
          ),
        },
        { additionalProperties: false },
      ),
      { maxItems: LINES_MAX },
    ),
  },
  { additionalProperties: false },
)

type Section = Static<typeof adsSchema>
const checkAds = shapeOf(adsSchema)

export type AdsSpec = Omit<AdsLinesApplied, 'version'>
export type TraitsOf = (platform: string, currency: string, externalId?: string) => PlatformTraits | undefined

/** Money to whole steps of the smallest unit a cap is kept in. */
const micros = (amount: number): number => Math.round(amount * 1_000_000)

/** Reads the section; null with its problems noted. `known` are the platforms there are. */
export const readAds = (
  section: unknown,
  problems: Problem[],
  { traitsOf, known }: { readonly traitsOf: TraitsOf; readonly known: readonly string[] },
): AdsSpec | null => {
  const found = checkAds(section, 'ads')
  problems.push(...found)
  if (found.length > 0 || !isRecord(section)) return null
  const given = section as Section
  const before = problems.length
  if (!isTimeZone(given.time_zone))
    problems.push(
      problem(
        'ads.time_zone',
        `${given.time_zone} is not a time zone`,
        'Use an IANA name such as Europe/Moscow.',
      ),
    )
  const raiseApartMs =
    given.raise_apart === undefined ? SPEND_RULES.raiseApartMs : parseDuration(given.raise_apart)
  if (raiseApartMs === undefined)
    problems.push(
      problem('ads.raise_apart', `${given.raise_apart} is not a duration`, 'Write 12h and the like.'),
    )
  const seen = new Set<string>()
  const lines = given.lines.flatMap((line, index): AdLineSpec[] => {
    const path = `ads.lines[${index}]`
    const traits = traitsOf(line.platform, given.currency, line.external_id)
    if (seen.has(line.id))
      problems.push(problem(path, `\`${line.id}\` is there twice`, 'Give each an id of its own.'))
    seen.add(line.id)
    if (traits === undefined) {
      problems.push(
        problem(
          `${path}.platform`,
          `there is no platform \`${line.platform}\``,
          didYouMean(line.platform, known),
        ),
      )
      return []
    }
    const least = fromMicros(traits.dayMinMicros)
    if (line.day_max < least * traits.overspendDay)
      problems.push(
        problem(
          `${path}.day_max`,
          `${line.day_max} leaves no room: the platform’s least budget is ${least} a day and may cost ${traits.overspendDay} times that`,
          `Give ${least * traits.overspendDay} or more, or leave the line out.`,
        ),
      )
    return [
      {
        id: line.id,
        name: line.name ?? line.id,
        platform: line.account === undefined ? line.platform : `${line.platform}/${line.account}`,
        externalId: line.external_id,
        traits,
        dayMaxMicros: micros(line.day_max),
        monthMaxMicros: micros(line.month_max),
        dayLowMicros: Math.max(micros(line.day_low ?? 0), traits.dayMinMicros),
        capacityMicros: line.capacity === undefined ? null : micros(line.capacity),
        ...(line.results_max === undefined ? {} : { resultsMax: line.results_max }),
        ...(line.products === undefined && line.category === undefined
          ? {}
          : { sells: { products: line.products ?? [], category: line.category ?? '' } }),
        ...(line.keywords === undefined && line.creatives === undefined
          ? {}
          : { says: { keywords: line.keywords ?? [], creatives: line.creatives ?? [] } }),
        marginShare: line.margin_share ?? 1,
      },
    ]
  })
  if (problems.length > before || raiseApartMs === undefined) return null
  return {
    currency: given.currency,
    timeZone: given.time_zone,
    portfolio: {
      dayTargetMicros: micros(given.day_target),
      dayMaxMicros: micros(given.day_max),
      monthMaxMicros: micros(given.month_max),
    },
    rules: {
      raiseStepMax: given.raise_step_max ?? SPEND_RULES.raiseStepMax,
      raiseDayMax: given.raise_day_max ?? SPEND_RULES.raiseDayMax,
      raiseApartMs,
      editsReserved: given.edits_reserved ?? SPEND_RULES.editsReserved,
      reactDays: given.react_days ?? SPEND_RULES.reactDays,
    },
    lines,
  }
}

/** The section that {@link readAds} reads back as the same. */
export const renderAds = (spec: AdsSpec): Section => ({
  currency: spec.currency,
  time_zone: spec.timeZone,
  day_target: fromMicros(spec.portfolio.dayTargetMicros),
  day_max: fromMicros(spec.portfolio.dayMaxMicros),
  month_max: fromMicros(spec.portfolio.monthMaxMicros),
  raise_step_max: spec.rules.raiseStepMax,
  raise_day_max: spec.rules.raiseDayMax,
  raise_apart: formatDuration(spec.rules.raiseApartMs),
  edits_reserved: spec.rules.editsReserved,
  react_days: spec.rules.reactDays,
  lines: spec.lines.map((line) => ({
    id: line.id,
    name: line.name,
    ...accountOf(line.platform),
    external_id: line.externalId,
    day_max: fromMicros(line.dayMaxMicros),
    month_max: fromMicros(line.monthMaxMicros),
    day_low: fromMicros(line.dayLowMicros),
    ...(line.capacityMicros === null ? {} : { capacity: fromMicros(line.capacityMicros) }),
    ...(line.resultsMax === undefined || line.resultsMax === null ? {} : { results_max: line.resultsMax }),
    ...sellsOf(line),
    ...saysOf(line),
    margin_share: line.marginShare,
  })),
})

const sellsOf = ({ sells }: AdLineSpec): { readonly products?: string[]; readonly category?: string } => ({
  ...(sells === undefined || sells === null || sells.products.length === 0
    ? {}
    : { products: [...sells.products] }),
  ...(sells === undefined || sells === null || sells.category === '' ? {} : { category: sells.category }),
})

const saysOf = ({ says }: AdLineSpec): { readonly keywords?: string[]; readonly creatives?: string[] } => ({
  ...(says === undefined || says === null || says.keywords.length === 0
    ? {}
    : { keywords: [...says.keywords] }),
  ...(says === undefined || says === null || says.creatives.length === 0
    ? {}
    : { creatives: [...says.creatives] }),
})

/** `google-ads/1234567890` as a person writes it. */
const accountOf = (name: string): { readonly platform: string; readonly account?: string } => {
  const [platform = '', account] = name.split('/')
  return account === undefined ? { platform } : { platform, account }
}
