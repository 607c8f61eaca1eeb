// What is wrong with something a person wrote, said so that they can put it right: where, what, and
// what to write instead. One checker for every section of a plan.

import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { isRecord } from './json.ts'

export type Problem = {
  /** Where, as the person sees it: `actions[2].channel`; '' = the whole. */
  readonly path: string
  readonly message: string
  /** What to do about it; '' when the message says it all. */
  readonly hint: string
}

export const problem = (path: string, message: string, hint = ''): Problem => ({ path, message, hint })

export type ShapeCheck = (value: unknown, path?: string) => readonly Problem[]

const PROBLEMS_MAX = 50

/**
 * A checker for values of `schema`: [] when it fits, else one problem a place, at most 50. Unknown
 * keys and words get the nearest known one as a hint; a failed union says its `description`.
 */
export const shapeOf = (schema: TSchema): ShapeCheck => {
  const compiled = Compile(schema)
  return (value, path = '') => {
    if (compiled.Check(value)) return []
    const errors = compiled.Errors(value) as unknown as readonly ShapeError[]
    const told = new Map<string, Problem>()
    for (const error of withoutOtherBranches(errors, value)) {
      for (const found of problemsOf(error, schema, value, path))
        if (!told.has(found.path) && told.size < PROBLEMS_MAX) told.set(found.path, found)
    }
    return [...told.values()]
  }
}

/** The known word nearest to `word` (two letters wrong, or a third of a long one); undefined when none is near. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  let best: string | undefined
  let least = (word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3))) + 1
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** A hint for an unknown word: the nearest known one, or all of them. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  const near = nearest(word.slice(0, 60), known)
  return near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`
}

type ShapeError = {
  readonly keyword: string
  readonly schemaPath: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message: string
}

/**
 * Of a union, what a person most likely meant: for an object the branch for objects with the fewest
 * errors, for anything else the union as a whole.
 */
const withoutOtherBranches = (errors: readonly ShapeError[], value: unknown): readonly ShapeError[] => {
  const kept: ShapeError[] = []
  const unions = new Map<string, ShapeError[]>()
  for (const error of errors) {
    const [union, inside] = error.schemaPath.split('/anyOf/', 2)
    if (error.keyword === 'boolean' || error.keyword === 'anyOf' || union === undefined) continue
    if (inside === undefined) kept.push(error)
    else {
      const key = `${union} ${placeOf(error, inside)}`
      unions.set(key, [...(unions.get(key) ?? []), error])
    }
  }
  for (const [key, inside] of unions) {
    const space = key.indexOf(' ')
    const schemaPath = key.slice(0, space)
    const instancePath = key.slice(space + 1)
    const branches = Map.groupBy(
      inside,
      (error) => error.schemaPath.slice(schemaPath.length + 7).split('/', 1)[0],
    )
    const fitting = [...branches.values()].filter(
      (branch) => !branch.some((error) => error.keyword === 'type' && error.instancePath === instancePath),
    )
    const nearestBranch = fitting.toSorted((x, y) => x.length - y.length)[0]
    if (nearestBranch !== undefined && isRecord(valueAt(value, instancePath))) kept.push(...nearestBranch)
    else
      kept.push({ keyword: 'anyOf', schemaPath, instancePath, params: {}, message: 'fits none of the forms' })
  }
  return kept
}

/** Where the union itself stands in the value: the place of the error less what the branch goes down. */
const placeOf = (error: ShapeError, inside: string): string => {
  const down = inside.split('/').filter((step) => step === 'properties' || step === 'items').length
  return down === 0 ? error.instancePath : error.instancePath.split('/').slice(0, -down).join('/')
}

const problemsOf = (error: ShapeError, schema: TSchema, value: unknown, path: string): Problem[] => {
  const at = joinPath(path, error.instancePath)
  const part = schemaAt(schema, error.schemaPath)
  const description = typeof part['description'] === 'string' ? part['description'] : ''
  if (error.keyword === 'additionalProperties') {
    const known = isRecord(part['properties']) ? Object.keys(part['properties']) : []
    return wordsOf(error.params['additionalProperties']).map((key) =>
      problem(at === '' ? key : `${at}.${key}`, `unknown key \`${key}\``, didYouMean(key, known)),
    )
  }
  if (error.keyword === 'required')
    return wordsOf(error.params['requiredProperties']).map((key) =>
      problem(at === '' ? key : `${at}.${key}`, `\`${key}\` is missing`, descriptionOf(part, key)),
    )
  const allowed = choicesOf(part)
  if (allowed.length > 0) {
    const given = valueAt(value, error.instancePath)
    return [
      problem(at, `${spell(given)} is not one of ${allowed.join(', ')}`, didYouMean(String(given), allowed)),
    ]
  }
  const given = spell(valueAt(value, error.instancePath))
  if (error.keyword === 'anyOf' || error.keyword === 'pattern')
    return [problem(at, `${given} cannot be read`, description === '' ? error.message : description)]
  return [problem(at, `${given} ${error.message}`, description)]
}

const descriptionOf = (part: Record<string, unknown>, key: string): string => {
  const properties = part['properties']
  const property = isRecord(properties) ? properties[key] : undefined
  return isRecord(property) && typeof property['description'] === 'string' ? property['description'] : ''
}

const choicesOf = (part: Record<string, unknown>): string[] => {
  if (Array.isArray(part['enum'])) return part['enum'].map(String)
  const options = part['anyOf']
  if (!Array.isArray(options) || !options.every((option) => isRecord(option) && 'const' in option)) return []
  return options.map((option: unknown) => (isRecord(option) ? String(option['const']) : ''))
}

const wordsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

const pointer = (path: string): string[] =>
  path
    .replace(/^#/, '')
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))

const schemaAt = (schema: TSchema, path: string): Record<string, unknown> => {
  let part: unknown = schema
  for (const step of pointer(path)) part = (part as Record<string, unknown> | undefined)?.[step]
  return isRecord(part) ? part : {}
}

const valueAt = (value: unknown, path: string): unknown => {
  let part = value
  for (const step of pointer(path)) part = (part as Record<string, unknown> | undefined)?.[step]
  return part
}

const joinPath = (path: string, instancePath: string): string => {
  let joined = path
  for (const step of pointer(instancePath))
    joined = /^\d+$/.test(step) ? `${joined}[${step}]` : joined === '' ? step : `${joined}.${step}`
  return joined
}

const spell = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

const editDistance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[right.length] ?? 0
}
