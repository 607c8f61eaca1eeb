// The plan: everything people decide, as one YAML file under version control. Each section is read by
// the slice it belongs to; applying it appends the sections that changed, all or none.

import { parseDocument, stringify } from 'yaml'
import { Type, type Static } from 'typebox'
import type { Business } from '../kernel/business.ts'
import { canonicalJson, isRecord } from '../kernel/json.ts'
import { formatDuration, parseDuration } from '../kernel/duration.ts'
import { isTimeZone } from '../kernel/time.ts'
import { didYouMean, problem, shapeOf, type Problem } from '../kernel/problem.ts'
import { versionOf } from '../kernel/version.ts'
import { campaignsInForce, parseCampaign, renderCampaign } from '../decision/index.ts'
import type { CampaignSpec } from '../decision/events.ts'
import { parseCreatives, parseSender, renderCreatives, renderSender } from '../delivery/index.ts'
import type { AdsLinesApplied, CreativeSpec, SenderSpec } from '../delivery/events.ts'
import type { HoldoutSpec } from '../feedback/events.ts'
import type { GovernancePolicy } from '../governance/events.ts'
import { isGoverned, OPEN_POLICY, parseGovernance, renderGovernance } from '../governance/index.ts'
import { sensitiveProblems } from './plan-sensitive.ts'
import { limitsInForce, parseLimits, renderLimits } from '../guardrail/index.ts'
import type { LimitsSpec } from '../guardrail/events.ts'
import type { ModelsSpec } from '../model/events.ts'
import { parseModels, renderModels } from '../model/index.ts'
import type { ConsentText, RetentionSpec, SegmentSpec, ToneEvent } from '../profile/events.ts'
import {
  compileExpression,
  readConsents,
  readPrivacy,
  readToneSection,
  renderConsents,
  renderPrivacy,
  renderTone,
  segmentSchema,
  segmentSpecs,
} from '../profile/index.ts'
import type { BrandSpec } from '../brand/events.ts'
import { readBrand, renderBrand } from '../brand/index.ts'
import { AD_TRAITS, adTraits } from '../connect/index.ts'
import type { LoopState } from '../loop.ts'
import { readAds, renderAds, type AdsSpec } from './plan-ads.ts'
import { isFailure } from '../kernel/failure.ts'

export type PlanSpec = {
  /** null as long as none was ever applied. */
  readonly governance: GovernancePolicy | null
  readonly business: Business
  readonly holdout: HoldoutSpec
  readonly models: ModelsSpec
  readonly limits: LimitsSpec
  readonly sender: SenderSpec
  /** Whose text is read for how the person sounds. */
  readonly tone: readonly ToneEvent[]
  /** What people are asked to agree to. */
  readonly consents: readonly ConsentText[]
  /** How long personal data is kept, by class. */
  readonly privacy: RetentionSpec
  readonly segments: readonly SegmentSpec[]
  readonly creatives: readonly CreativeSpec[]
  readonly campaigns: readonly CampaignSpec[]
  /** null where no ad money is moved. */
  readonly ads: AdsSpec | null
  /** null where nobody watches what is said. */
  readonly brand: BrandSpec | null
}

/** In the order in which a plan is written. */
export const PLAN_SECTIONS = [
  'governance',
  'business',
  'holdout',
  'models',
  'limits',
  'sender',
  'tone',
  'consents',
  'privacy',
  'segments',
  'creatives',
  'campaigns',
  'ads',
  'brand',
] as const

const businessSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, description: 'what the business is called' }),
    time_zone: Type.String({ maxLength: 64, description: 'an IANA time zone such as Europe/Moscow' }),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'three capital letters such as EUR' }),
    locale: Type.Optional(Type.String({ minLength: 2, maxLength: 35 })),
    margin_share: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'share of revenue that is margin, 0 to 1' }),
    ),
  },
  { additionalProperties: false },
)

const holdoutSchema = Type.Object(
  {
    share: Type.Number({ minimum: 0, maximum: 0.5, description: 'share of people left alone, 0 to 0.5' }),
    salt: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    horizon: Type.Optional(Type.String({ description: 'a duration such as 30d' })),
    exempt_campaigns: Type.Optional(Type.Array(Type.String(), { maxItems: 1_000 })),
  },
  { additionalProperties: false },
)

const AD_PLATFORMS = { traitsOf: adTraits, known: Object.keys(AD_TRAITS) }

const checkBusiness = shapeOf(businessSchema)
const checkHoldout = shapeOf(holdoutSchema)
const checkSegment = shapeOf(segmentSchema)

export type ParsedPlan = { readonly plan: PlanSpec | null; readonly problems: readonly Problem[] }

const YAML_ALIASES_MAX = 100
const CAMPAIGNS_MAX = 200
/** What the profile slice keeps apart. */
const SEGMENTS_MAX = 64

/** Reads a plan; sections left out keep what is in force. With problems, `plan` is null. */
export const parsePlan = (yaml: string, now: PlanSpec): ParsedPlan => {
  const document = parseDocument(yaml, { prettyErrors: true, uniqueKeys: true })
  if (document.errors.length > 0)
    return {
      plan: null,
      problems: document.errors.map(({ message }) =>
        problem('', message.split('\n')[0] ?? message, 'Mend the YAML.'),
      ),
    }
  let root: unknown
  try {
    root = document.toJS({ maxAliasCount: YAML_ALIASES_MAX }) ?? {}
  } catch (error) {
    // A bomb of aliases, refused by the parser.
    return {
      plan: null,
      problems: [
        problem('', error instanceof Error ? error.message : 'cannot be read', 'Write it without aliases.'),
      ],
    }
  }
  if (!isRecord(root))
    return {
      plan: null,
      problems: [problem('', 'a plan is a list of sections', `Sections: ${PLAN_SECTIONS.join(', ')}.`)],
    }
  const problems: Problem[] = Object.keys(root)
    .filter((key) => !PLAN_SECTIONS.includes(key as (typeof PLAN_SECTIONS)[number]))
    .map((key) => problem(key, `unknown section \`${key}\``, didYouMean(key, PLAN_SECTIONS)))
  const plan: PlanSpec = {
    governance: 'governance' in root ? readGovernance(root['governance'], now, problems) : now.governance,
    business: 'business' in root ? readBusiness(root['business'], problems) : now.business,
    holdout: 'holdout' in root ? readHoldout(root['holdout'], now.holdout, problems) : now.holdout,
    models: 'models' in root ? parseModels(root['models'], problems) : now.models,
    limits: 'limits' in root ? (readLimits(root['limits'], problems) ?? now.limits) : now.limits,
    sender: 'sender' in root ? (readSender(root['sender'], problems) ?? now.sender) : now.sender,
    tone: 'tone' in root ? readToneSection(root['tone'], problems) : now.tone,
    consents: 'consents' in root ? readConsents(root['consents'], problems) : now.consents,
    privacy: 'privacy' in root ? readPrivacy(root['privacy'], problems) : now.privacy,
    segments: 'segments' in root ? readSegments(root['segments'], problems) : now.segments,
    creatives: 'creatives' in root ? readCreatives(root['creatives'], problems) : now.creatives,
    campaigns: 'campaigns' in root ? readCampaigns(root['campaigns'], problems) : now.campaigns,
    ads: 'ads' in root ? readAds(root['ads'], problems, AD_PLATFORMS) : now.ads,
    brand: 'brand' in root ? readBrand(root['brand'], problems) : now.brand,
  }
  problems.push(
    ...crossChecks(plan),
    ...sensitiveProblems({ ...plan, policy: plan.governance ?? OPEN_POLICY }),
  )
  return { plan: problems.length === 0 ? plan : null, problems }
}

const readBusiness = (section: unknown, problems: Problem[]): Business => {
  const found = checkBusiness(section, 'business')
  problems.push(...found)
  const given = (isRecord(section) ? section : {}) as Partial<Static<typeof businessSchema>>
  const timeZone = given.time_zone ?? 'UTC'
  if (found.length === 0 && !isTimeZone(timeZone))
    problems.push(
      problem(
        'business.time_zone',
        `${timeZone} is not a time zone`,
        'Use an IANA name such as Europe/Moscow.',
      ),
    )
  return {
    name: given.name ?? '',
    timeZone,
    currency: given.currency ?? 'EUR',
    locale: given.locale ?? 'en',
    marginShare: given.margin_share ?? 1,
  }
}

const readHoldout = (section: unknown, now: HoldoutSpec, problems: Problem[]): HoldoutSpec => {
  problems.push(...checkHoldout(section, 'holdout'))
  const given = (isRecord(section) ? section : {}) as Partial<Static<typeof holdoutSchema>>
  const horizonMs = given.horizon === undefined ? now.horizonMs : parseDuration(given.horizon)
  if (horizonMs === undefined || horizonMs <= 0)
    problems.push(
      problem('holdout.horizon', `${given.horizon} is not a duration`, 'Write 30d, 12h and the like.'),
    )
  return {
    share: given.share ?? now.share,
    salt: given.salt ?? now.salt,
    horizonMs: horizonMs ?? now.horizonMs,
    ...(given.exempt_campaigns === undefined ? {} : { exemptCampaigns: given.exempt_campaigns }),
  }
}

const under = (path: string, found: readonly Problem[]): readonly Problem[] =>
  found.map((one) => ({
    ...one,
    path: one.path === '' ? path : one.path.startsWith('[') ? `${path}${one.path}` : `${path}.${one.path}`,
  }))

const readLimits = (section: unknown, problems: Problem[]): LimitsSpec | undefined => {
  const read = parseLimits(section)
  if (read.ok) return read.value
  problems.push(...under('limits', read.error))
  return undefined
}

/** An empty section is the open policy, in force. */
const readGovernance = (section: unknown, now: PlanSpec, problems: Problem[]): GovernancePolicy | null => {
  const read = parseGovernance(section)
  if (read.ok) return read.value
  problems.push(...under('governance', read.error))
  return now.governance
}

const readSender = (section: unknown, problems: Problem[]): SenderSpec | null => {
  const read = parseSender(section)
  problems.push(...read.problems)
  return read.value
}

const readCreatives = (section: unknown, problems: Problem[]): readonly CreativeSpec[] => {
  const read = parseCreatives(section)
  problems.push(...read.problems)
  return read.value
}

const readList = (section: unknown, path: string, max: number, problems: Problem[]): readonly unknown[] => {
  if (section === null || section === undefined) return []
  if (Array.isArray(section) && section.length <= max) return section
  problems.push(
    problem(
      path,
      Array.isArray(section) ? `more than ${max}` : 'is not a list',
      'Write each entry as `- id: …`.',
    ),
  )
  return []
}

const readSegments = (section: unknown, problems: Problem[]): readonly SegmentSpec[] =>
  readList(section, 'segments', SEGMENTS_MAX, problems).flatMap((entry, index) => {
    const path = `segments[${index}]`
    const found = checkSegment(entry, path)
    problems.push(...found)
    if (found.length > 0) return []
    const spec = entry as SegmentSpec
    try {
      compileExpression(spec.when, { segments: false })
    } catch (error) {
      if (!isFailure(error)) throw error
      problems.push(problem(`${path}.when`, error.message, error.hint ?? ''))
    }
    return [{ id: spec.id, name: spec.name, when: spec.when }]
  })

const readCampaigns = (section: unknown, problems: Problem[]): readonly CampaignSpec[] =>
  readList(section, 'campaigns', CAMPAIGNS_MAX, problems).flatMap((entry, index) => {
    const read = parseCampaign(entry)
    if (read.ok) return [read.value]
    problems.push(...under(`campaigns[${index}]`, read.error))
    return []
  })

/** What no section can see alone: ids used twice, creatives that are not there. */
const crossChecks = ({ campaigns, creatives, segments, sender, ads }: PlanSpec): readonly Problem[] => {
  const problems: Problem[] = []
  for (const [name, ids] of [
    ['campaigns', campaigns.map(({ id }) => String(id))],
    ['segments', segments.map(({ id }) => id)],
  ] as const)
    for (const id of ids.filter((one, index) => ids.indexOf(one) < index))
      problems.push(problem(name, `\`${id}\` is there twice`, 'Give each an id of its own.'))
  const known = new Map<string, CreativeSpec>(creatives.map((creative) => [creative.id, creative]))
  for (const campaign of campaigns)
    for (const action of campaign.actions) {
      const creative = known.get(action.creativeId)
      if (creative === undefined)
        problems.push(
          problem(
            `campaigns ${campaign.id}`,
            `there is no creative \`${action.creativeId}\``,
            didYouMean(action.creativeId, [...known.keys()]),
          ),
        )
      else if (creative.channel !== action.channel)
        problems.push(
          problem(
            `campaigns ${campaign.id}`,
            `creative \`${action.creativeId}\` is for ${creative.channel}, not ${action.channel}`,
          ),
        )
    }
  for (const line of ads?.lines ?? [])
    for (const id of line.says?.creatives ?? [])
      if (!known.has(id))
        problems.push(
          problem(
            `ads.lines ${line.id}`,
            `there is no creative \`${id}\``,
            didYouMean(id, [...known.keys()]),
          ),
        )
  if (sender.email === '' && creatives.some(({ channel }) => channel === 'email'))
    problems.push(problem('sender', 'mail needs a sender', 'Add sender: with name, email and footer.'))
  return [...new Map(problems.map((one) => [canonicalJson(one), one])).values()]
}

/** What is in force, read from folded state. */
export const planInForce = ({
  governance,
  business,
  feedback,
  guardrail,
  delivery,
  profile,
  decision,
  budget,
  persons,
  brand,
}: LoopState): PlanSpec => ({
  governance: isGoverned(governance) ? governance.policy : null,
  business,
  holdout: feedback.holdout,
  models: persons.settings,
  limits: limitsInForce(guardrail).limits,
  sender: delivery.sender,
  tone: profile.toneEvents,
  consents: profile.consentTexts,
  privacy: profile.retention.spec,
  segments: segmentSpecs(profile),
  creatives: [...delivery.creatives.values()],
  campaigns: campaignsInForce(decision).campaigns,
  ads: adsOf(budget.lines),
  brand: brand.spec,
})

const adsOf = (lines: AdsLinesApplied | null): AdsSpec | null => {
  if (lines === null) return null
  const { version: _version, ...spec } = lines
  return spec
}

export const planVersion = (plan: PlanSpec): string => versionOf(plan)

/** The YAML that {@link parsePlan} reads back as the same plan. */
export const renderPlan = (plan: PlanSpec): string => {
  const { business, holdout, governance } = plan
  return stringify(
    {
      ...(governance === null ? {} : { governance: renderGovernance(governance) }),
      business: {
        name: business.name,
        time_zone: business.timeZone,
        currency: business.currency,
        locale: business.locale,
        margin_share: business.marginShare,
      },
      holdout: {
        share: holdout.share,
        salt: holdout.salt,
        horizon: formatDuration(holdout.horizonMs),
        ...(holdout.exemptCampaigns === undefined ? {} : { exempt_campaigns: holdout.exemptCampaigns }),
      },
      models: renderModels(plan.models),
      limits: renderLimits(plan.limits),
      ...(plan.sender.email === '' ? {} : { sender: renderSender(plan.sender) }),
      tone: renderTone(plan.tone),
      ...(plan.consents.length === 0 ? {} : { consents: renderConsents(plan.consents) }),
      privacy: renderPrivacy(plan.privacy),
      segments: plan.segments,
      creatives: renderCreatives(plan.creatives),
      campaigns: plan.campaigns.map(renderCampaign),
      ...(plan.ads === null ? {} : { ads: renderAds(plan.ads) }),
      ...(plan.brand === null ? {} : { brand: renderBrand(plan.brand) }),
    },
    { lineWidth: 110, aliasDuplicateObjects: false },
  )
}
