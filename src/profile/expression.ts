// The rule language: CEL over profile, tone, scores, event and context, compiled and checked once. What a profile
// lacks is no error at decision time: the rule does not match, and that is counted.

import { celTrouble, createCel, type CelCompiler, type CelProgram } from '../kernel/cel.ts'
import { PROFILE_FIELDS, SCORE_FIELDS, TONE_FIELDS } from './expression-fields.ts'
import type { ProfileView, ScoreView } from './view-types.ts'

/** A checked rule. Made by {@link compileExpression}, asked by {@link matches}. */
export type Expression = {
  readonly source: string
  /** How often it was asked and could not tell: a field was absent, or of another type. */
  readonly undecided: { absent: number; mistyped: number }
  readonly evaluate: CelProgram | null
}

export type Facts = {
  readonly profile: ProfileView
  readonly scores?: ScoreView
  readonly event?: Readonly<Record<string, unknown>>
  readonly context?: Readonly<Record<string, unknown>>
}

const CACHE_MAX = 1_000
const NO_FACTS = Object.freeze({})

const caches = { all: new Map<string, Expression>(), plain: new Map<string, Expression>() }

const MOMENT = { event: 'map<string, dyn>', context: 'map<string, dyn>' } as const
const { segments: _segments, ...WITHOUT_SEGMENTS } = PROFILE_FIELDS
const compileAll: CelCompiler = createCel({
  variables: { profile: PROFILE_FIELDS, scores: SCORE_FIELDS, tone: TONE_FIELDS, ...MOMENT },
  known: 'Known are profile.features.*, profile.traits.*, scores.*, tone.*, event.* and context.*.',
})
const compilePlain: CelCompiler = createCel({
  variables: { profile: WITHOUT_SEGMENTS, scores: SCORE_FIELDS, tone: TONE_FIELDS, ...MOMENT },
  known: 'Known are profile.features.*, profile.traits.*, scores.*, tone.*, event.* and context.*.',
})

/**
 * Compiles a CEL expression that yields true or false; '' is always true. Throws Failures `cel.syntax`,
 * `cel.unknown_field` (with the nearest name), `cel.type`, `cel.too_complex`.
 * @example matches(compileExpression('profile.features.orders >= 2'), { profile }) // true for a repeat buyer
 */
export const compileExpression = (
  source: string,
  allow: { readonly segments?: boolean } = {},
): Expression => {
  const withSegments = allow.segments ?? true
  const cache = withSegments ? caches.all : caches.plain
  const known = cache.get(source)
  if (known !== undefined) return known
  const compile = withSegments ? compileAll : compilePlain
  const expression = {
    source,
    undecided: { absent: 0, mistyped: 0 },
    evaluate: source.trim() === '' ? null : compile(source),
  }
  if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value ?? '')
  cache.set(source, expression)
  return expression
}

/** Whether the rule holds. False also when it cannot be decided; `expression.undecided` counts why. */
export const matches = (expression: Expression, facts: Facts): boolean => {
  if (expression.evaluate === null) return true
  try {
    return (
      expression.evaluate({
        profile: facts.profile,
        tone: facts.profile.tone,
        scores: facts.scores ?? NO_FACTS,
        event: facts.event ?? NO_FACTS,
        context: facts.context ?? NO_FACTS,
      }) === true
    )
  } catch (error) {
    // A rule that cannot be decided selects nobody: the safe side for a message.
    expression.undecided[celTrouble(error)]++
    return false
  }
}
