// What somebody wrote, as text that can be looked at: without markup, hidden characters and tricks of direction,
// within a bound. It is data and nothing else; whatever it says, nobody obeys it.

import { entityText } from './entity-text.ts'

export type Language = 'ru' | 'en' | 'other'

export type NormalisedMention = {
  readonly text: string
  readonly language: Language
  /** Characters taken out that a reader does not see: zero-width, direction, control. */
  readonly hidden: number
  readonly hadMarkup: boolean
  /** There was more than is looked at. */
  readonly wasCut: boolean
}

/** So much is read of what came in, UTF-16 units. */
export const RAW_CHARS_MAX = 100_000
/** So much is kept of it. */
export const TEXT_CHARS_MAX = 4_000
/** So much is brought to one form: composing leaves a third of it at least. */
const FORMED_CHARS_MAX = 4 * TEXT_CHARS_MAX

/** What is drawn as nothing: zero-width, direction, variation, tags, soft hyphens. */
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu
const CONTROL = /(?!\s)\p{Cc}/gu
/** More marks on one letter than any language needs. */
const STACKED = /(\p{M}{2})\p{M}+/gu

/**
 * Plain text of a mention, at most `TEXT_CHARS_MAX` long, whatever came in.
 * @example normaliseMention('<b>Сб\u200bер</b> &amp; Ко').text // 'Сбер & Ко'
 */
export const normaliseMention = (raw: string): NormalisedMention => {
  if (isPlain(raw))
    return { text: raw, language: languageOfText(raw), hidden: 0, hadMarkup: false, wasCut: false }
  const start = raw.length > RAW_CHARS_MAX ? raw.slice(0, RAW_CHARS_MAX) : raw
  const stripped = hasMarkup(start) ? withoutTags(start) : start
  const decoded = stripped.includes('&') ? entityText(stripped) : stripped
  let hidden = 0
  const drop = (): string => {
    hidden++
    return ''
  }
  const seen = tidy(decoded.replace(HIDDEN, drop).replace(CONTROL, drop))
  // Marks are sorted when they are brought to one form, in time that grows with the square of how many stand together.
  const formed = seen.length > FORMED_CHARS_MAX ? seen.slice(0, FORMED_CHARS_MAX) : seen
  const whole = tidy(formed.toWellFormed().normalize('NFKC'))
  const text = whole.length > TEXT_CHARS_MAX ? whole.slice(0, TEXT_CHARS_MAX).toWellFormed() : whole
  return {
    text,
    language: languageOfText(text),
    hidden,
    hadMarkup: stripped !== start,
    wasCut: text.length < whole.length || formed.length < seen.length || start.length < raw.length,
  }
}

/** Most of what is written needs nothing: it is in its one form, without markup, hidden signs or blanks to take out. */
const isPlain = (raw: string): boolean => {
  if (raw.length > TEXT_CHARS_MAX) return false
  let before = SPACE_UNIT
  for (let i = 0; i < raw.length; i++) {
    const unit = raw.charCodeAt(i)
    if (unit >= PLAIN.length || PLAIN[unit] === 0 || (unit === SPACE_UNIT && before === SPACE_UNIT))
      return false
    before = unit
  }
  return raw === '' || before !== SPACE_UNIT
}

const SPACE_UNIT = 0x20
/** 1 for what stands for itself: before the first letters that join with others, neither blank nor hidden nor markup. */
const PLAIN = Uint8Array.from({ length: 0x500 }, (_, unit) => {
  const text = String.fromCharCode(unit)
  const isItself =
    text.normalize('NFKC') === text &&
    !/[\p{M}\p{Cc}\p{Cf}\p{Cn}\p{Default_Ignorable_Code_Point}<&]/u.test(text)
  return unit === SPACE_UNIT || (isItself && !/\s/.test(text)) ? 1 : 0
})

const tidy = (text: string): string => text.replace(STACKED, '$1').replace(/\s+/gu, ' ').trim()

/** Russian or English by the letters it is written with; `other` where neither makes up most of them. */
export const languageOfText = (text: string): Language => {
  let cyrillic = 0
  let latin = 0
  let other = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i) | 0x20
    if (unit >= 0x61 && unit <= 0x7a) latin++
    else {
      const c = text.charCodeAt(i)
      if ((c >= 0x410 && c <= 0x44f) || c === 0x401 || c === 0x451) cyrillic++
      else if (c > 0x24f && !(c >= 0x2000 && c <= 0x2bff) && !(c >= 0xd800 && c <= 0xfe0f)) other++
    }
  }
  // Addresses and names are Latin in Russian too: a third of the letters is enough.
  if (cyrillic > 0 && 2 * cyrillic >= latin && cyrillic > other) return 'ru'
  return latin > other && latin > 0 ? 'en' : 'other'
}

const TAG = /<(?:[a-z!?]|\/[a-z])/i
const hasMarkup = (text: string): boolean => TAG.test(text)

const BREAKS = /^<\/?(?:p|br|div|li|ul|ol|tr|td|th|h[1-6]|blockquote|section|article|table|hr|pre)\b/i

/** Goes through once; a tag that is never closed ends the text. What stands in scripts and styles is no text. */
const withoutTags = (text: string): string => {
  const parts: string[] = []
  let lower: string | undefined
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('<', at)
    if (open < 0) break
    const head = text.slice(open, open + 12)
    if (TAG.exec(head)?.index !== 0) {
      parts.push(text.slice(at, open + 1))
      at = open + 1
      continue
    }
    parts.push(text.slice(at, open))
    const hides = /^<(script|style|title|template)\b/i.exec(head)
    const close = head.startsWith('<!--') ? endOf(text, '-->', open) : endOf(text, '>', open)
    if (close < 0) return parts.join('')
    if (BREAKS.test(head)) parts.push(' ')
    at = close
    if (hides !== null) {
      lower ??= text.toLowerCase()
      const end = lower.indexOf(`</${(hides[1] ?? '').toLowerCase()}`, at)
      if (end < 0) return parts.join('')
      at = end
    }
  }
  parts.push(text.slice(at))
  return parts.join('')
}

const endOf = (text: string, end: string, from: number): number => {
  const at = text.indexOf(end, from)
  return at < 0 ? -1 : at + end.length
}
