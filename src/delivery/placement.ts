// Content of placements, answered while a page waits: strings with nothing but `{{ a.b }}` and a default
// are filled in right here, in microseconds; anything with logic in it goes to the renderer's worker.

import type { Json } from '../kernel/json.ts'
import { isRecord } from '../kernel/json.ts'
import type { CreativeSpec } from './events.ts'
import { pickLocale } from './locale.ts'

type Hole = { readonly path: readonly string[]; readonly fallback: string }
type Piece = string | Hole
type Part =
  | { readonly pieces: readonly Piece[] }
  | { readonly list: readonly Part[] }
  | { readonly fields: readonly (readonly [string, Part])[] }
  | { readonly value: Json }

export type CompiledPlacement = {
  readonly id: string
  /** By language; null where a worker has to render it. */
  readonly contents: Readonly<Record<string, Part | null>>
  /** Which fields of the profile its holes ask for; '' is the whole of it. */
  readonly asksOfPerson: ReadonlySet<string>
  /** The language that was picked, by what was wanted: visitors ask for the same few. */
  readonly picked: Map<string, string | undefined>
}

export type PlacementAnswer =
  | { readonly kind: 'rendered'; readonly body: Json }
  /** It has logic in it: `Renderer.render` renders it. */
  | { readonly kind: 'needs_worker' }
  | { readonly kind: 'no_content' }

const HOLE =
  /^\{\{-?\s*([A-Za-z_][\w-]*(?:\.[A-Za-z_0-9][\w-]*)*)\s*(?:\|\s*default:\s*(?:"([^"]*)"|'([^']*)')\s*)?-?\}\}$/
const DEPTH_MAX = 32
/** Wishes remembered; then they are looked up anew. */
const PICKED_MAX = 256

/** Prepares a placement's content; once per version of the creative. */
export const compilePlacement = (creative: CreativeSpec): CompiledPlacement => {
  const contents = Object.entries(creative.content).map(
    ([locale, content]) => [locale, compilePart(content as Json, 0)] as const,
  )
  const asksOfPerson = new Set<string>()
  for (const [, part] of contents) if (part !== null) addAsked(part, asksOfPerson)
  return { id: creative.id, contents: Object.fromEntries(contents), asksOfPerson, picked: new Map() }
}

const addAsked = (part: Part, asks: Set<string>): void => {
  if ('list' in part) for (const item of part.list) addAsked(item, asks)
  else if ('fields' in part) for (const [, inner] of part.fields) addAsked(inner, asks)
  else if ('pieces' in part)
    for (const piece of part.pieces)
      if (typeof piece === 'object' && piece.path[0] === 'profile') asks.add(piece.path[1] ?? '')
}

/**
 * The content in the nearest language with its values filled in, as plain text: a page that puts it into
 * its markup escapes it like any other text. Missing values are empty. Changes nothing, waits for nothing.
 */
export const renderPlacement = (
  placement: CompiledPlacement,
  vars: unknown,
  { locale, fallbackLocales }: { readonly locale: string; readonly fallbackLocales?: readonly string[] },
): PlacementAnswer => {
  const picked = localeFor(placement, locale, fallbackLocales ?? [])
  const part = picked === undefined ? undefined : placement.contents[picked]
  if (part === undefined) return { kind: 'no_content' }
  return part === null ? { kind: 'needs_worker' } : { kind: 'rendered', body: fill(part, vars) }
}

const localeFor = (
  { contents, picked }: CompiledPlacement,
  locale: string,
  fallbacks: readonly string[],
): string | undefined => {
  const wanted = `${locale} ${fallbacks.join(' ')}`
  const known = picked.get(wanted)
  if (known !== undefined) return known
  const found = pickLocale(Object.keys(contents), locale, fallbacks)
  if (picked.size >= PICKED_MAX) picked.clear()
  picked.set(wanted, found)
  return found
}

const compilePart = (value: Json, depth: number): Part | null => {
  if (depth > DEPTH_MAX) return null
  if (typeof value === 'string') return compileText(value)
  if (Array.isArray(value)) {
    const list = value.map((item: Json) => compilePart(item, depth + 1))
    return list.every((item) => item !== null) ? { list } : null
  }
  if (!isRecord(value)) return { value }
  const fields: [string, Part][] = []
  for (const [name, inner] of Object.entries(value)) {
    const part = compilePart(inner, depth + 1)
    // Filled in by assignment, which makes no field of that name: the worker keeps what it has.
    if (part === null || name === '__proto__') return null
    fields.push([name, part])
  }
  return { fields }
}

const compileText = (text: string): Part | null => {
  if (!text.includes('{{') && !text.includes('{%')) return { value: text }
  if (text.includes('{%') || /\{\{-|-\}\}/.test(text)) return null
  const pieces: Piece[] = []
  let at = 0
  for (const match of text.matchAll(/\{\{[\s\S]*?\}\}/g)) {
    const hole = HOLE.exec(match[0])
    if (hole === null || isWord(hole[1])) return null
    if (match.index > at) pieces.push(text.slice(at, match.index))
    pieces.push({ path: (hole[1] ?? '').split('.'), fallback: hole[2] ?? hole[3] ?? '' })
    at = match.index + match[0].length
  }
  if (text.indexOf('{{', at) >= 0) return null
  if (at < text.length) pieces.push(text.slice(at))
  return { pieces }
}

/** Words that Liquid reads as values, and `size`, `first`, `last` that it computes. */
const isWord = (path = ''): boolean =>
  /^(?:true|false|nil|null|empty|blank)$/.test(path) || /\.(?:size|first|last)(?:\.|$)/.test(path)

const fill = (part: Part, vars: unknown): Json => {
  if ('value' in part) return part.value
  if ('list' in part) return part.list.map((item) => fill(item, vars))
  if ('fields' in part) {
    const filled: Record<string, Json> = {}
    for (const [name, inner] of part.fields) filled[name] = fill(inner, vars)
    return filled
  }
  const [only] = part.pieces
  // A page that asks for the products themselves gets them as data, not as text.
  if (part.pieces.length === 1 && typeof only === 'object' && only.path.join() === 'recommendations')
    return recommendationsIn(vars)
  let text = ''
  for (const piece of part.pieces) text += typeof piece === 'string' ? piece : valueText(piece, vars)
  return text
}

const recommendationsIn = (vars: unknown): Json =>
  isRecord(vars) ? ((vars['recommendations'] ?? []) as Json) : []

const valueText = ({ path, fallback }: Hole, vars: unknown): string => {
  let value = vars
  for (const step of path)
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined
  if (
    value === undefined ||
    value === null ||
    value === false ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  )
    return fallback === '' && value === false ? 'false' : fallback
  return asText(value)
}

const asText = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(asText).join('')
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value === null || value === undefined ? '' : JSON.stringify(value)
}
