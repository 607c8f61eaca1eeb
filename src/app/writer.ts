// Words for one person: fills a creative with what is known of them, and signs every link in it.

import type { Business } from '../kernel/business.ts'
import { Failure } from '../kernel/failure.ts'
import type { Json } from '../kernel/json.ts'
import type { DecisionMade } from '../decision/events.ts'
import {
  compilePlacement,
  creativeOf,
  renderPlacement,
  signToken,
  templateVars,
  type CompiledPlacement,
  type LinkKind,
  type LinkSigner,
  type QueuedDelivery,
  type Rendered,
  type Renderer,
} from '../delivery/index.ts'
import type { About, CreativeSpec } from '../delivery/events.ts'
import { campaignOf } from '../decision/index.ts'
import { localeOf, viewProfile } from '../profile/index.ts'
import type { RecommendedItem } from '../stages/recommendation.ts'
import type { LoopState } from '../loop.ts'

export type WriterOptions = {
  readonly state: LoopState
  readonly renderer: Renderer
  readonly signer: LinkSigner
  /** Address under which people reach this server; asked each time, since the port may be given late. */
  readonly publicUrl: () => string
  /** Products for content that asks for them, on record before they are rendered. */
  readonly recommend: (about: {
    readonly decisionId: string
    readonly ref: number
    readonly placement: string
    readonly slots: number
    readonly now: number
  }) => Promise<readonly RecommendedItem[]>
}

/** Products that a message or a placement's content may go through. */
const RECOMMENDATIONS_SLOTS = 6

export type Writer = {
  readonly message: (delivery: QueuedDelivery, ref: number, now: number) => Promise<Rendered>
  readonly placement: (question: {
    readonly creativeId: string
    readonly ref: number
    readonly locale: string
    readonly decision: DecisionMade
  }) => Promise<Json>
}

const LINK_PATHS: Readonly<Record<LinkKind, string>> = { unsubscribe: 'u', click: 'c', open: 'o' }

export const createWriter = ({ state, renderer, signer, publicUrl, recommend }: WriterOptions): Writer => {
  const asking = asksForProducts()
  const placements = new Map<
    string,
    { readonly creative: CreativeSpec; readonly compiled: CompiledPlacement }
  >()

  const linksOf = (about: About, now: number) => {
    const base = publicUrl()
    const { decisionId, campaignId, profileId, channel } = about
    const url = (kind: LinkKind, target: string) =>
      `${base}/${LINK_PATHS[kind]}/${signToken(signer, { decisionId, campaignId, profileId, channel, kind, issuedAt: now, url: target })}`
    return {
      unsubscribe: url('unsubscribe', ''),
      click: (target: string) => url('click', target),
      open: url('open', ''),
      own: [`${base}/`],
    }
  }

  const compiledOf = (creative: CreativeSpec): CompiledPlacement => {
    const known = placements.get(creative.id)
    if (known?.creative === creative) return known.compiled
    const compiled = compilePlacement(creative)
    placements.set(creative.id, { creative, compiled })
    return compiled
  }

  const message: Writer['message'] = async (delivery, ref, now) => {
    const creative = creativeIn(state, delivery.creativeId)
    const { business } = state
    const { decisionId, campaignId, channel } = delivery
    const recommendations = asking(creative)
      ? await recommend({
          decisionId,
          ref,
          placement: `${channel} ${campaignId}`,
          slots: RECOMMENDATIONS_SLOTS,
          now,
        })
      : undefined
    return renderer.render(creative, state.delivery.sender, {
      locale: localeOf(state.profile, ref, business),
      fallbackLocales: [business.locale, 'en'],
      vars: varsOf(state, business, {
        ref,
        now,
        offer: { id: delivery.offerId, discountShare: delivery.discountShare },
        recommendations,
      }),
      links: linksOf(delivery, now),
    })
  }

  const placement: Writer['placement'] = async ({ creativeId, ref, locale, decision }) => {
    const creative = creativeIn(state, creativeId)
    const { business } = state
    const wanted = locale === '' ? localeOf(state.profile, ref, business) : locale
    const offer = campaignOf(state.decision, decision.campaignId)?.actions.find(
      ({ id }) => id === decision.actionId,
    )?.offer
    const about = {
      ref,
      now: decision.at,
      ...(offer === undefined ? {} : { offer }),
      context: decision.context,
      recommendations: asking(creative)
        ? await recommend({
            decisionId: decision.decisionId,
            ref,
            placement: `onsite ${decision.campaignId}`,
            slots: RECOMMENDATIONS_SLOTS,
            now: decision.at,
          })
        : undefined,
    }
    const compiled = compiledOf(creative)
    const answer = renderPlacement(compiled, varsAsAsked(state, business, about, compiled.asksOfPerson), {
      locale: wanted,
      fallbackLocales: [business.locale, 'en'],
    })
    if (answer.kind === 'rendered') return answer.body
    if (answer.kind === 'no_content')
      throw new Failure({
        code: 'render.no_content',
        message: `creative ${creativeId} has no content`,
        hint: 'Give it a language.',
      })
    const { decisionId, campaignId, profileId } = decision
    const rendered = await renderer.render(creative, state.delivery.sender, {
      locale: wanted,
      fallbackLocales: [business.locale, 'en'],
      vars: varsOf(state, business, about),
      links: linksOf({ decisionId, campaignId, profileId, channel: 'onsite' }, decision.at),
    })
    if (rendered.kind === 'json') return rendered.body
    throw new Failure({
      code: 'render.failed',
      message: `creative ${creativeId} is not for a placement`,
      hint: 'Give it the channel onsite.',
    })
  }

  return { message, placement }
}

const creativeIn = (state: LoopState, id: string): CreativeSpec => {
  const creative = creativeOf(state.delivery, id)
  if (creative !== undefined) return creative
  throw new Failure({
    code: 'render.creative_missing',
    message: `there is no creative ${id}`,
    hint: 'Apply a plan that has it.',
  })
}

type VarsAbout = {
  readonly ref: number
  readonly now: number
  readonly offer?: { readonly id: string; readonly discountShare: number }
  readonly context?: unknown
  readonly recommendations?: readonly RecommendedItem[] | undefined
}

/** Whether a creative's content names `recommendations`; looked up once for each version of it. */
const asksForProducts = () => {
  const known = new WeakMap<CreativeSpec, boolean>()
  return (creative: CreativeSpec): boolean => {
    const before = known.get(creative)
    if (before !== undefined) return before
    const asks = JSON.stringify(creative.content).includes('recommendations')
    known.set(creative, asks)
    return asks
  }
}

const varsOf = (
  state: LoopState,
  business: Business,
  { ref, now, offer, context, recommendations }: VarsAbout,
) =>
  templateVars({
    profile: profileVars(state, business, ref, now),
    business,
    now,
    ...(offer === undefined ? {} : { offer }),
    ...(context === undefined ? {} : { context }),
    ...(recommendations === undefined ? {} : { recommendations }),
  })

const profileVars = (state: LoopState, business: Business, ref: number, now: number) => {
  const { id, timeZone, locale, traits, features, identifiers } = viewProfile(
    state.profile,
    ref,
    now,
    business,
  )
  return { id, timeZone, locale, traits, features, identifiers }
}

/** The same for content that is filled in right here: of the person only what it asks for is looked at. */
const varsAsAsked = (
  state: LoopState,
  business: Business,
  about: VarsAbout,
  asksOfPerson: ReadonlySet<string>,
) => {
  const { ref, now, offer, recommendations } = about
  const plain = templateVars({
    profile: null,
    business,
    now,
    ...(offer === undefined ? {} : { offer }),
    ...(recommendations === undefined ? {} : { recommendations }),
  })
  const profile =
    asksOfPerson.size === 0
      ? null
      : asksOfPerson.has('')
        ? profileVars(state, business, ref, now)
        : profileAsAsked(state, business, about, asksOfPerson)
  return { ...plain, profile, context: about.context ?? {} }
}

const profileAsAsked = (
  state: LoopState,
  business: Business,
  { ref, now }: VarsAbout,
  asked: ReadonlySet<string>,
) => {
  const view = viewProfile(state.profile, ref, now, business)
  const { id, timeZone, locale } = view
  return {
    id,
    timeZone,
    locale,
    traits: asked.has('traits') ? view.traits : null,
    features: asked.has('features') ? view.features : null,
    identifiers: asked.has('identifiers') ? view.identifiers : null,
  }
}
