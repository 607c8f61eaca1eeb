// CEL compiled and checked once, over a given vocabulary: what is misspelt, mistyped or too much work is
// refused when it is written. The only file, beside its checks, that knows the library.

import { Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js'
import type { ParseResult } from '@marcbachmann/cel-js'
import { checkBounds, checkFields, placeIn, type CelNames } from './cel-checks.ts'
import { Failure } from './failure.ts'

export type { CelFields, CelNames } from './cel-checks.ts'

/** A compiled rule, called with a value for each variable. What it throws {@link celTrouble} explains. */
export type CelProgram = (facts: Record<string, unknown>) => unknown

export type CelCompiler = (source: string) => CelProgram

const SOURCE_CHARS_MAX = 2_000
const LIMITS = {
  maxAstNodes: 300,
  maxDepth: 32,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 8,
}

/**
 * A compiler of expressions that yield true or false. It throws Failures `cel.syntax`,
 * `cel.unknown_field` (with the nearest name), `cel.unknown_function`, `cel.type`, `cel.too_complex`.
 * @example createCel({ variables: { action: { cost: 'double' } }, known: '' })('action.cost > 10')
 */
export const createCel = (names: CelNames): CelCompiler => {
  let environment: Environment | undefined
  return (source) => {
    if (source.length > SOURCE_CHARS_MAX)
      throw new Failure({
        code: 'cel.too_complex',
        message: `The expression has ${source.length} characters; ${SOURCE_CHARS_MAX} are allowed.`,
        hint: 'Split it into segments and refer to those.',
      })
    environment ??= createEnvironment(names)
    const parsed = parse(environment, source)
    checkBounds(parsed.ast, source)
    checkFields(parsed.ast, source, names)
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
}

/** Why an evaluation broke off: a field was not there, or of another type. */
export const celTrouble = (thrown: unknown): 'absent' | 'mistyped' =>
  thrown instanceof EvaluationError && thrown.code === 'no_such_key' ? 'absent' : 'mistyped'

const createEnvironment = ({ variables }: CelNames): Environment => {
  const env = new Environment({ homogeneousAggregateLiterals: false, limits: LIMITS })
  for (const [name, fields] of Object.entries(variables))
    if (typeof fields === 'string') env.registerVariable(name, fields)
    else env.registerVariable({ name, schema: fields })
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
