// Decisions in process: 20 actions and 40 features of person and moment, pruned, scored, drawn, the
// record built and spelt as JSON. Beside it what cannot be saved: scoring and distribution alone.

import { checkAction, createGuardrail, NO_OUTSIDE_STOPS } from '../src/guardrail/index.ts'
import {
  decide,
  decisionIdOf,
  nothingFeatures,
  actionFeatures,
  parseCampaign,
} from '../src/decision/index.ts'
import type { CampaignSpec, DecisionMade } from '../src/decision/events.ts'
import { assert } from '../src/kernel/assert.ts'
import { DEFAULT_BUSINESS } from '../src/kernel/business.ts'
import { asProfileId } from '../src/kernel/ids.ts'
import { Failure } from '../src/kernel/failure.ts'
import { createRng } from '../src/kernel/rng.ts'
import { createBandit, distribution, learn, scoreActions } from '../src/model/index.ts'
import type { Bandit } from '../src/model/index.ts'
import type { Feature } from '../src/model/events.ts'

export type Row = {
  readonly name: string
  readonly ours: number
  readonly baseline: number
  readonly unit: string
  readonly ratio: number
}

const NOON = Date.parse('2026-06-01T12:00:00Z')
const PEOPLE = 1_000
const ROUNDS = 20_000

/** Decisions per second, and the share that scoring and drawing alone would take. */
export const run = async (): Promise<Row[]> => {
  const campaign = bank()
  const people = Array.from({ length: PEOPLE }, (_, index) => featuresOf(index))
  const model = taught(campaign, people)
  const ours = best(() => decideAll(campaign, people, model, true))
  const unspelt = best(() => decideAll(campaign, people, model, false))
  const bare = best(() => scoreAll(campaign, people, model))
  await Promise.resolve()
  return [
    {
      name: 'decide, 20 actions x 40 features, checked, drawn, spelt as JSON',
      ours: ours.perSecond,
      baseline: bare.perSecond,
      unit: 'decisions/s',
      ratio: ours.perSecond / bare.perSecond,
    },
    {
      name: 'the same, not yet spelt as JSON',
      ours: unspelt.perSecond,
      baseline: bare.perSecond,
      unit: 'decisions/s',
      ratio: unspelt.perSecond / bare.perSecond,
    },
    {
      name: 'the same, per decision',
      ours: 1e6 / ours.perSecond,
      baseline: 1e6 / bare.perSecond,
      unit: 'µs',
      ratio: bare.perSecond / ours.perSecond,
    },
  ]
}

type Measured = { readonly perSecond: number }

/** The fastest of three rounds after one to warm up. */
const best = (round: () => Measured): Measured => {
  round()
  return [round(), round(), round()].reduce((a, b) => (a.perSecond > b.perSecond ? a : b))
}

const decideAll = (
  campaign: CampaignSpec,
  people: readonly (readonly Feature[])[],
  model: Bandit,
  spelt: boolean,
): Measured => {
  const guardrail = createGuardrail()
  const versions = { campaigns: 'c', creatives: 'k', limits: 'l' }
  let bytes = 0
  const start = performance.now()
  for (let i = 0; i < ROUNDS; i++) {
    const profileId = asProfileId(`p${(i % PEOPLE) + 1}`)
    const recipient = {
      profileId,
      ids: [profileId],
      market: 'en',
      timeZone: 'Europe/Berlin',
      consentOf: () => 'granted' as const,
      addressHashOf: () => 'aa',
    }
    const made: DecisionMade = decide(
      {
        decisionId: decisionIdOf(campaign.id, `m${i}`, profileId),
        campaign,
        cause: { kind: 'event', ref: `m${i}` },
        person: {
          profileId,
          features: people[i % PEOPLE] ?? [],
          timeZone: 'Europe/Berlin',
          usualHours: [18, 19],
        },
        group: 'treated',
        context: { device: 'mobile', weather: 'rain' },
        model,
        blocked: (action, sendAt) =>
          checkAction(guardrail, {
            sendAt,
            campaign,
            action,
            recipient,
            creative: 'approved',
            tone: '',
            business: DEFAULT_BUSINESS,
            outside: NO_OUTSIDE_STOPS,
          }),
        vetoes: [],
        versions,
        asOf: i,
      },
      { now: NOON + i },
    )
    if (spelt) bytes += JSON.stringify(made).length
  }
  const seconds = (performance.now() - start) / 1_000
  assert(!spelt || bytes > 0, 'records have been spelt')
  return { perSecond: ROUNDS / seconds }
}

const scoreAll = (
  campaign: CampaignSpec,
  people: readonly (readonly Feature[])[],
  model: Bandit,
): Measured => {
  const actions = [
    nothingFeatures(campaign),
    ...campaign.actions.map((action) => actionFeatures(campaign, action, 12, [])),
  ]
  const actionIds = ['nothing', ...campaign.actions.map(({ id }) => String(id))]
  const start = performance.now()
  for (let i = 0; i < ROUNDS; i++) {
    const scores = scoreActions(model, { shared: people[i % PEOPLE] ?? [], actions })
    distribution(campaign.policy, scores, { examples: model.examples, actionIds })
  }
  return { perSecond: ROUNDS / ((performance.now() - start) / 1_000) }
}

/** 19 actions, so that there are 20 with nothing. */
const bank = (): CampaignSpec => {
  const parsed = parseCampaign({
    id: 'bench',
    goal: { event: 'Order Completed' },
    trigger: { event: 'Signed Up' },
    actions: [
      {
        creatives: ['a', 'b', 'c'],
        channel: 'email',
        offers: ['none', '10%'],
        moments: ['now', '14:00', '18:00'],
      },
      { creative: 'd', channel: 'sms' },
    ],
  })
  if (!parsed.ok) throw new Failure({ code: 'bench.campaign', message: JSON.stringify(parsed.error) })
  return parsed.value
}

/** 36 of the person; hour, weekday and two of the context make it 40. */
const featuresOf = (index: number): readonly Feature[] => {
  const rng = createRng(`person ${index}`)
  return Array.from(
    { length: 36 },
    (_, i): Feature => (i < 30 ? [`f${i}=${rng.below(6)}`, 1] : [`n${i}`, rng.uniform()]),
  )
}

const taught = (campaign: CampaignSpec, people: readonly (readonly Feature[])[]): Bandit => {
  const model = createBandit()
  const rng = createRng('bench')
  for (let i = 0; i < 5_000; i++) {
    const action = campaign.actions[rng.below(campaign.actions.length)]
    if (action === undefined) continue
    const reward = rng.below(10) === 0 ? 20 * rng.uniform() : 0
    learn(model, {
      shared: people[i % PEOPLE] ?? [],
      action: actionFeatures(campaign, action, 12, []),
      reward,
      propensity: 0.05,
      at: NOON + i,
    })
  }
  return model
}
