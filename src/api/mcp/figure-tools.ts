// What agents may look at of the business: the brief, campaigns, decisions and why, what it brought, money, the plan.

import { Type, type TSchema } from 'typebox'
import { campaignOf } from '../../decision/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { asCampaignId } from '../../kernel/ids.ts'
import { forecastAhead } from '../../stages/forecasting.ts'
import type { Brief, DecisionRow, Lift } from '../contract.ts'
import { viewBrief } from '../views/brief.ts'
import { viewDecision, viewDecisions } from '../views/decisions.ts'
import { viewLift } from '../views/lift.ts'
import type { ViewSources } from '../views/sources.ts'
import { plain, strangerOf, strangerSchema } from './strangers.ts'
import { closed, moment, tool, type Agent } from './tool.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const text = Type.String()
const count = Type.Integer()
const amount = Type.Number()
const at = Type.String({ description: 'ISO 8601, UTC' })
const nothing = Type.Object({}, closed)
export const LIST_MAX = 50
export const limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: LIST_MAX, description: 'how many at most; 20 when left out' }),
)
export const LIMIT_DEFAULT = 20
const campaignId = Type.String({
  minLength: 1,
  maxLength: 60,
  description: 'id of a campaign, see `campaigns`',
})

const liftSchema = Type.Object(
  {
    campaignId: Type.String({ description: '"" = all campaigns together' }),
    verdict: Type.String({ description: 'ahead, behind, not_known_yet or sample_ratio_mismatch' }),
    difference: nullable(amount),
    low: nullable(amount),
    high: nullable(amount),
    confidence: amount,
    earned: nullable(amount),
    smallestDetectable: nullable(amount),
    treatedPeople: count,
    holdoutPeople: count,
  },
  {
    description:
      'Money per person more than people who are left alone, with its interval. While the verdict is not_known_yet the difference must not be told as a result.',
  },
)
const liftOf = (lift: Lift) => ({
  campaignId: lift.campaignId,
  verdict: lift.verdict,
  difference: lift.difference,
  low: lift.low,
  high: lift.high,
  confidence: lift.confidence,
  earned: lift.earned,
  smallestDetectable: lift.smallestDetectable,
  treatedPeople: lift.treated.people,
  holdoutPeople: lift.holdout.people,
})

const campaignSchema = Type.Object({
  campaignId: text,
  name: text,
  status: Type.String({ description: 'live, paused or shadow' }),
  decisions: count,
  acted: count,
  nothing: Type.Integer({ description: 'decisions to leave somebody alone' }),
  conversions: count,
  reward: amount,
  spent: amount,
  budget: nullable(amount),
  actions: Type.Array(Type.Object({ actionId: text, share: amount, meanReward: nullable(amount) })),
})
const campaignRow = (row: Brief['campaigns'][number]) => ({ ...row, name: plain(row.name) })

const brief = tool({
  name: 'brief',
  title: 'Brief',
  description:
    'The state of the whole installation on one page: what is stopped, what was sent and brought today and in all, whether it earns (with interval), what wants a person. Start here.',
  needs: 'figures.read',
  reads: true,
  input: nothing,
  output: Type.Object({
    now: at,
    business: Type.Object({ name: text, currency: text, timeZone: text }),
    mode: Type.String({ description: 'live, or demo: a simulated market' }),
    stopped: Type.Boolean(),
    counts: Type.Record(Type.String(), Type.Number()),
    lift: liftSchema,
    pendingApprovals: count,
    attention: Type.Array(Type.Object({ kind: text, severity: text, count, detail: text })),
  }),
  run: ({ sources }) => {
    const view = viewBrief(sources)
    const { name, currency, timeZone } = view.business
    return {
      now: moment(view.now),
      business: { name: plain(name), currency, timeZone },
      mode: view.mode,
      stopped: view.stop.active,
      counts: view.counts,
      lift: liftOf(view.lift),
      pendingApprovals: view.pendingApprovals,
      attention: view.attention.map((one) => ({ ...one, detail: plain(one.detail) })),
    }
  },
})

const campaigns = tool({
  name: 'campaigns',
  title: 'Campaigns',
  description:
    'Every campaign of the plan with what it decided, cost and brought, and which actions it draws.',
  needs: 'figures.read',
  reads: true,
  input: nothing,
  output: Type.Object({ campaigns: Type.Array(campaignSchema) }),
  run: ({ sources }) => ({ campaigns: viewBrief(sources).campaigns.map(campaignRow) }),
})

const range = Type.Object({ mean: amount, low: amount, high: amount })

const campaign = tool({
  name: 'campaign',
  title: 'One campaign',
  description:
    'One campaign: its figures, its lift against the holdout, whom it is for, and what it is expected to bring next (80 % intervals).',
  needs: 'figures.read',
  reads: true,
  input: Type.Object({ campaignId }, closed),
  output: Type.Object({
    campaign: campaignSchema,
    audience: Type.String({ description: 'rule over the profile; "" = everybody' }),
    trigger: text,
    actions: Type.Array(Type.Object({ actionId: text, channel: text })),
    lift: liftSchema,
    forecast: Type.Object({
      of: Type.String({ description: 'run: its next run; days: the days ahead' }),
      days: count,
      audience: count,
      messages: nullable(range),
      margin: nullable(range),
      lossChance: nullable(amount),
    }),
  }),
  run: ({ sources }, input) => {
    const { loop } = sources
    const spec = campaignOf(loop.state.decision, asCampaignId(input.campaignId))
    const row = viewBrief(sources).campaigns.find((one) => one.campaignId === input.campaignId)
    if (spec === undefined || row === undefined)
      throw new Failure({
        code: 'http.not_found',
        message: 'There is no campaign with this id.',
        hint: 'See the tool campaigns.',
      })
    const { of, days, audience, forecast } = forecastAhead(loop.state, spec, loop.ctx.now())
    return {
      campaign: campaignRow(row),
      audience: spec.audience,
      trigger: spec.trigger.kind,
      actions: spec.actions.map(({ id, channel }) => ({ actionId: id, channel })),
      lift: liftOf(viewLift(sources, spec.id)),
      forecast: {
        of,
        days,
        audience,
        messages: forecast?.messages ?? null,
        margin: forecast?.margin ?? null,
        lossChance: forecast?.lossChance ?? null,
      },
    }
  },
})

const decisionSchema = Type.Object({
  decisionId: text,
  at,
  campaignId: text,
  profileId: text,
  person: nullable(strangerSchema),
  actionId: text,
  channel: nullable(text),
  verdict: Type.String({ description: 'act, nothing or withheld' }),
  group: Type.String({ description: 'treated, or holdout: left alone for the measurement' }),
  propensity: amount,
  delivery: nullable(text),
  reward: nullable(amount),
  why: text,
})
/** A name is for keys that may see people; everybody else has the profile's id. */
const decisionRow = (row: DecisionRow, agent: Agent) => ({
  ...row,
  at: moment(row.at),
  person: agent.may('people.read') ? strangerOf(row.person) : null,
  why: plain(row.why, 600),
})

const decisions = tool({
  name: 'decisions',
  title: 'Decisions',
  description:
    'Latest decisions, newest first: whom, what, by which chance, why in one sentence, what came of it. People are named by profile id.',
  needs: 'decisions.read',
  reads: true,
  input: Type.Object(
    {
      campaignId: Type.Optional(campaignId),
      verdict: Type.Optional(
        Type.Union([Type.Literal('act'), Type.Literal('nothing'), Type.Literal('withheld')], {
          description: 'act, nothing or withheld',
        }),
      ),
      profileId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      before: Type.Optional(Type.String({ maxLength: 30, description: '`next` of the page before' })),
      limit,
    },
    closed,
  ),
  output: Type.Object({ decisions: Type.Array(decisionSchema), next: nullable(text) }),
  run: async ({ sources }, input, agent) => {
    const { campaignId: of, verdict, profileId, before } = input
    const page = await viewDecisions(sources, {
      limit: input.limit ?? LIMIT_DEFAULT,
      language: 'en',
      ...(of === undefined ? {} : { campaign: of }),
      ...(verdict === undefined ? {} : { verdict }),
      ...(profileId === undefined ? {} : { profile: profileId }),
      ...(before === undefined ? {} : { before }),
    })
    return { decisions: page.items.map((row) => decisionRow(row, agent)), next: page.next }
  },
})

const reason = Type.Object({ code: text, detail: text })

const decision = tool({
  name: 'decision',
  title: 'Why one decision',
  description:
    'One decision whole: reasons in words, every candidate with its expected value and probability, what was ruled out and why, delivery and outcome, and whether it replays to the same draw.',
  needs: 'decisions.read',
  reads: true,
  input: Type.Object({ decisionId: Type.String({ minLength: 1, maxLength: 300 }) }, closed),
  output: Type.Object({
    decision: decisionSchema,
    reasons: Type.Array(text),
    scores: Type.Array(text),
    candidates: Type.Array(
      Type.Object({ actionId: text, mean: amount, stderr: amount, probability: amount }),
    ),
    rejected: Type.Array(Type.Object({ actionId: text, reasons: Type.Array(reason) })),
    vetoes: Type.Array(reason),
    context: Type.Array(Type.Object({ name: text, value: strangerSchema })),
    versions: Type.Record(Type.String(), Type.String()),
    replays: Type.Boolean(),
    deliveries: Type.Array(Type.Object({ at, type: text, detail: text })),
    outcomes: Type.Array(Type.Object({ at, kind: text, reward: amount })),
  }),
  run: async ({ sources }, { decisionId }, agent) => {
    const detail = await viewDecision(sources, decisionId, 'en')
    const { candidates, rejected, vetoes, versions, replays } = detail
    return {
      decision: decisionRow(detail.row, agent),
      reasons: detail.reasons.map((line) => plain(line, 600)),
      scores: detail.scores.map((line) => plain(line, 600)),
      candidates,
      rejected,
      vetoes,
      // What a page or an app said of itself: strangers' words.
      context: Object.entries(detail.context)
        .slice(0, LIST_MAX)
        .map(([name, value]) => ({ name: plain(name, 60), value: strangerOf(spelt(value)) })),
      versions,
      replays,
      deliveries: detail.deliveries.map((one) => ({
        ...one,
        at: moment(one.at),
        detail: plain(one.detail),
      })),
      outcomes: detail.outcomes.map((one) => ({ ...one, at: moment(one.at) })),
    }
  },
})

const spelt = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const lift = tool({
  name: 'lift',
  title: 'Lift and experiments',
  description:
    'What campaigns really brought, against people who were left alone: one campaign or all. Honest: not_known_yet until the interval says more.',
  needs: 'figures.read',
  reads: true,
  input: Type.Object({ campaignId: Type.Optional(campaignId) }, closed),
  output: Type.Object({ currency: text, all: liftSchema, campaigns: Type.Array(liftSchema) }),
  run: ({ sources }, input) => ({
    currency: sources.loop.state.business.currency,
    all: liftOf(viewLift(sources)),
    campaigns: idsOf(sources, input.campaignId).map((id) => liftOf(viewLift(sources, id))),
  }),
})

const idsOf = (sources: ViewSources, wanted: string | undefined): readonly string[] =>
  viewBrief(sources)
    .campaigns.map(({ campaignId: id }) => id)
    .filter((id) => wanted === undefined || id === wanted)

const plan = tool({
  name: 'plan',
  title: 'Plan in force',
  description:
    'The whole plan as YAML: campaigns, creatives, segments, limits, ads, policy. Read it before you propose a change with `propose_plan`.',
  needs: 'plan.read',
  reads: true,
  input: nothing,
  output: Type.Object({ version: text, yaml: text }),
  run: (desk) => ({ ...desk.plan() }),
})

export const FIGURE_TOOLS = [brief, campaigns, campaign, decisions, decision, lift, plan]
