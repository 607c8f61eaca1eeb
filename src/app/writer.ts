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
import type { LoopState } from '../loop.ts'

export type WriterOptions = {
  readonly state: LoopState
  readonly renderer: Renderer
  readonly signer: LinkSigner
  /** Address under which people reach this server; asked each time, since the port may be given late. */
  readonly publicUrl: () => string
}

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

export const createWriter = ({ state, renderer, signer, publicUrl }: WriterOptions): Writer => {
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
    return renderer.render(creative, state.delivery.sender, {
      locale: localeOf(state.profile, ref, business),
      fallbackLocales: [business.locale, 'en'],
      vars: varsOf(state, business, {
        ref,
        now,
        offer: { id: delivery.offerId, discountShare: delivery.discountShare },
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
    }
    const answer = renderPlacement(compiledOf(creative), varsAsAsked(state, business, about), {
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
}

const varsOf = (state: LoopState, business: Business, { ref, now, offer, context }: VarsAbout) =>
  templateVars({
    profile: profileVars(state, business, ref, now),
    business,
    now,
    ...(offer === undefined ? {} : { offer }),
    ...(context === undefined ? {} : { context }),
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

/** The same for content that is filled in right here: the person is looked at only when the content asks. */
const varsAsAsked = (state: LoopState, business: Business, about: VarsAbout) => {
  const { ref, now } = about
  let profile: ReturnType<typeof profileVars> | undefined
  return {
    ...templateVars({
      profile: null,
      business,
      now,
      ...(about.offer === undefined ? {} : { offer: about.offer }),
    }),
    context: about.context ?? {},
    get profile() {
      return (profile ??= profileVars(state, business, ref, now))
    },
  }
}
