// Rule GP8: whoever is asked about a plan sees all of it, its ad money and its brand watch too, and money that a cap lets
// through counts as money.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { present } from '../kernel/assert.ts'
import { createMemoryLog } from '../log/index.ts'
import { createLoop, createState, type LoopState } from '../loop.ts'
import { createCtx, manualClock } from './clock.ts'
import { planFacts } from './plan-facts.ts'
import { reviewPlan, type Review } from './plan-review.ts'
import { parsePlan, planInForce, type PlanSpec } from './plan.ts'

const NOW = Date.UTC(2026, 4, 4, 12)

const line = (id: string, monthMax: number) =>
  `    - {id: ${id}, platform: file, external_id: ${id}, day_max: 2000, month_max: ${monthMax}}\n`
const ads = (monthMax: number, ...lines: string[]) =>
  `ads:\n  currency: EUR\n  time_zone: UTC\n  day_target: 500\n  day_max: 5000\n  month_max: ${monthMax}\n  lines:\n${lines.join('')}`
const brand = (name: string) => `brand:\n  entities: [{id: shop, names: [${name}]}]\n`

describe('a plan that is looked over', () => {
  it('GP8 shows each line of ad money that changes, the caps of all, and the brand watch', async () => {
    const { state } = await started(ads(9_000, line('search', 4_000), line('social', 3_000)), brand('Shop'))
    const { wish } = review(
      state,
      ads(12_000, line('search', 4_000), line('social', 8_000), line('new', 1_000)),
      brand('Store'),
    )
    const paths = wish.changes.map(({ path }) => path)
    assert.deepEqual(paths.slice(0, 3), ['ads.portfolio', 'ads.lines.social', 'ads.lines.new'])
    assert.ok(paths.length > 3 && paths.slice(3).every((path) => path.startsWith('brand.')), paths.join())
    const social = present(wish.changes[1], 'a change')
    assert.match(social.is, /3000000000/)
    assert.match(social.willBe, /8000000000/)
  })

  it('GP8 a raised cap costs what a month may cost more, lines and all together, and lowering costs nothing', async () => {
    const { state } = await started(ads(9_000, line('search', 4_000), line('social', 3_000)))
    const costOf = (yaml: string) => review(state, yaml).wish.cost
    assert.equal(costOf(ads(9_000, line('search', 4_500), line('social', 3_000))), 500)
    assert.equal(costOf(ads(9_000, line('search', 4_000), line('social', 30_000))), 2_000)
    assert.equal(costOf(ads(90_000, line('search', 4_000), line('social', 3_000))), 0)
    assert.equal(costOf(ads(1_000, line('search', 4_000), line('social', 30_000))), 0)
    assert.equal(costOf('holdout: {share: 0.1}\n'), 0)
  })

  it('GP8 two people look at ad money above the amount of four eyes, and a rule may speak of its growth', async () => {
    const { state } = await started(
      ads(9_000, line('search', 4_000)),
      'governance:\n  four_eyes: {cost_above: 1000}\n  rules: [{id: grows, when: "action.increaseShare > 0.5", level: 2, reason: more than half}]\n',
    )
    const grounds = (yaml: string) =>
      review(state, yaml).grounds.map(({ code, detail }) => `${code} ${detail}`)
    assert.deepEqual(grounds(ads(9_000, line('search', 5_000))), [])
    assert.deepEqual(grounds(ads(9_000, line('search', 5_500))), ['four_eyes plan'])
    assert.match(grounds(ads(9_000, line('search', 6_500))).join(), /grows: more than half/)
  })
})

async function started(...yaml: readonly string[]): Promise<{ readonly state: LoopState }> {
  const loop = createLoop({
    log: createMemoryLog({ roundTrip: true }),
    ctx: createCtx(manualClock(NOW), 'review'),
    state: createState(),
  })
  const from = planInForce(loop.state)
  for (const { type, data } of planFacts(from, read(yaml, from)))
    await loop.record([{ id: loop.ctx.newId(), type, key: '', at: NOW, data }])
  return loop
}

function review(state: LoopState, ...yaml: readonly string[]): Review {
  const from = planInForce(state)
  const to = read(yaml, from)
  const step = { from, to, facts: planFacts(from, to), inverse: planFacts(to, from) }
  return reviewPlan(state, step, { kind: 'user', id: 'anna', name: 'Anna', role: 'marketer' }, NOW)
}

function read(yaml: readonly string[], from: PlanSpec): PlanSpec {
  const { plan, problems } = parsePlan(yaml.join(''), from)
  assert.deepEqual(problems, [])
  return present(plan, 'a plan')
}
