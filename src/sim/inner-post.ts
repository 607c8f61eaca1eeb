// The way from the loop to the people of a headless market: a channel in memory in place of SMTP, answers
// to placements, and what people do with what they got, as the facts that the server would record.

import { hash32 } from '../kernel/hash.ts'
import { isRecord } from '../kernel/json.ts'
import type { PlanSpec } from '../app/plan.ts'
import { DECISION_MADE, type DecisionMade } from '../decision/events.ts'
import {
  respondedEvents,
  type Channel,
  type LinkKind,
  type QueuedDelivery,
  type RenderedEmail,
} from '../delivery/index.ts'
import { NO_OUTSIDE_STOPS } from '../guardrail/index.ts'
import type { Loop } from '../loop.ts'
import { createCourier, type Courier } from '../stages/courier.ts'
import { answerPlacement } from '../stages/placement.ts'
import type { AddressHash } from '../stages/recipient.ts'
import { readMail, readPlacement } from './reader.ts'
import type { Contact, Topic } from './response.ts'
import type { Reaction } from './stage.ts'
import type { World } from './world.ts'

export type InnerPost = {
  readonly courier: Courier
  readonly hash: AddressHash
  /** Asks every placement of the plan for a visitor. */
  readonly ask: (customer: number) => Promise<void>
  readonly react: (reaction: { readonly kind: Reaction; readonly contactId: string }) => Promise<void>
}

export type InnerPostParts = { readonly world: World; readonly loop: Loop; readonly plan: PlanSpec }

const EMPTY_MAIL: RenderedEmail = {
  kind: 'email',
  sender: { name: '', email: '', footer: '' },
  subject: '',
  html: '',
  text: '',
  unsubscribeUrl: '',
}
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const SCANNER = 'BarracudaCentral link check'
const UNDER_WAY_MAX = 256

export const createInnerPost = ({ world, loop, plan }: InnerPostParts): InnerPost => {
  const byEmail = new Map(world.people.map(({ email, index }) => [email, index]))
  const topics = topicsOf(plan)
  const windows = new Map<string, number>(plan.campaigns.map(({ id, goal }) => [id, goal.windowMs]))
  /** Decisions whose message is on its way, and those that arrived. */
  const queue = new Map<string, QueuedDelivery>()
  const decidedAt = new Map<string, number>()
  loop.log.subscribe((events) => {
    for (const { type, data } of events) {
      if (type !== DECISION_MADE) continue
      const { decisionId, verdict, at } = data as DecisionMade
      if (verdict === 'act') decidedAt.set(decisionId, at)
    }
  })
  const hash: AddressHash = (channel, address) => `${channel}${hash32(address)}`

  const contactOf = (about: {
    readonly decisionId: string
    readonly campaignId: string
    readonly creativeId: string
  }): Omit<Contact, 'channel' | 'discountShare' | 'cost'> => ({
    id: about.decisionId,
    topic: topics.get(about.creativeId) ?? 'general',
    // The offer lasts as long as the campaign looks for its orders.
    offerUntil: (decidedAt.get(about.decisionId) ?? loop.ctx.now()) + (windows.get(about.campaignId) ?? 0),
  })

  const channel: Channel = {
    name: 'email',
    send: async (message) => {
      const customer = byEmail.get(message.to)
      const queued = queue.get(message.decisionId)
      if (customer === undefined || queued === undefined || world.people[customer]?.badAddress === true) {
        queue.delete(message.decisionId)
        return {
          kind: 'failed',
          code: 'email.recipient_gone',
          message: '550 no such mailbox',
          permanent: true,
          again: false,
        }
      }
      const { discountShare, cost } = queued
      world.contact(
        customer,
        { ...contactOf(message), channel: 'email', discountShare, cost },
        loop.ctx.now(),
      )
      return { kind: 'sent', response: '250 ok' }
    },
    close: async () => undefined,
  }

  const courier = createCourier({
    state: loop.state,
    ctx: loop.ctx,
    append: loop.record,
    channels: new Map([['email', channel]]),
    render: async (delivery) => {
      queue.set(delivery.decisionId, delivery)
      return EMPTY_MAIL
    },
    outside: () => NO_OUTSIDE_STOPS,
    hash,
    domain: 'market.example',
    pause: async () => undefined,
    report: (error) => {
      throw error
    },
    underWayMax: UNDER_WAY_MAX,
  })

  const placements = plan.campaigns.flatMap(({ trigger }) =>
    trigger.kind === 'request' ? [trigger.placement] : [],
  )
  const ask = async (customer: number): Promise<void> => {
    const person = world.people[customer]
    if (person === undefined) return
    for (const placement of placements) {
      const { decisionId, campaignId, actionId } = await answerPlacement(
        { loop, outside: () => NO_OUTSIDE_STOPS, hash, render: async () => ({}) },
        { placement, userId: person.userId, context: { device: person.device } },
      )
      const campaign = plan.campaigns.find(({ id }) => id === campaignId)
      const action = campaign?.actions.find(({ id }) => id === actionId)
      if (campaign === undefined || action === undefined || decisionId === null) continue
      const about = contactOf({ decisionId, campaignId: campaign.id, creativeId: action.creativeId })
      const discountShare = action.offer?.discountShare ?? 0
      world.contact(
        customer,
        { ...about, channel: 'onsite', discountShare, cost: action.contactCost },
        loop.ctx.now(),
      )
    }
  }

  const react: InnerPost['react'] = async ({ kind, contactId }) => {
    const queued = queue.get(contactId)
    if (queued === undefined) return
    const { decisionId, campaignId, profileId } = queued
    const link = {
      decisionId,
      campaignId,
      profileId,
      channel: queued.channel,
      kind: LINKS[kind],
      issuedAt: queued.sendAt,
      url: '',
    }
    const visit = {
      method: kind === 'unsubscribe' || kind === 'complain' ? 'POST' : 'GET',
      userAgent: kind === 'scan' ? SCANNER : BROWSER,
      at: loop.ctx.now(),
    }
    await loop.record(respondedEvents(link, visit))
  }
  return { courier, hash, ask, react }
}

/** Who complains is not written to again, as who unsubscribes. */
const LINKS: Readonly<Record<Reaction, LinkKind>> = {
  open: 'open',
  click: 'click',
  scan: 'click',
  unsubscribe: 'unsubscribe',
  complain: 'unsubscribe',
}

/** What each creative of a plan is about, by its id. */
export const topicsOf = (plan: PlanSpec): ReadonlyMap<string, Topic> =>
  new Map(plan.creatives.map(({ id, content }) => [id, topicOf(content)]))

/** Read in its first language. */
const topicOf = (content: Readonly<Record<string, unknown>>): Topic => {
  const [words] = Object.values(content)
  if (!isRecord(words)) return 'general'
  const { subject, body } = words
  if (typeof subject === 'string' && typeof body === 'string')
    return readMail({ subject, text: body.replace(/<[^>]*>|\{[{%].*?[}%]\}/g, ' ') }).topic
  return readPlacement(words).topic
}
