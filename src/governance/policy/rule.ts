// Rules of the policy: CEL over a proposed action and the moment. Every field is always there, so that a
// rule written for spends can be asked of a message; what cannot be told all the same counts as yes.

import { createCel, type CelProgram } from '../../kernel/cel.ts'
import { isFailure } from '../../kernel/failure.ts'
import type { RuleSpec } from '../events.ts'

/** A proposed action as rules see it. Numbers are 0 and texts '' where they say nothing. */
export type ProposedAction = {
  readonly class: string
  readonly kind: string
  readonly campaign: string
  readonly channel: string
  readonly market: string
  /** How many people, or things, it touches. */
  readonly people: number
  /** Whole currency units that it commits. */
  readonly cost: number
  /** Money of a spend, share of a discount: what an exception's `above` looks at. */
  readonly amount: number
  /** By how much a spend or an audience grows, 0.2 = a fifth. */
  readonly increaseShare: number
  readonly discountShare: number
  readonly reversible: boolean
  readonly firstOfKind: boolean
}

export type Moment = {
  /** On the business's clock. */
  readonly hour: number
  /** 0 = Sunday. */
  readonly weekday: number
  readonly workingHours: boolean
}

export const NO_ACTION: ProposedAction = {
  class: '',
  kind: '',
  campaign: '',
  channel: '',
  market: '',
  people: 0,
  cost: 0,
  amount: 0,
  increaseShare: 0,
  discountShare: 0,
  reversible: true,
  firstOfKind: false,
}

const ACTION_FIELDS = {
  class: 'string',
  kind: 'string',
  campaign: 'string',
  channel: 'string',
  market: 'string',
  people: 'double',
  cost: 'double',
  amount: 'double',
  increaseShare: 'double',
  discountShare: 'double',
  reversible: 'bool',
  firstOfKind: 'bool',
} as const satisfies Readonly<Record<keyof ProposedAction, string>>
const MOMENT_FIELDS = {
  hour: 'double',
  weekday: 'double',
  workingHours: 'bool',
} as const satisfies Readonly<Record<keyof Moment, string>>

const compile = createCel({
  variables: { action: ACTION_FIELDS, context: MOMENT_FIELDS },
  known: `Known are action.${Object.keys(ACTION_FIELDS).join(', action.')} and context.${Object.keys(MOMENT_FIELDS).join(', context.')}.`,
})

const CACHE_MAX = 500
const cache = new Map<string, CelProgram>()

/** Throws the failures of `createCel`: unknown names, types, syntax. */
export const compileRule = (source: string): CelProgram => {
  const known = cache.get(source)
  if (known !== undefined) return known
  const program = compile(source)
  if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value ?? '')
  cache.set(source, program)
  return program
}

/** Whether a person is a must by this rule. Yes too when the rule cannot be told or cannot be read. */
export const ruleHolds = (rule: RuleSpec, action: ProposedAction, moment: Moment): boolean => {
  let program: CelProgram
  try {
    program = compileRule(rule.when)
  } catch (error) {
    // Written under another version of the language: a person looks, instead of the machine guessing.
    if (!isFailure(error)) throw error
    return true
  }
  try {
    return program({ action, context: moment }) !== false
  } catch {
    // Whatever evaluation stumbles over, the safe reading is that a person must look.
    return true
  }
}
