// The product's own model, policies and gate as a player of a bare run: what it sees, expects, draws,
// waits for and learns is as in the loop; what lies between (consents, caps, rendering, the log) is not.

import { asDecisionId, asProfileId, NOTHING } from '../kernel/ids.ts'
import type { CampaignSpec, DecisionMade } from '../decision/events.ts'
import { DECISION_MADE } from '../decision/events.ts'
import { decide, type Serving } from '../decision/index.ts'
import { DELIVERY_RESPONDED, type DeliveryResponded } from '../delivery/events.ts'
import { OUTCOME_SETTLED, type OutcomeSettled } from '../feedback/events.ts'
import type { LogEvent } from '../log/port.ts'
import { type Bandit, type BanditOptions, createBandit } from '../model/index.ts'
import { createBarePersons } from './bare-person.ts'
import { createTeaching, type Early, type Taught } from './bare-teaching.ts'
import { type BareMoment, type BarePlayer, marginOf } from './bare-run.ts'
import type { Customer } from './people.ts'

export type BareLearnerOptions = {
  readonly seed: string
  readonly campaign: CampaignSpec
  /** Of the world that it plays in. */
  readonly people: readonly Customer[]
  readonly model?: Partial<BanditOptions>
  /** False: it only draws; faster, for policies that need no model. */
  readonly learns?: boolean
  /** What open decisions teach; as the campaign says when left out. */
  readonly early?: Early
  /** Who decides for whom; the campaign's own policy when left out. */
  readonly servingFor?: (profileId: string, model: Bandit) => Serving
  /** Hears of each decision, outcome and complaint as the log would. */
  readonly onEvent?: (event: LogEvent) => void
  readonly onMoment?: (moment: BareMoment, made: DecisionMade) => void
  readonly onStep?: (at: number, model: Bandit) => void
}

export type BareLearner = BarePlayer & { readonly model: Bandit; readonly examples: () => number }

type Open = Taught & {
  readonly customer: number
  readonly deadline: number
}

const GRACE_MS = 10 * 60_000

/** A learner that has learnt nothing. Deterministic for its seed. */
export const createBareLearner = (options: BareLearnerOptions): BareLearner => {
  const { campaign, people, seed } = options
  const model = createBandit(options.model)
  const persons = createBarePersons(people)
  const { early = campaign.goal.delays === 'learnt' ? 'slices' : 'none' } = options
  const teaching = options.learns === false ? null : createTeaching({ campaign, model, early })
  /** By customer, oldest first; and all, by deadline. */
  const open = new Map<number, Open[]>()
  let due: Open[] = []
  let offset = 0
  const tell = (type: string, at: number, data: unknown): void => {
    offset++
    options.onEvent?.({ offset, id: '', type, key: '', at, data })
  }

  const close = (one: Open, at: number): void => {
    const list = open.get(one.customer) ?? []
    open.set(
      one.customer,
      list.filter((other) => other !== one),
    )
    const total = one.reward - one.cost
    teaching?.closed(one)
    tell(OUTCOME_SETTLED, at, outcomeOf(one, total))
  }

  return {
    model,
    examples: () => model.examples,
    note: (event) => {
      persons.note(event)
      const margin = marginOf(event)
      if (margin !== 0) {
        const last = open.get(event.customer)?.findLast(({ deadline }) => event.at <= deadline)
        if (last !== undefined) {
          last.reward += margin
          teaching?.brought(last, event.at)
        }
      }
      if (event.kind !== 'unsubscribe' && event.kind !== 'complain') return
      const last = open.get(event.customer)?.findLast(({ made }) => made.actionId !== NOTHING)
      if (last === undefined) return
      tell(DELIVERY_RESPONDED, event.at, responseOf(last.made, event.kind))
    },
    step: (at) => {
      teaching?.look(at)
      const closing = due.filter(({ deadline }) => deadline + GRACE_MS <= at)
      if (closing.length > 0) {
        due = due.filter(({ deadline }) => deadline + GRACE_MS > at)
        for (const one of closing) close(one, at)
      }
      options.onStep?.(at, model)
    },
    choose: (moment) => {
      const { customer, person, at } = moment
      const profileId = asProfileId(`p${customer + 1}`)
      const serving = options.servingFor?.(profileId, model)
      const made = decide(
        {
          decisionId: asDecisionId(`dec:${seed}:${at}:${customer}`),
          campaign,
          cause: { kind: 'schedule', ref: String(at) },
          person: {
            profileId,
            features: persons.featuresOf(person, at),
            timeZone: person.timeZone,
            usualHours: persons.usualHoursOf(person),
          },
          group: 'treated',
          context: {},
          model,
          ...(serving === undefined ? {} : { serving }),
          blocked: () => [],
          vetoes: [],
          versions: { campaigns: seed, creatives: '', limits: '' },
          asOf: offset,
        },
        { now: at },
      )
      const index = campaign.actions.findIndex(({ id }) => id === made.actionId)
      const action = campaign.actions[index]
      if (action !== undefined) persons.noteSent(customer, at)
      const one: Open = {
        made,
        customer,
        deadline: at + campaign.goal.windowMs,
        cost: action?.contactCost ?? 0,
        reward: 0,
        taughtShare: 0,
        taughtReward: 0,
      }
      teaching?.opened(one)
      open.set(customer, [...(open.get(customer) ?? []), one])
      due.push(one)
      tell(DECISION_MADE, at, made)
      options.onMoment?.(moment, made)
      return index
    },
  }
}

const outcomeOf = ({ made, deadline, cost }: Open, total: number): OutcomeSettled => ({
  decisionId: made.decisionId,
  campaignId: made.campaignId,
  profileId: made.profileId,
  actionId: made.actionId,
  kind: 'closed',
  reward: 0 - cost,
  total,
  causeMessageId: '',
  delayMs: deadline - made.at,
})

const responseOf = (
  { decisionId, campaignId, profileId }: DecisionMade,
  kind: 'unsubscribe' | 'complain',
): DeliveryResponded => ({
  decisionId,
  campaignId,
  profileId,
  channel: 'email',
  kind: kind === 'complain' ? 'complained' : 'unsubscribed',
  machine: false,
  url: '',
})
