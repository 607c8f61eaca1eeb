// What a source says, before anybody has read it for meaning.

export type RawMention = {
  /** The source's own id: the same thing is heard once. */
  readonly id: string
  /** ms; the moment of reading where the source names none. */
  readonly at: number
  /** '' = not told. */
  readonly author: string
  readonly url: string
  /** As it came, markup and all; '' where there is only a score. */
  readonly text: string
  readonly score?: number
  /** What it is about in the source's words: an id of the watch, or a name. */
  readonly about?: string
  /** Who said it, where the source knows. */
  readonly who?: Who
}

export type Who = {
  readonly userId?: string
  readonly anonymousId?: string
  readonly email?: string
  readonly phone?: string
}

/** Fields longer than this are cut: ids and addresses of a source are no place to hide things. */
const FIELD_CHARS_MAX = 500
/** As much of a text as will be looked at. */
const RAW_CHARS_MAX = 100_000
export const ITEMS_MAX = 500

/** One with sound fields; null when it has no id or says nothing, or its time is none. */
export const rawMention = (
  given: {
    readonly id: string
    readonly at: number | string | undefined
    readonly author?: string | undefined
    readonly url?: string | undefined
    readonly text: string
    readonly score?: number | undefined
    readonly about?: string | undefined
    readonly who?: Who | undefined
  },
  now: number,
): RawMention | null => {
  const id = given.id.trim().slice(0, FIELD_CHARS_MAX)
  const text = given.text.slice(0, RAW_CHARS_MAX)
  if (id === '' || (text.trim() === '' && given.score === undefined)) return null
  const at = timeOf(given.at)
  // What is dated in the future is heard now: a clock that is wrong must not hide it.
  return {
    id,
    at: at === null || at > now ? now : at,
    author: (given.author ?? '').trim().slice(0, FIELD_CHARS_MAX),
    url: addressOf(given.url ?? ''),
    text,
    ...(given.score === undefined ? {} : { score: given.score }),
    ...(given.about === undefined || given.about === '' ? {} : { about: given.about }),
    ...(given.who === undefined ? {} : { who: given.who }),
  }
}

/** Seconds or milliseconds since the epoch, or any date that can be read. */
const timeOf = (value: number | string | undefined): number | null => {
  if (value === undefined || value === '') return null
  const number =
    typeof value === 'number' ? value : /^\d{9,14}(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN
  if (Number.isFinite(number)) return Math.floor(number < SECONDS_MAX ? number * 1_000 : number)
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(parsed) ? null : parsed
}

/** The year 5138 in seconds, 1973 in milliseconds. */
const SECONDS_MAX = 1e11

/** Only what a browser may open. */
const addressOf = (url: string): string => {
  const given = url.trim().slice(0, 2_000)
  return /^https?:\/\//i.test(given) && URL.canParse(given) ? given : ''
}
