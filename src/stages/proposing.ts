// How a wish becomes a proposal on record: the way for advisors, people and programs alike.

import type { Actor, ActionClass, Ground, Wish } from '../governance/events.ts'
import { nextProposalId, propose, sameWish } from '../governance/index.ts'
import { assert } from '../kernel/assert.ts'
import { Failure } from '../kernel/failure.ts'
import { canonicalJson } from '../kernel/json.ts'
import type { Loop } from '../loop.ts'
import { promotionWish } from './earning.ts'

const TRIES_MAX = 20

/**
 * Puts a wish to governance: its proposal's id, or that of the one that waits already for the same. What
 * its class may do by itself is done with the next turn; the rest waits for people. Throws Failures
 * `governance.too_many` and `log.*`.
 */
export const wishFor = async (loop: Loop, wish: Wish, because: readonly Ground[] = []): Promise<string> => {
  const { state, ctx } = loop
  const same = sameWish(state.governance, wish)
  if (same !== undefined && canonicalJson(same.payload) === canonicalJson(wish.payload))
    return same.proposalId
  for (let tried = 0; tried < TRIES_MAX; tried++) {
    const proposalId = nextProposalId(state.governance)
    const event = propose(state.governance, wish, { business: state.business, now: ctx.now(), proposalId })
    const data = { ...event.data, grounds: [...event.data.grounds, ...because] }
    const [ack] = await loop.record([{ ...event, data }])
    // Somebody else was given that number at the same moment: the next one is free.
    if (ack?.duplicate === false) return proposalId
  }
  assert(false, `no number for a proposal in ${TRIES_MAX} tries`)
}

/** One level up for a class, with its evidence; a person decides, whatever the evidence says. */
export const wishPromotion = async (
  loop: Loop,
  { class: of, campaignId }: { readonly class: ActionClass; readonly campaignId: string },
  by: Actor,
): Promise<string> => {
  const promotion = promotionWish(loop.state, of, campaignId)
  if (promotion === null)
    throw new Failure({
      code: 'governance.at_the_top',
      message: `${of}${campaignId === '' ? '' : ` of ${campaignId}`} is at level 4 already.`,
      hint: 'See windvane autonomy.',
    })
  return wishFor(loop, { ...promotion.wish, by })
}
