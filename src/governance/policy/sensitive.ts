// Traits that say of a person what nobody may be treated by: kept out of audiences, triggers, segments and what the
// bandit learns from, unless a named person allowed it in the policy. A list of names, so a trait under another name is not seen.

import type { AllowedTrait, GovernancePolicy, SensitiveSpec } from '../events.ts'

/** What the law of most countries holds apart (GDPR, article 9; 152-FZ, article 10), as shops name it. */
export const SENSITIVE_TRAITS: readonly string[] = [
  'race',
  'ethnicity',
  'nationality',
  'religion',
  'politics',
  'political_views',
  'trade_union',
  'health',
  'diagnosis',
  'disability',
  'pregnant',
  'sexual_orientation',
  'sex_life',
  'criminal_record',
  'biometrics',
]

/** What holds while the policy has no word of it. */
export const DEFAULT_SENSITIVE: SensitiveSpec = { traits: SENSITIVE_TRAITS, allowed: [] }

/** The sensitive traits among `names` that nobody allowed for this campaign; '' stands for a segment, which all may use. */
export const barredTraits = (
  policy: Pick<GovernancePolicy, 'sensitive'>,
  names: readonly string[],
  campaign: string,
): readonly string[] => {
  const { traits, allowed } = policy.sensitive ?? DEFAULT_SENSITIVE
  const sensitive = new Set(traits.map(plain))
  const free = new Set(allowed.filter((one) => isFor(one, campaign)).map(({ trait }) => plain(trait)))
  return names.filter((name) => sensitive.has(plain(name)) && !free.has(plain(name)))
}

/** An allowance for all campaigns covers segments, too; one for a single campaign does not. */
const isFor = (one: AllowedTrait, campaign: string): boolean =>
  one.campaign === '' || one.campaign === campaign

/** `sexualOrientation`, `Sexual-Orientation` and `sexual_orientation` are one. */
const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

export type TraitsRead = {
  readonly names: readonly string[]
  /** Goes through all traits, or reckons the name of one: which ones cannot be told from the rule. */
  readonly any: boolean
}

const STRING = String.raw`(?:"([^"\\]*)"|'([^'\\]*)')`
const READS = new RegExp(
  String.raw`${STRING}\s+in\s+[\w.]*\btraits\b(?!\s*[.[])|\btraits\s*\.\s*([A-Za-z_]\w*)(?!\w|\s*\()|\btraits\s*\[\s*${STRING}\s*\]`,
  'g',
)

/** The traits that a CEL rule reads. */
export const traitsRead = (rule: string): TraitsRead => {
  const names: string[] = []
  const rest = rule.replace(READS, (_whole, ...found: readonly (string | undefined)[]) => {
    names.push(found.slice(0, 5).find((name) => name !== undefined) ?? '')
    return ' '
  })
  return { names: [...new Set(names)], any: /\btraits\b/.test(rest) }
}
