// One seed played bare under every policy: the learner, an even draw, each single action, the best of them,
// an oracle. Fast enough for fifty seeds in minutes; what the product around the learner does is not in it.

import { Failure } from '../kernel/failure.ts'
import type { CampaignSpec } from '../decision/events.ts'
import type { BanditOptions } from '../model/index.ts'
import { createBareLearner } from './bare-learner.ts'
import { always, oracle, runBare } from './bare-run.ts'
import { HEADLESS_DEFAULTS, type HeadlessOptions } from './headless.ts'
import { createPeople } from './people.ts'
import { WORLD_DEFAULTS } from './world.ts'

export type BareSeedOptions = Partial<HeadlessOptions> &
  Pick<HeadlessOptions, 'plan'> & {
    readonly campaignId: string
    /** Of the campaign's goal in place of the plan's. */
    readonly windowMs?: number
    readonly model?: Partial<BanditOptions>
  }

/** Expected margin on top over the whole run, per person who could be written to. */
export type BareRow = {
  readonly seed: string
  readonly learnt: number
  readonly uniform: number
  readonly best: number
  readonly bestAction: string
  readonly oracle: number
  /** The same of the second half alone: after the drift, where there is one. */
  readonly lateLearnt: number
  readonly lateBest: number
  readonly decisions: number
  readonly tookMs: number
}

/** People on whom the single actions are tried out; the best of them is then played for everybody. */
const SAMPLE = 300

/** Throws a Failure `simulate.no_campaign`. */
export const runBareSeed = (given: BareSeedOptions): BareRow => {
  const started = performance.now()
  const options: HeadlessOptions = { ...HEADLESS_DEFAULTS, ...given }
  const campaign = scheduledCampaign(given)
  const people = createPeople({ ...WORLD_DEFAULTS, ...options })
  const learnt = runBare({
    ...options,
    campaign,
    player: createBareLearner({
      seed: options.seed,
      campaign,
      people,
      ...(given.model === undefined ? {} : { model: given.model }),
    }),
  })
  const draw = createBareLearner({
    seed: `even ${options.seed}`,
    campaign: { ...campaign, policy: { kind: 'uniform', explorationFloor: 0 } },
    people,
    learns: false,
  })
  const uniform = runBare({ ...options, campaign, player: draw })
  const few = { ...options, customers: Math.min(options.customers, SAMPLE) }
  const tried = campaign.actions.map(
    (_, index) => runBare({ ...few, campaign, player: always(index) }).earned,
  )
  const first = tried.indexOf(Math.max(...tried))
  const best = runBare({ ...options, campaign, player: always(first) })
  return {
    seed: options.seed,
    learnt: learnt.earned,
    uniform: uniform.earned,
    best: best.earned,
    bestAction: campaign.actions[first]?.id ?? '',
    oracle: runBare({ ...options, campaign, player: oracle }).earned,
    lateLearnt: learnt.halves[1],
    lateBest: best.halves[1],
    decisions: learnt.decisions,
    tookMs: performance.now() - started,
  }
}

/** A scheduled campaign of the plan, for everybody. Throws a Failure `simulate.no_campaign`. */
export const scheduledCampaign = ({
  plan,
  campaignId,
  windowMs,
}: Pick<BareSeedOptions, 'plan' | 'campaignId' | 'windowMs'>): CampaignSpec => {
  const campaign = plan.campaigns.find(({ id }) => id === campaignId)
  if (campaign?.trigger.kind === 'schedule')
    return {
      ...campaign,
      audience: '',
      ...(windowMs === undefined ? {} : { goal: { ...campaign.goal, windowMs } }),
    }
  throw new Failure({
    code: 'simulate.no_campaign',
    message: `The plan has no scheduled campaign \`${campaignId}\`.`,
    hint: `Scheduled: ${plan.campaigns.flatMap(({ id, trigger }) => (trigger.kind === 'schedule' ? [id] : [])).join(', ') || 'none'}.`,
  })
}
