// One row of reviews, answers or tickets: what was said, in words or in a number, by whom and when.

import { RATING_SCALES, refuseRating, type RatingScale } from '../brand/index.ts'
import type { Json } from '../kernel/json.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import type { Reject } from './cells.ts'
import type { Who } from './mentions/raw-mention.ts'

/** As `POST /v1/mentions` takes it, and on which scale its number is. */
export type SaidRow = {
  readonly id: string
  /** ISO. */
  readonly at: string
  readonly text?: string
  readonly author?: string
  readonly url?: string
  readonly score?: number
  readonly about?: string
  readonly who?: Who
  readonly scale: RatingScale | ''
}

/** As much as is looked at. */
const TEXT_CHARS_MAX = 100_000
const FIELD_CHARS_MAX = 300

const WHO = ['userId', 'anonymousId', 'email', 'phone'] as const

export const reviewOf = (fields: Readonly<Record<string, Json>>, id: string): Result<SaidRow, Reject> => {
  const text = (name: string): string => {
    const value = fields[name] ?? ''
    return (typeof value === 'string' ? value : JSON.stringify(value)).trim()
  }
  const { score } = fields
  const scale = text('scale')
  if (score === undefined && text('text') === '')
    return err({ code: 'nothing_said', reason: 'the row has neither a text nor a score' })
  if (scale !== '' && !isScale(scale))
    return err({
      code: 'scale_unknown',
      reason: `fields.scale: "${scale}" is none of ${RATING_SCALES.join(', ')}`,
    })
  if (typeof score === 'number') {
    if (scale === '')
      return err({
        code: 'scale_missing',
        reason: `fields.scale: say what ${score} is of: stars, nps or ten`,
      })
    const wrong = refuseRating({ value: score, scale })
    if (wrong !== '') return err({ code: 'score_range', reason: `fields.score: ${wrong}` })
  }
  const who: Who = Object.fromEntries(
    WHO.map((name) => [name, text(name)] as const).filter(([, value]) => value !== ''),
  )
  const named = (name: 'text' | 'author' | 'url' | 'about', most = FIELD_CHARS_MAX) =>
    text(name) === '' ? {} : { [name]: text(name).slice(0, most) }
  return ok({
    id,
    at: text('at'),
    ...named('text', TEXT_CHARS_MAX),
    ...named('author'),
    ...named('url'),
    ...named('about'),
    ...(typeof score === 'number' ? { score } : {}),
    ...(Object.keys(who).length === 0 ? {} : { who }),
    scale: scale === '' ? '' : scale,
  })
}

const isScale = (scale: string): scale is RatingScale => (RATING_SCALES as readonly string[]).includes(scale)
