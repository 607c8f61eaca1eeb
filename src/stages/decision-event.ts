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

/** As `JSON.stringify` would spell it, with the candidates last. */
const decisionText = (decision: DecisionMade): string => {
  let text = '{'
  for (const key in decision) {
    if (key === 'candidates') continue
    const value = spelt(key, decision[key as keyof DecisionMade])
    if (value !== undefined) text += `${quoted(key)}:${value},`
  }
  let separator = ''
  text += '"candidates":['
  for (const candidate of decision.candidates) {
    text += separator + candidateText(candidate)
    separator = ','
  }
  return `${text}]}`
}

const spelt = (key: string, value: unknown): string | undefined => {
  switch (key) {
    case 'shared':
      return sharedText(value as readonly Feature[])
    case 'policy':
      return policyText(value as PolicySpec)
    case 'decisionId':
    case 'profileId':
    case 'seed':
      return JSON.stringify(value)
  }
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number' && Number.isFinite(value)) return `${value}`
  return Array.isArray(value) && value.length === 0 ? '[]' : JSON.stringify(value)
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

/** Keys, names of features, versions and ids of campaigns come with every decision. */
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
