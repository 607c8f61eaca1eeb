// The market and the product's loop in one thread, on a clock that is moved by hand: no HTTP, no SMTP,
// no rendering, everything else as it runs. One run is one seed under one policy.

import { createCtx, manualClock } from '../app/clock.ts'
import { planInForce, type PlanSpec } from '../app/plan.ts'
import { planFacts } from '../app/plan-facts.ts'
import { asProfileId } from '../kernel/ids.ts'
import { DAY_MS, MINUTE_MS } from '../kernel/time.ts'
import { DECISION_MADE } from '../decision/events.ts'
import { liftReport, type LiftReport } from '../feedback/index.ts'
import { findProfile, refOf } from '../profile/index.ts'
import { SYSTEM_STARTED } from '../guardrail/events.ts'
import { createLoop, createState, type Loop } from '../loop.ts'
import { turn, type TurnLimits } from '../stages/turn.ts'
import { createForgetfulLog } from './forgetful-log.ts'
import type { Item } from './items.ts'
import { createInnerPost } from './inner-post.ts'
import { plantedLift, type Unit } from './truth.ts'
import { createUnitBook, type UnitBook } from './units.ts'
import type { WorldCounts } from './stage.ts'
import { createWorld, type World } from './world.ts'
import type { Delays } from './response.ts'
import { worldOptionsOf } from './bare-run.ts'

export type HeadlessOptions = {
  readonly seed: string
  readonly customers: number
  readonly days: number
  /** Days lived before the first campaign, so that people are known. */
  readonly warmupDays: number
  /** ms: when the warm-up begins. */
  readonly from: number
  readonly plan: PlanSpec
  /** Virtual time between looks at what is due. */
  readonly stepMs: number
  /** How long orders wait after a contact; quick when left out. */
  readonly delays?: Delays
  /** Days after the first campaign day on which people's tastes move; never when left out. */
  readonly driftDay?: number
}

export const HEADLESS_DEFAULTS: Omit<HeadlessOptions, 'plan'> = {
  seed: 'lighthouse',
  customers: 2_500,
  days: 45,
  warmupDays: 14,
  from: Date.UTC(2026, 2, 2),
  stepMs: 20 * MINUTE_MS,
}

export type HeadlessRun = {
  readonly seed: string
  /** Per treated person whose horizon is over, whole currency units. */
  readonly planted: number
  readonly report: LiftReport
  /** Of the world: who was treated, and since when. */
  readonly units: readonly Unit[]
  /** Expected margin on top over the whole run, per person of `units` that was treated. */
  readonly earned: number
  readonly decisions: number
  readonly examples: number
  readonly counts: WorldCounts
  readonly tookMs: number
}

/** Runs one market under the plan. Deterministic, `tookMs` apart. */
export const runHeadless = async (
  given: Partial<HeadlessOptions> & Pick<HeadlessOptions, 'plan'>,
): Promise<HeadlessRun> => {
  const options = { ...HEADLESS_DEFAULTS, ...given }
  const started = performance.now()
  const clock = manualClock(options.from)
  const world = createWorld(worldOptionsOf(options))
  const log = createForgetfulLog()
  const loop = createLoop({ log, ctx: createCtx(clock, options.seed), state: createState() })
  const book = createUnitBook()
  let decisions = 0
  log.subscribe((events) => {
    for (const event of events) {
      book.note(event)
      if (event.type === DECISION_MADE) decisions++
    }
  })
  const driver = createDriver(world, loop, options.plan)
  await apply(loop, { ...options.plan, campaigns: [] })
  const begins = options.from + options.warmupDays * DAY_MS
  const ends = begins + options.days * DAY_MS
  for (let at = options.from + options.stepMs; at <= ends; at += options.stepMs) {
    clock.set(at)
    if (at - options.stepMs < begins && at >= begins) await apply(loop, options.plan)
    await driver.step(at)
  }
  const { horizonMs } = options.plan.holdout
  const all = unitsOf(world, loop, book, ends)
  const { graceMs } = loop.state.feedback.options
  const complete = all.filter(({ start }) => start + horizonMs + graceMs <= ends)
  const treated = all.filter((unit) => unit.treated)
  const earned = treated.reduce(
    (sum, { customer }) => sum + world.truth.gainOf(customer, options.from, ends + 30 * DAY_MS),
    0,
  )
  loop.close()
  return {
    seed: options.seed,
    planted: plantedLift(world.truth, complete, horizonMs),
    report: liftReport(loop.state.feedback),
    units: all,
    earned: treated.length === 0 ? 0 : earned / treated.length,
    decisions,
    examples: loop.state.model.examples,
    counts: world.counts(),
    tookMs: performance.now() - started,
  }
}

const apply = async (loop: Loop, plan: PlanSpec): Promise<void> => {
  const at = loop.ctx.now()
  const facts = planFacts(planInForce(loop.state), plan)
  await loop.record([
    {
      id: loop.ctx.newId(),
      type: SYSTEM_STARTED,
      key: '',
      at,
      data: { channels: ['email', 'onsite'], mode: 'demo' },
    },
    ...facts.map(({ type, data }) => ({ id: loop.ctx.newId(), type, key: '', at, data })),
  ])
}

type Driver = { readonly step: (at: number) => Promise<void> }

const BATCH_MAX = 2_000
/** Large turns: nobody waits in between. Segment sizes are looked at by nobody. */
const TURN_LIMITS: TurnLimits = { decisionsMax: 5_000, outcomesMax: 5_000, segmentsMax: 0 }

/** One step of both: what people did goes in, what is due goes out, and reaches them. */
const createDriver = (world: World, loop: Loop, plan: PlanSpec): Driver => {
  const post = createInnerPost({ world, loop, plan })
  const asks = plan.campaigns.some(({ trigger }) => trigger.kind === 'request')
  const tell = async (items: readonly Item[]): Promise<void> => {
    if (items.length === 0) return
    // Nobody reads this log again, so the text is not written.
    const body = { text: 'null', value: { batch: items }, bytes: 0 }
    await loop.receive({ endpoint: 'batch', body, source: 'market', strict: false })
  }
  const step: Driver['step'] = async (at) => {
    let items: Item[] = []
    for (const event of world.advance(at)) {
      if (event.kind === 'item') {
        items.push(event.item)
        if (items.length < BATCH_MAX) continue
      } else if (event.kind === 'visit') {
        if (!asks) continue
      }
      await tell(items)
      items = []
      if (event.kind === 'visit') await post.ask(event.customer)
      else if (event.kind !== 'item') await post.react(event)
    }
    await tell(items)
    for (;;) {
      const { more, started } = await turn(loop, post.courier, post.hash, TURN_LIMITS)
      await post.courier.idle()
      if (!more && started === 0) break
    }
  }
  return { step }
}

/** The people of the comparison as customers of the world; who has merged since is one person, from the first decision on. */
const unitsOf = (world: World, loop: Loop, book: UnitBook, until: number): readonly Unit[] => {
  const { profile } = loop.state
  const customers = new Map<number, number>()
  for (const { userId, index } of world.people) {
    const ref = findProfile(profile, { kind: 'user', value: userId })
    if (ref !== undefined) customers.set(ref, index)
  }
  const units = new Map<number, Unit>()
  for (const { profileId, start, treated } of book.units(until)) {
    const ref = refOf(profile, asProfileId(profileId))
    const customer = ref === undefined ? undefined : customers.get(ref)
    if (customer !== undefined && !units.has(customer)) units.set(customer, { customer, start, treated })
  }
  return [...units.values()]
}
