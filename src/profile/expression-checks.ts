// What a rule may name and how much work it may ask for, checked on its syntax tree before it ever runs.

import type { ASTNode } from '@marcbachmann/cel-js'
import { Failure } from '../kernel/failure.ts'

/** The profile as rules see it. */
export const PROFILE_FIELDS = {
  id: 'string',
  timeZone: 'string',
  locale: 'string',
  identifiers: 'list<map<string, dyn>>',
  traits: 'map<string, dyn>',
  consents: 'list<map<string, dyn>>',
  features: {
    daysSinceFirstSeen: 'double',
    daysSinceLastSeen: 'double',
    daysSinceLastOrder: 'double',
    daysSinceLastCart: 'double',
    daysSinceLastSend: 'double',
    orders: 'double',
    revenue: 'double',
    averageOrder: 'double',
    events: 'double',
    activity7d: 'double',
    views7d: 'double',
    carts7d: 'double',
    activity60d: 'double',
    orders60d: 'double',
    sends7d: 'double',
    sends1d: 'double',
    usualHour: 'double',
    usualWeekday: 'double',
    topCategory: 'string',
    categories: 'map<string, double>',
    channels: 'map<string, map<string, double>>',
  },
  segments: 'list<string>',
  unsettled: 'bool',
}

const ROOTS = ['profile', 'event', 'context']
const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])
/** Work grows with the length of the rule and of one list, no faster: no patterns, no binding. */
const FUNCTIONS = new Set([
  ...COMPREHENSIONS,
  'has',
  'size',
  'string',
  'double',
  'int',
  'bool',
  'dyn',
  'type',
  'contains',
  'startsWith',
  'endsWith',
  'lowerAscii',
  'upperAscii',
  'trim',
  'indexOf',
  'timestamp',
  'duration',
])

/** Throws `cel.too_complex` or `cel.unknown_function`. */
export const checkBounds = (ast: ASTNode, source: string): void =>
  walk(ast, 0, (node, loops) => {
    const name = node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined
    if (name === undefined) return loops
    if (!FUNCTIONS.has(name))
      throw new Failure({
        code: 'cel.unknown_function',
        message: `There is no function ${name} ${placeIn(source, node.pos)}`,
        hint: suggestion(name, [...FUNCTIONS]),
      })
    if (!COMPREHENSIONS.has(name)) return loops
    if (loops > 0)
      throw new Failure({
        code: 'cel.too_complex',
        message: `${name} stands inside another loop ${placeIn(source, node.pos)}`,
        hint: 'One loop over one list is allowed.',
      })
    return loops + 1
  })

/** Throws `cel.unknown_field` for a variable or a profile field that does not exist. */
export const checkFields = (ast: ASTNode, source: string, withSegments: boolean): void => {
  const bound = new Set<string>()
  walk(ast, 0, (node, loops) => {
    if (node.op === 'rcall' && COMPREHENSIONS.has(node.args[0])) {
      const variable = node.args[2][0]
      if (variable?.op === 'id') bound.add(variable.args)
    }
    return loops
  })
  walk(ast, 0, (node, loops) => {
    if (node.op === 'id' && !ROOTS.includes(node.args) && !bound.has(node.args))
      throw unknownField(source, node.pos, node.args, 'the variables')
    if (node.op === '.') checkPath(node, source, withSegments)
    return loops
  })
}

const checkPath = (node: ASTNode, source: string, withSegments: boolean): void => {
  const path = pathOf(node)
  if (path?.[0] !== 'profile') return
  let fields: unknown = PROFILE_FIELDS
  for (let i = 1; i < path.length && typeof fields === 'object'; i++) {
    const name = path[i] ?? ''
    const known = Object.hasOwn(fields as object, name) && (withSegments || name !== 'segments')
    if (!known) throw unknownField(source, node.pos, name, path.slice(0, i).join('.'))
    fields = (fields as Record<string, unknown>)[name]
  }
}

const unknownField = (source: string, pos: number, name: string, parent: string): Failure =>
  new Failure({
    code: 'cel.unknown_field',
    message: `There is no ${name} in ${parent} ${placeIn(source, pos)}`,
    hint: suggestion(name, fieldPaths()),
  })

/** `profile.features.orders` as its names; null when it does not start at a variable. */
const pathOf = (node: ASTNode): string[] | null => {
  const path: string[] = []
  let current: ASTNode = node
  while (current.op === '.') {
    path.unshift(current.args[1])
    current = current.args[0]
  }
  return current.op === 'id' ? [current.args, ...path] : null
}

const fieldPaths = (): string[] => [
  ...ROOTS,
  ...Object.keys(PROFILE_FIELDS).map((name) => `profile.${name}`),
  ...Object.keys(PROFILE_FIELDS.features).map((name) => `profile.features.${name}`),
]

const suggestion = (name: string, candidates: readonly string[]): string => {
  let best = ''
  let least = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const last = candidate.slice(candidate.lastIndexOf('.') + 1)
    const distance = editDistance(name.toLowerCase(), last.toLowerCase())
    if (distance >= least) continue
    least = distance
    best = candidate
  }
  return least <= Math.max(2, name.length / 3)
    ? `Did you mean ${best}?`
    : 'Known are profile.features.*, profile.traits.*, event.* and context.*.'
}

const editDistance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, i) => i)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1),
        ),
      )
    row = next
  }
  return row[right.length] ?? 0
}

type Visit = (node: ASTNode, loops: number) => number

const walk = (node: ASTNode, loops: number, visit: Visit): void => {
  const inner = visit(node, loops)
  const each = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(each)
    else if (typeof value === 'object' && value !== null && 'op' in value)
      walk(value as ASTNode, inner, visit)
  }
  each(node.args)
}

/** `at line 1, column 5: "…"` for messages; columns count from 1. */
export const placeIn = (source: string, pos: number | undefined): string => {
  if (pos === undefined) return `in "${source}"`
  const before = source.slice(0, pos)
  const line = before.split('\n').length
  return `at line ${line}, column ${pos - before.lastIndexOf('\n')} of "${source}"`
}
