// The rule language: CEL over profile, event and context, compiled and checked once. What a profile
// lacks is no error at decision time: the rule does not match, and that is counted.

import { Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js'
import type { ParseResult } from '@marcbachmann/cel-js'
import { Failure } from '../kernel/failure.ts'
import { checkBounds, checkFields, placeIn, PROFILE_FIELDS } from './expression-checks.ts'
import type { ProfileView } from './view-types.ts'

/** A checked rule. Made by {@link compileExpression}, asked by {@link matches}. */
export type Expression = {
  readonly source: string
  /** How often it was asked and could not tell: a field was absent, or of another type. */
  readonly undecided: { absent: number; mistyped: number }
  readonly evaluate: ((facts: Record<string, unknown>) => unknown) | null
}

export type Facts = {
  readonly profile: ProfileView
  readonly event?: Readonly<Record<string, unknown>>
  readonly context?: Readonly<Record<string, unknown>>
}

const CACHE_MAX = 1_000
const SOURCE_CHARS_MAX = 2_000
const LIMITS = {
  maxAstNodes: 300,
  maxDepth: 32,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 8,
}
const NO_FACTS = Object.freeze({})

const cache = new Map<string, Expression>()

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
  const key = `${withSegments ? 'all' : 'plain'} ${source}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const expression = {
    source,
    undecided: { absent: 0, mistyped: 0 },
    evaluate: source.trim() === '' ? null : compile(source, withSegments),
  }
  if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value ?? '')
  cache.set(key, expression)
  return expression
}

/** Whether the rule holds. False also when it cannot be decided; `expression.undecided` counts why. */
export const matches = (expression: Expression, facts: Facts): boolean => {
  if (expression.evaluate === null) return true
  try {
    return (
      expression.evaluate({
        profile: facts.profile,
        event: facts.event ?? NO_FACTS,
        context: facts.context ?? NO_FACTS,
      }) === true
    )
  } catch (error) {
    // A rule that cannot be decided selects nobody: the safe side for a message.
    if (error instanceof EvaluationError && error.code === 'no_such_key') expression.undecided.absent++
    else expression.undecided.mistyped++
    return false
  }
}

const createEnvironment = (): Environment => {
  const env = new Environment({ homogeneousAggregateLiterals: false, limits: LIMITS })
  env.registerVariable({ name: 'profile', schema: PROFILE_FIELDS })
  env.registerVariable('event', 'map<string, dyn>')
  env.registerVariable('context', 'map<string, dyn>')
  // Numbers of profiles are doubles, and nobody writes `orders == 3.0`.
  env.registerOperator('double + int: double', (a: number, b: bigint) => a + Number(b))
  env.registerOperator('int + double: double', (a: bigint, b: number) => Number(a) + b)
  env.registerOperator('double - int: double', (a: number, b: bigint) => a - Number(b))
  env.registerOperator('int - double: double', (a: bigint, b: number) => Number(a) - b)
  env.registerOperator('double * int: double', (a: number, b: bigint) => a * Number(b))
  env.registerOperator('int * double: double', (a: bigint, b: number) => Number(a) * b)
  env.registerOperator('double / int: double', (a: number, b: bigint) => a / Number(b))
  env.registerOperator('int / double: double', (a: bigint, b: number) => Number(a) / b)
  env.registerOperator('double == int', (a: number, b: bigint) => a === Number(b))
  return env
}

let environment: Environment | undefined

const compile = (source: string, withSegments: boolean): Expression['evaluate'] => {
  if (source.length > SOURCE_CHARS_MAX)
    throw new Failure({
      code: 'cel.too_complex',
      message: `The expression has ${source.length} characters; ${SOURCE_CHARS_MAX} are allowed.`,
      hint: 'Split it into segments and refer to those.',
    })
  environment ??= createEnvironment()
  const parsed = parse(environment, source)
  checkBounds(parsed.ast, source)
  checkFields(parsed.ast, source, withSegments)
  const checked = parsed.check()
  if (!checked.valid) throw typeFailure(source, checked.error)
  if (checked.type !== 'bool' && checked.type !== 'dyn')
    throw new Failure({
      code: 'cel.type',
      message: `"${source}" gives ${checked.type ?? 'something else'}, not true or false.`,
      hint: 'Compare it with something, as in profile.features.orders >= 2.',
    })
  return parsed
}

const parse = (env: Environment, source: string): ParseResult => {
  try {
    return env.parse(source)
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    const tooBig = error.code.includes('limit') || error.summary.startsWith('Exceeded')
    throw new Failure({
      code: tooBig ? 'cel.too_complex' : 'cel.syntax',
      message: `${error.summary} ${placeIn(source, error.range?.start)}`,
      hint: 'Expressions are CEL: a && b, a || b, !a, ==, <, in, has(x.y), "text".startsWith("t").',
      cause: error,
    })
  }
}

type CheckError = { readonly summary: string; readonly range?: { readonly start: number } } | undefined

const typeFailure = (source: string, error: CheckError): Failure =>
  new Failure({
    code: 'cel.type',
    message: `${error?.summary ?? 'The types do not fit'} ${placeIn(source, error?.range?.start)}`,
    hint: error?.summary.endsWith('in list<int>')
      ? 'Write the numbers of the list with a point: [1.0, 2.0].'
      : 'Text is in quotes; numbers are compared with numbers.',
    cause: error,
  })
