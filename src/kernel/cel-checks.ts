// What a rule may name and how much work it may ask for, checked on its syntax tree before it ever runs.

import type { ASTNode } from '@marcbachmann/cel-js'
import { Failure } from './failure.ts'
import { nearest } from './problem.ts'

/** The fields of a variable: each a CEL type or fields of its own. */
export type CelFields = { readonly [name: string]: string | CelFields }

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
        hint: suggestion(name, [...FUNCTIONS], ''),
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

export type CelNames = {
  /** Each variable: its fields, or a CEL type under which anything may stand. */
  readonly variables: Readonly<Record<string, CelFields | string>>
  /** Said where no known name is near: `Known are profile.traits.*, …`. */
  readonly known: string
}

/** Throws `cel.unknown_field` for a variable or a field that does not exist. */
export const checkFields = (ast: ASTNode, source: string, names: CelNames): void => {
  const bound = new Set<string>()
  walk(ast, 0, (node, loops) => {
    if (node.op === 'rcall' && COMPREHENSIONS.has(node.args[0])) {
      const variable = node.args[2][0]
      if (variable?.op === 'id') bound.add(variable.args)
    }
    return loops
  })
  walk(ast, 0, (node, loops) => {
    if (node.op === 'id' && !Object.hasOwn(names.variables, node.args) && !bound.has(node.args))
      throw unknownField({ source, pos: node.pos, name: node.args, parent: 'the variables', names })
    if (node.op === '.') checkPath(node, source, names)
    return loops
  })
}

const checkPath = (node: ASTNode, source: string, names: CelNames): void => {
  const path = pathOf(node)
  const root = path?.[0]
  if (path === null || root === undefined || !Object.hasOwn(names.variables, root)) return
  let fields: CelFields | string | undefined = names.variables[root]
  for (let i = 1; i < path.length && typeof fields === 'object'; i++) {
    const name = path[i] ?? ''
    if (!Object.hasOwn(fields, name))
      throw unknownField({ source, pos: node.pos, name, parent: path.slice(0, i).join('.'), names })
    fields = fields[name]
  }
}

type Unknown = {
  readonly source: string
  readonly pos: number
  readonly name: string
  readonly parent: string
  readonly names: CelNames
}

const unknownField = ({ source, pos, name, parent, names }: Unknown): Failure =>
  new Failure({
    code: 'cel.unknown_field',
    message: `There is no ${name} in ${parent} ${placeIn(source, pos)}`,
    hint: suggestion(name, pathsOf('', names.variables), names.known),
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

const pathsOf = (prefix: string, fields: CelFields): readonly string[] =>
  Object.entries(fields).flatMap(([name, inner]) => [
    `${prefix}${name}`,
    ...(typeof inner === 'string' ? [] : pathsOf(`${prefix}${name}.`, inner)),
  ])

const suggestion = (name: string, paths: readonly string[], known: string): string => {
  const last = (path: string): string => path.slice(path.lastIndexOf('.') + 1)
  const near = nearest(name, paths.map(last))
  const path = near === undefined ? undefined : paths.find((candidate) => last(candidate) === near)
  return path === undefined ? known : `Did you mean ${path}?`
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
