// The bare market of the benchmarks of learning: the demo's plan, its scheduled campaign for everybody, and seeded people.

import { demoPlanYaml } from '../../src/app/demo-plan.ts'
import { parsePlan, planInForce } from '../../src/app/plan.ts'
import type { CampaignSpec } from '../../src/decision/events.ts'
import { present } from '../../src/kernel/assert.ts'
import { HOUR_MS } from '../../src/kernel/time.ts'
import { createState } from '../../src/loop.ts'
import { scheduledCampaign } from '../../src/sim/bare-seed.ts'
import { HEADLESS_DEFAULTS, type HeadlessOptions } from '../../src/sim/headless.ts'
import { createPeople, type Customer } from '../../src/sim/people.ts'
import { WORLD_DEFAULTS } from '../../src/sim/world.ts'

export type Market = {
  readonly campaign: CampaignSpec
  readonly options: HeadlessOptions
  readonly people: readonly Customer[]
}

/** One market an hour a step; `windowMs` in place of the goal's own. */
export const marketOf = (
  given: Partial<HeadlessOptions> & Pick<HeadlessOptions, 'seed' | 'customers' | 'days'>,
  windowMs?: number,
): Market => {
  const plan = present(parsePlan(demoPlanYaml(), planInForce(createState())).plan, "the demo's plan")
  const window = windowMs === undefined ? {} : { windowMs }
  const campaign = scheduledCampaign({ plan, campaignId: 'win-back', ...window })
  const options: HeadlessOptions = { ...HEADLESS_DEFAULTS, plan, stepMs: HOUR_MS, ...given }
  return { campaign, options, people: createPeople({ ...WORLD_DEFAULTS, ...options }) }
}
