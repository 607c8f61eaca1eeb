// A decision as an event of the log, spelt as JSON here: features, policies and actions are the same ones
// again and again, so their text is made once. Thousands of decisions a second are mostly spelling.

import type { NewEvent } from '../log/port.ts'
import type { Feature, PolicySpec } from '../model/events.ts'
import { DECISION_MADE, type CandidateRecord, type DecisionMade } from '../decision/events.ts'

export const decisionEvent = (decision: DecisionMade): NewEvent<DecisionMade> => ({
  id: decision.decisionId,
  type: DECISION_MADE,
  key: decision.profileId,
  at: decision.at,
  data: decision,
  encoded: decisionText(decision),
})

/** As `JSON.stringify` would spell it, with the candidates last. The test has every field that a decision may have. */
const decisionText = (d: DecisionMade): string =>
  `{"decisionId":${JSON.stringify(d.decisionId)},"campaignId":${quoted(d.campaignId)},"profileId":${JSON.stringify(d.profileId)}` +
  `,"at":${d.at},"asOf":${d.asOf},"cause":${JSON.stringify(d.cause)},"group":"${d.group}","context":${JSON.stringify(d.context)}` +
  `,"shared":${sharedText(d.shared)}${optional('scores', d.scores)}${optional('uplift', d.uplift)}` +
  `,"rejected":${listText(d.rejected)},"actionId":${quoted(d.actionId)},"propensity":${d.propensity},"seed":${JSON.stringify(d.seed)}` +
  `,"policy":${policyText(d.policy)}${optional('rollout', d.rollout)}${optional('shadow', d.shadow)}` +
  `,"modelVersion":${quoted(d.modelVersion)}${optional('modelExamples', d.modelExamples)}${optional('modelNoise', d.modelNoise)}` +
  `,"campaignsVersion":${quoted(d.campaignsVersion)},"creativesVersion":${quoted(d.creativesVersion)},"limitsVersion":${quoted(d.limitsVersion)}` +
  `,"verdict":"${d.verdict}","vetoes":${listText(d.vetoes)},"sendAt":${d.sendAt}` +
  `${optional('timing', d.timing)}${optional('autonomy', d.autonomy)},"candidates":${candidatesText(d.candidates)}}`

const optional = (key: string, value: unknown): string =>
  value === undefined ? '' : `,"${key}":${JSON.stringify(value)}`

const listText = (list: readonly unknown[]): string => (list.length === 0 ? '[]' : JSON.stringify(list))

const candidatesText = (candidates: readonly CandidateRecord[]): string => {
  let text = '['
  let separator = ''
  for (const candidate of candidates) {
    text += separator + candidateText(candidate)
    separator = ','
  }
  return `${text}]`
}

const candidateText = ({ actionId, features, mean, stderr, probability }: CandidateRecord): string =>
  `${headText(actionId, features)}"mean":${mean},"stderr":${stderr},"probability":${probability}}`

type Head = { readonly actionId: string; readonly text: string }
/** By list: the lists of a campaign's actions live as long as the campaign. */
const heads = new WeakMap<readonly Feature[], Head>()

const headText = (actionId: string, features: readonly Feature[]): string => {
  const known = heads.get(features)
  if (known?.actionId === actionId) return known.text
  const text = `{"actionId":${JSON.stringify(actionId)},"features":${JSON.stringify(features)},`
  heads.set(features, { actionId, text })
  return text
}

/** So many are kept; then they are forgotten and made anew. */
const QUOTES_MAX = 8_192
const quotes = new Map<string, string>()

const sharedText = (features: readonly Feature[]): string => {
  let text = '['
  let separator = ''
  for (const [name, value] of features) {
    text += `${separator}[${quoted(name)},${Number.isFinite(value) ? value : 'null'}]`
    separator = ','
  }
  return `${text}]`
}

/** Names of features, versions and ids of campaigns come with every decision. */
const quoted = (of: string): string => {
  const known = quotes.get(of)
  if (known !== undefined) return known
  if (quotes.size >= QUOTES_MAX) quotes.clear()
  const text = JSON.stringify(of)
  quotes.set(of, text)
  return text
}

const policies = new WeakMap<PolicySpec, string>()

const policyText = (policy: PolicySpec): string => {
  const known = policies.get(policy)
  if (known !== undefined) return known
  const text = JSON.stringify(policy)
  policies.set(policy, text)
  return text
}
