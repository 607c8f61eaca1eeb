// Liquid as this product allows it: own properties only, no files, no includes, output escaped, every
// limit set. The limits are cooperative; the worker around it is what really stops a template.

import { filters, Liquid, type LiquidOptions } from 'liquidjs'
import { Failure } from '../../kernel/failure.ts'

export type LiquidLimits = {
  /** Characters of one template. */
  readonly templateLengthMax: number
  readonly renderMs: number
  /** What LiquidJS counts as allocated. */
  readonly memoryUnits: number
}

export const LIQUID_LIMITS: LiquidLimits = {
  templateLengthMax: 500_000,
  renderMs: 120,
  memoryUnits: 5_000_000,
}

/** What the filters of one rendering reach beside the variables. */
export type RenderScope = { now: number; readonly track: (url: string) => string }

/** Tags that would read other templates. */
const NO_TAGS = ['include', 'render', 'layout', 'block']

/**
 * An engine for one kind of output: `html` escapes every value, `text` none. `track_link` and the words
 * `now` and `today` read `scope`, which the caller sets before each rendering.
 */
export const createLiquid = (
  output: 'html' | 'text',
  scope: RenderScope,
  limits: LiquidLimits = LIQUID_LIMITS,
): Liquid => {
  const options: LiquidOptions = {
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    dynamicPartials: false,
    relativeReference: false,
    templates: {},
    timezoneOffset: 'UTC',
    parseLimit: limits.templateLengthMax,
    renderLimit: limits.renderMs,
    memoryLimit: limits.memoryUnits,
    ...(output === 'html' ? { outputEscape: 'escape' as const } : {}),
  }
  const liquid = new Liquid(options)
  for (const name of NO_TAGS)
    liquid.registerTag(name, {
      parse: () => {
        throw new Failure({
          code: 'creative.include_refused',
          message: `{% ${name} %} is not allowed: a creative is one piece`,
        })
      },
      render: () => '',
    })
  // Registered as an ordinary filter it no longer switches escaping off.
  liquid.registerFilter('raw', (value: unknown) => value)
  // Somebody's name may be half a letter or '100%': that is a text as well.
  for (const name of ['url_encode', 'cgi_escape', 'uri_escape'] as const)
    liquid.registerFilter(name, (value: unknown) =>
      (filters[name] as (text: string) => string)(textOf(value)),
    )
  liquid.registerFilter('url_decode', (value: unknown) => decoded(textOf(value)))
  liquid.registerFilter('track_link', (value: unknown) => scope.track(typeof value === 'string' ? value : ''))
  liquid.registerFilter('date', function (this: unknown, value: unknown, ...rest: unknown[]) {
    const at = value === 'now' || value === 'today' ? new Date(scope.now).toISOString() : value
    return (filters['date'] as (this: unknown, ...given: unknown[]) => unknown).call(this, at, ...rest)
  })
  return liquid
}

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value.toWellFormed()
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value).toWellFormed() : `${value as number}`
}

/** What is no encoded text stays as it is. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}
