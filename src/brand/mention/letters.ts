// What kind of character stands at a place of a text, from a table that fills as characters are met: asked for every letter
// of every mention, where a regular expression would be the larger part of the work. And copies of words worth keeping.

export const LETTER = 1
/** Stands on a letter: accents, vowel signs. */
export const MARK = 2
export const SPACE = 4
export const PICTURE = 8
const KNOWN = 128

/** By UTF-16 unit; 0 until one is met. */
const kinds = new Uint8Array(0x1_0000)
const wide = new Map<number, number>()
const WIDE_MAX = 4_096

/**
 * Kinds of a character, by its code point, as a sum of the bits above: letters and digits, marks, blanks, pictures.
 * @example kindOf(0x44f) // 1
 */
export const kindOf = (point: number): number => {
  if (point > 0xffff) return kindOfWide(point)
  const known = kinds[point] as number
  if (known !== 0) return known & ~KNOWN
  const kind = lookAt(point)
  kinds[point] = kind | KNOWN
  return kind
}

const kindOfWide = (point: number): number => {
  const known = wide.get(point)
  if (known !== undefined) return known
  if (wide.size >= WIDE_MAX) wide.clear()
  const kind = lookAt(point)
  wide.set(point, kind)
  return kind
}

const lookAt = (point: number): number => {
  const text = String.fromCodePoint(point)
  return (
    (/^[\p{L}\p{N}]/u.test(text) ? LETTER : 0) |
    (/^\p{M}/u.test(text) ? MARK : 0) |
    (/^\s/u.test(text) ? SPACE : 0) |
    (/^\p{Extended_Pictographic}/u.test(text) ? PICTURE : 0)
  )
}

/** The character at a place; half of a pair stands for itself. Two units are taken by those above 0xffff. */
export const pointAt = (text: string, at: number): number => {
  const unit = text.charCodeAt(at)
  return unit >= 0xd800 && unit < 0xdc00 ? (text.codePointAt(at) as number) : unit
}

/** The same letters, without the long text that they were cut out of: what is kept must not keep that. */
export const loose = (word: string): string => ` ${word}`.slice(1)
