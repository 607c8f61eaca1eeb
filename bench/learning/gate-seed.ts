// One market of the gate's benchmark: the learner as champion with worse challengers beside it, an even draw
// as champion with better ones, and a shop where the right offer sells five times as often. The truth of each
// challenger is known: what each action would add is asked of the world at every decision.

import { DAY_MS } from '../../src/kernel/time.ts'
import type { LogEvent } from '../../src/log/port.ts'
import { DECISION_MADE, type CampaignSpec, type DecisionMade } from '../../src/decision/events.ts'
import {
  type Bandit,
  distribution,
  dumpBandit,
  type PolicySpec,
  restoreBandit,
  scoreActions,
} from '../../src/model/index.ts'
import {
  createEvidence,
  createPromotion,
  type Evidence,
  foldPromotion,
  judge,
  noteEvidence,
  PROMOTION_DEFAULTS,
} from '../../src/promotion/index.ts'
import {
  always as alwaysAction,
  appliedOf,
  CAMPAIGN,
  playDecisions,
  specOf,
  UNIFORM,
} from '../../src/promotion/testing/story.ts'
import { createBareLearner } from '../../src/sim/bare-learner.ts'
import { always, oracle, runBare, type BareMoment, type BareRun } from '../../src/sim/bare-run.ts'
import type { HeadlessOptions } from '../../src/sim/headless.ts'
import type { Customer } from '../../src/sim/people.ts'
import { DELAYS_LONG } from '../../src/sim/response.ts'
import { marketOf } from './market.ts'

export type GateSeedOptions = { readonly days: number; readonly customers: number }

export type Tried = {
  readonly name: string
  /** What it would have earned more per decision, in expectation, over the whole run. */
  readonly truth: number
  /** Settled decisions when the gate first let it through; null when it never did. */
  readonly passedAt: number | null
}

export type GateSeed = {
  readonly seed: string
  readonly learnt: number
  readonly uniform: number
  readonly best: number
  readonly oracle: number
  readonly lateLearnt: number
  readonly lateBest: number
  readonly decisions: number
  readonly tried: readonly Tried[]
}

const WINDOW_MS = 3 * DAY_MS
const SAMPLE = 300

export const playGateSeed = ({ days, customers }: GateSeedOptions, seed: string): GateSeed => {
  const { campaign, options, people } = marketOf(
    { seed, customers, days, delays: DELAYS_LONG, driftDay: days / 2 },
    WINDOW_MS,
  )
  const few = { ...options, customers: Math.min(customers, SAMPLE) }
  const singles = campaign.actions.map(
    (_, index) => runBare({ ...few, campaign, player: always(index) }).earned,
  )
  const first = singles.indexOf(Math.max(...singles))
  const bestAction = String(campaign.actions[first]?.id)
  const offer = String(campaign.actions.find((action) => action.offer !== undefined)?.id)
  const learner = trial({ options, campaign, people }, [
    { name: 'even draw, in place of the learner', policy: UNIFORM },
    { name: 'always 10 % off', policy: alwaysAction(offer, 0.05) },
    { name: 'silence', policy: alwaysAction('nothing', 0.05) },
    { name: 'a model that stopped learning on day 15', policy: campaign.policy, frozenOnDay: 15 },
  ])
  const even = trial({ options, campaign: { ...campaign, policy: UNIFORM }, people }, [
    { name: 'the learner, in place of an even draw', policy: campaign.policy },
    { name: 'the best single action of hindsight', policy: alwaysAction(bestAction, 0.05) },
  ])
  const best = runBare({ ...options, campaign, player: always(first) })
  return {
    seed,
    learnt: learner.run.earned,
    uniform: even.run.earned,
    best: best.earned,
    oracle: runBare({ ...options, campaign, player: oracle }).earned,
    lateLearnt: learner.run.halves[1],
    lateBest: best.halves[1],
    decisions: learner.run.decisions,
    tried: [...learner.tried, ...even.tried, ...loudShop(seed)],
  }
}

type Challenger = {
  readonly name: string
  readonly policy: PolicySpec
  /** Draws from the shared model as it was on that day. */
  readonly frozenOnDay?: number
}

type Book = Challenger & {
  readonly evidence: Evidence
  frozen: Bandit | null
  truth: number
  decisions: number
  passedAt: number | null
}

/** The campaign under its own policy, with each challenger judged once a day. */
const trial = (
  about: {
    readonly options: HeadlessOptions
    readonly campaign: CampaignSpec
    readonly people: readonly Customer[]
  },
  challengers: readonly Challenger[],
): { readonly run: BareRun; readonly tried: readonly Tried[] } => {
  const { options, campaign, people } = about
  const books = challengers.map((one): Book => {
    const modelId = one.frozenOnDay === undefined ? '' : one.name
    const evidence = createEvidence({
      campaignId: campaign.id,
      champion: { policy: campaign.policy, modelId: '' },
      challenger: { id: one.name, policy: one.policy, modelId },
    })
    return { ...one, evidence, frozen: null, truth: 0, decisions: 0, passedAt: null }
  })
  const begins = options.from + options.warmupDays * DAY_MS
  let day = -1
  const player = createBareLearner({
    seed: options.seed,
    campaign,
    people,
    onEvent: (event) => {
      for (const book of books) noteEvidence(book.evidence, shadowed(event, book))
    },
    onMoment: (moment, made) => {
      for (const book of books) countTruth(book, moment, made, campaign)
    },
    onStep: (at, model) => {
      const today = Math.floor((at - begins) / DAY_MS)
      if (today === day) return
      day = today
      for (const book of books) {
        if (book.frozenOnDay === today) book.frozen = restoreBandit(dumpBandit(model))
        look(book)
      }
    },
  })
  const run = runBare({ ...options, campaign, player })
  return {
    run,
    tried: books.map(({ name, truth, decisions, passedAt }) => ({
      name,
      truth: decisions === 0 ? 0 : truth / decisions,
      passedAt,
    })),
  }
}

const look = (book: Book): void => {
  if (book.passedAt !== null || book.evidence.rows < PROMOTION_DEFAULTS.effectiveSampleMin) return
  const { verdict } = judge({
    evidence: book.evidence,
    challenger: { policy: book.policy, safety: false, share: 0 },
    sampleRatioP: null,
    options: PROMOTION_DEFAULTS,
  })
  if (verdict === 'passes') book.passedAt = book.evidence.rows
}

/** How likely the challenger would draw each candidate of this decision; null before it has a model. */
const probabilitiesOf = (book: Book, made: DecisionMade): Float64Array | null => {
  const actionIds = made.candidates.map(({ actionId }) => actionId)
  if (book.frozenOnDay === undefined)
    return distribution(
      book.policy,
      {
        mean: Float64Array.from(made.candidates, ({ mean }) => mean),
        stderr: Float64Array.from(made.candidates, ({ stderr }) => stderr),
        noise: made.modelNoise ?? 0,
      },
      { examples: made.modelExamples ?? 0, actionIds },
    )
  if (book.frozen === null) return null
  const scores = scoreActions(book.frozen, {
    shared: made.shared,
    actions: made.candidates.map(({ features }) => features),
  })
  return distribution(book.policy, scores, { examples: book.frozen.examples, actionIds })
}

/** A model of its own shows what it would do in the record, as in the loop. */
const shadowed = (event: LogEvent, book: Book): LogEvent => {
  if (event.type !== DECISION_MADE || book.frozen === null) return event
  const made = event.data as DecisionMade
  const probabilities = probabilitiesOf(book, made)
  if (probabilities === null) return event
  const shadow = { challengerId: book.name, probabilities: [...probabilities], mean: 0 }
  return { ...event, data: { ...made, shadow } }
}

const countTruth = (book: Book, moment: BareMoment, made: DecisionMade, { actions }: CampaignSpec): void => {
  const probabilities = probabilitiesOf(book, made)
  if (probabilities === null) return
  const gains = moment.gains()
  for (const [i, { actionId, probability }] of made.candidates.entries()) {
    const gain = gains[actions.findIndex(({ id }) => id === actionId)] ?? 0
    book.truth += ((probabilities[i] ?? 0) - probability) * gain
  }
  book.decisions++
}

const LOUD_DECISIONS = 3_000
const MARGIN = 20

/** A shop where the right offer sells five times as often as nothing, or as often, or less. */
const loudShop = (seed: string): readonly Tried[] =>
  (
    [
      ['an offer that sells five times as often', [0.04, 0.05, 0.2]],
      ['an offer that sells as often as the rest', [0.08, 0.08, 0.08]],
      ['an offer that sells half as often', [0.12, 0.12, 0.06]],
    ] as const
  ).map(([name, chances]) => {
    const policy = alwaysAction('offer')
    const evidence = createEvidence({
      campaignId: CAMPAIGN,
      champion: { policy: UNIFORM, modelId: '' },
      challenger: { id: name, policy, modelId: '' },
    })
    const promotion = createPromotion()
    foldPromotion(promotion, appliedOf(1, [specOf(UNIFORM)]))
    const book: Book = { name, policy, evidence, frozen: null, truth: 0, decisions: 1, passedAt: null }
    let made = 0
    playDecisions({
      n: LOUD_DECISIONS,
      seed: `${seed} ${name}`,
      world: { chances },
      campaign: specOf(UNIFORM),
      promotion,
      tell: (event) => {
        noteEvidence(evidence, event)
        if (event.type === DECISION_MADE && ++made % 100 === 0) look(book)
      },
    })
    const [nothing, plain, offered] = chances
    // 0.9 of the decisions move from an even draw to the offer.
    const truth = 0.9 * MARGIN * (offered - (nothing + plain + offered) / 3)
    return { name, truth, passedAt: book.passedAt }
  })
