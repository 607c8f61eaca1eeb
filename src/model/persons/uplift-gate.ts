// Whether a campaign may go on to a person, by what it is expected to bring of them: single people are chosen only
// when the ranking is surely better than chance; a campaign that surely brings nothing goes to almost nobody. Not
// known yet changes nothing. One in ten of those kept out is let pass by chance, so that it goes on being learnt.

import { hash32 } from '../../kernel/hash.ts'
import { PERSON_COLUMNS, personVector, profileIdOf } from '../../profile/index.ts'
import type { ModelKey, UpliftSaid } from '../events.ts'
import { gapOf } from './rule-scores.ts'
import type { ScoreQuestion } from './scores.ts'

/** Of those who are no target. */
const EXPLORED_SHARE = 0.1

const vector = new Float64Array(PERSON_COLUMNS.length)

/** Null where no model may say anything: there is none, it is stale, nothing is sure yet, or the plan has it so. */
export const upliftFor = (
  { persons, profiles }: ScoreQuestion,
  about: { readonly campaignId: string; readonly ref: number; readonly now: number },
): UpliftSaid | null => {
  const { campaignId, ref, now } = about
  const key: ModelKey = `uplift:${campaignId}`
  const inUse = persons.models.byKey.get(key)?.inUse ?? null
  if (inUse?.ready.kind !== 'uplift' || persons.settings.targetByUplift === false) return null
  const { card, version } = inUse.trained
  if (card.kind !== 'uplift' || gapOf(persons, key, now) !== null) return null
  const { targeting, because } = card
  if (targeting === 'none' && because === 'unknown') return null
  // A trial that is gone or begun anew (another goal, another control group) takes its model's word with it.
  if (!persons.trials.byCampaign.has(campaignId)) return null
  personVector(profiles, ref, now, vector)
  const said = { version, targeting, expected: inUse.ready.score(vector) }
  if (targeting === 'all') return { ...said, admitted: true, as: 'everyone' }
  if (targeting === 'individual' && said.expected > card.cost)
    return { ...said, admitted: true, as: 'target' }
  if (isExplored(`${profileIdOf(profiles, ref)} ${key}`)) return { ...said, admitted: true, as: 'explored' }
  return { ...said, admitted: false, as: targeting === 'individual' ? 'not_target' : 'nobody' }
}

const isExplored = (text: string): boolean => hash32(text, 0x2f6b_31c9) / 4_294_967_296 < EXPLORED_SHARE
