// A decision as an event of the log, spelt as JSON here: the features of an action are the same lists
// again and again, so their text is made once. Thousands of decisions a second are mostly spelling.

import type { NewEvent } from '../log/port.ts'
import type { Feature } from '../model/events.ts'
import { DECISION_MADE, type CandidateRecord, type DecisionMade } from '../decision/events.ts'

export const decisionEvent = (decision: DecisionMade): NewEvent<DecisionMade> => ({
  id: decision.decisionId,
  type: DECISION_MADE,
  key: decision.profileId,
  at: decision.at,
  data: decision,
  encoded: decisionText(decision),
})

const decisionText = ({ candidates, ...rest }: DecisionMade): string =>
  `${JSON.stringify(rest).slice(0, -1)},"candidates":[${candidates.map(candidateText).join(',')}]}`

const candidateText = ({ actionId, features, mean, stderr, probability }: CandidateRecord): string =>
  `{"actionId":${JSON.stringify(actionId)},"features":${featuresText(features)},"mean":${mean},"stderr":${stderr},"probability":${probability}}`

/** By list: the lists of a campaign's actions live as long as the campaign. */
const known = new WeakMap<readonly Feature[], string>()

const featuresText = (features: readonly Feature[]): string => {
  const text = known.get(features)
  if (text !== undefined) return text
  const made = JSON.stringify(features)
  known.set(features, made)
  return made
}
