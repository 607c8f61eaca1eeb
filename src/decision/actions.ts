// The action bank: creatives times offers times moments, written short and spelt out one by one, and
// folded back into the short form for an export.

import { asActionId, asCreativeId, NOTHING } from '../kernel/ids.ts'
import { problem } from '../kernel/problem.ts'
import type { Problem } from '../kernel/problem.ts'
import type { ChannelName } from '../profile/events.ts'
import { ACTIONS_MAX } from './campaign-schema.ts'
import type { FriendlyAction, FriendlyOffer } from './campaign-schema.ts'
import type { ActionSpec, OfferSpec } from './events.ts'

/** What one contact costs where a plan does not say, in whole currency units. */
export const CONTACT_COST_DEFAULT: Readonly<Record<ChannelName, number>> = {
  email: 0.002,
  push: 0.0005,
  sms: 0.05,
  messenger: 0.02,
  onsite: 0,
  webhook: 0,
}

/** Every action that the short forms stand for, in their order; what is wrong with them is added to `problems`. */
export const expandActions = (
  friendly: readonly FriendlyAction[],
  problems: Problem[],
  momentByDefault = 'now',
): readonly ActionSpec[] => {
  const actions: ActionSpec[] = []
  const seen = new Set<string>([NOTHING])
  for (const [index, entry] of friendly.entries()) {
    const path = `actions[${index}]`
    for (const action of expandOne(entry, { path, problems, momentByDefault })) {
      if (seen.has(action.id))
        problems.push(
          problem(
            path,
            `action \`${action.id}\` is there twice`,
            'give its offer another id, or leave one out',
          ),
        )
      seen.add(action.id)
      actions.push(action)
    }
  }
  if (actions.length + 1 > ACTIONS_MAX)
    problems.push(
      problem(
        'actions',
        `${actions.length} actions and \`nothing\` are more than ${ACTIONS_MAX}`,
        'fewer creatives, offers or moments: each further one is learnt more slowly',
      ),
    )
  return actions
}

/** Short forms that {@link expandActions} turns into exactly these actions. */
export const shortenActions = (
  actions: readonly ActionSpec[],
  momentByDefault = 'now',
): readonly FriendlyAction[] => {
  const short: FriendlyAction[] = []
  let start = 0
  while (start < actions.length) {
    const first = actions[start]
    if (first === undefined) break
    let end = start
    while (end < actions.length && sameBase(first, actions[end])) end++
    const run = actions.slice(start, end)
    const product = productOf(run)
    if (product === undefined)
      short.push(
        ...run.map((action) =>
          shorten(action, { offers: [action.offer], moments: [action.moment] }, momentByDefault),
        ),
      )
    else short.push(shorten(first, product, momentByDefault))
    start = end
  }
  return short
}

/** The id that people read in reports: creative, offer when there is one, moment. */
export const actionIdOf = (creativeId: string, offer: OfferSpec | undefined, moment: string) =>
  asActionId([creativeId, ...(offer === undefined ? [] : [offer.id]), moment].join('/'))

type Reading = { readonly path: string; readonly problems: Problem[]; readonly momentByDefault: string }

const expandOne = (
  entry: FriendlyAction,
  { path, problems, momentByDefault }: Reading,
): readonly ActionSpec[] => {
  const creatives = entry.creatives ?? (entry.creative === undefined ? [] : [entry.creative])
  if (creatives.length === 0)
    problems.push(problem(`${path}.creative`, '`creative` is missing', 'name a creative of the plan'))
  if (entry.creative !== undefined && entry.creatives !== undefined)
    problems.push(problem(path, '`creative` and `creatives` are both there', 'keep one of them'))
  if (entry.offer !== undefined && entry.offers !== undefined)
    problems.push(problem(path, '`offer` and `offers` are both there', 'keep one of them'))
  const offers = (entry.offers ?? [entry.offer ?? 'none']).map((offer, index) =>
    readOffer(offer, `${path}.offers[${index}]`, problems),
  )
  const moments = entry.moments ?? [entry.channel === 'onsite' ? 'now' : momentByDefault]
  if (entry.channel === 'onsite' && moments.some((moment) => moment !== 'now'))
    problems.push(
      problem(`${path}.moments`, 'a placement is shown while it is asked for', 'leave `moments` out'),
    )
  const contactCost = entry.cost ?? CONTACT_COST_DEFAULT[entry.channel]
  const actions: ActionSpec[] = []
  for (const creative of creatives)
    for (const offer of offers)
      for (const moment of moments)
        actions.push({
          id: actionIdOf(creative, offer, moment),
          channel: entry.channel,
          creativeId: asCreativeId(creative),
          ...(offer === undefined ? {} : { offer }),
          moment,
          contactCost,
        })
  return actions
}

const readOffer = (offer: FriendlyOffer, path: string, problems: Problem[]): OfferSpec | undefined => {
  if (offer === 'none') return undefined
  const spec =
    typeof offer === 'string'
      ? { id: `${offer.slice(0, -1)}off`, discountShare: readShare(offer) }
      : { id: offer.id, discountShare: readShare(offer.discount) }
  if (spec.id === 'now' || spec.id === 'none')
    problems.push(problem(`${path}.id`, `an offer cannot be called \`${spec.id}\``, 'choose another id'))
  return spec
}

/** Through decimal digits, so that `7%` is 0.07 and not its neighbour. */
export const readShare = (share: number | string): number =>
  typeof share === 'number' ? share : Number((Number(share.slice(0, -1)) / 100).toFixed(8))

const sameBase = (left: ActionSpec, right: ActionSpec | undefined): boolean =>
  right !== undefined &&
  left.creativeId === right.creativeId &&
  left.channel === right.channel &&
  left.contactCost === right.contactCost

type Product = { readonly offers: readonly (OfferSpec | undefined)[]; readonly moments: readonly string[] }

const productOf = (run: readonly ActionSpec[]): Product | undefined => {
  const moments = [...new Set(run.map((action) => action.moment))]
  if (run.length % moments.length !== 0) return undefined
  const offers: (OfferSpec | undefined)[] = []
  for (let i = 0; i < run.length; i += moments.length) offers.push(run[i]?.offer)
  const fits = run.every((action, index) => {
    const offer = offers[Math.floor(index / moments.length)]
    return action.moment === moments[index % moments.length] && sameOffer(action.offer, offer)
  })
  return fits ? { offers, moments } : undefined
}

const sameOffer = (left: OfferSpec | undefined, right: OfferSpec | undefined): boolean =>
  left?.id === right?.id && left?.discountShare === right?.discountShare

const shorten = (
  action: ActionSpec,
  { offers, moments }: Product,
  momentByDefault: string,
): FriendlyAction => {
  const friendly = offers.map(
    (offer): FriendlyOffer =>
      offer === undefined ? 'none' : { id: offer.id, discount: offer.discountShare },
  )
  const [only] = friendly
  const offerPart =
    friendly.length === 1 && only !== undefined
      ? only === 'none'
        ? {}
        : { offer: only }
      : { offers: friendly }
  return {
    creative: action.creativeId,
    channel: action.channel,
    ...offerPart,
    ...(moments.length === 1 && moments[0] === momentByDefault ? {} : { moments: [...moments] }),
    ...(action.contactCost === CONTACT_COST_DEFAULT[action.channel] ? {} : { cost: action.contactCost }),
  }
}
