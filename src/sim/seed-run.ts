// All policies on one seed: the same people with the same luck under the learner, an even draw, each
// single action, and an oracle. What they are compared by is the truth, not the luck of one run.

import type { CampaignSpec } from '../decision/events.ts'
import type { PolicySpec } from '../model/events.ts'
import { always, oracle, runBare } from './bare-run.ts'
import { scheduledCampaign } from './bare-seed.ts'
import { HEADLESS_DEFAULTS, runHeadless, type HeadlessOptions } from './headless.ts'

export type SeedOptions = Partial<HeadlessOptions> &
  Pick<HeadlessOptions, 'plan'> & {
    /** A scheduled campaign of the plan; only this one is played, for everybody. */
    readonly campaignId: string
  }

export type SeedRow = {
  readonly seed: string
  /** Planted lift per treated person over the horizon, and what the product says of it. */
  readonly planted: number
  readonly difference: number | null
  readonly low: number | null
  readonly high: number | null
  readonly covers: boolean | null
  readonly verdict: string
  /** Expected margin on top per treated person over the whole run, whole currency units. */
  readonly learnt: number
  readonly uniform: number
  readonly best: number
  readonly bestAction: string
  readonly oracle: number
  readonly decisions: number
  readonly tookMs: number
}

/** People on whom the single actions are tried out; the best of them is then played for everybody. */
const SAMPLE = 900

/** Plays one seed under every policy. Throws a Failure `simulate.no_campaign`. */
export const runSeed = async (given: SeedOptions): Promise<SeedRow> => {
  const started = performance.now()
  const options: HeadlessOptions = { ...HEADLESS_DEFAULTS, ...given }
  const campaign = scheduledCampaign(given)
  const learnt = await runHeadless({ ...options, plan: only(options, campaign, campaign.policy) })
  const uniform = await runHeadless({
    ...options,
    plan: only(options, campaign, { kind: 'uniform', explorationFloor: 0 }),
  })
  const people = new Set(learnt.units.flatMap(({ customer, treated }) => (treated ? [customer] : [])))
  const singles = campaign.actions.map(
    (_, index) => runBare({ ...sampleOf(options, people), campaign, player: always(index) }).earned,
  )
  const first = singles.indexOf(Math.max(...singles))
  const bestAction = campaign.actions[first]?.id ?? ''
  const best = await runHeadless({
    ...options,
    plan: only(options, campaign, { kind: 'fixed', explorationFloor: 0, actionId: bestAction }),
  })
  const { difference, low, high, verdict } = learnt.report
  return {
    seed: options.seed,
    planted: learnt.planted,
    difference,
    low,
    high,
    covers: low === null || high === null ? null : low <= learnt.planted && learnt.planted <= high,
    verdict,
    learnt: learnt.earned,
    uniform: uniform.earned,
    best: best.earned,
    bestAction,
    oracle: runBare({ ...options, campaign, people, player: oracle }).earned,
    decisions: learnt.decisions,
    tookMs: performance.now() - started,
  }
}

/** People of one seed are the same whatever their number, so the first of them stand for all. */
const sampleOf = (options: HeadlessOptions, people: ReadonlySet<number>) => {
  const customers = Math.min(options.customers, SAMPLE)
  return { ...options, customers, people: new Set([...people].filter((customer) => customer < customers)) }
}

const only = ({ plan }: HeadlessOptions, campaign: CampaignSpec, policy: PolicySpec) => ({
  ...plan,
  segments: [],
  campaigns: [{ ...campaign, policy }],
})
