// Text that JSON writes as it is. Nearly all text is such, and seeing that is several times cheaper than asking JSON.

const QUOTE = 34
const BACKSLASH = 92

/**
 * Whether a value is text that stands between quotes in JSON without any escape.
 * @example isPlain('a b') && !isPlain('a"b') // true
 */
export const isPlain = (value: unknown): value is string => {
  if (typeof value !== 'string') return false
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    // Halves of pairs are escaped where they stand alone.
    if (code < 32 || code === QUOTE || code === BACKSLASH || (code >= 0xd800 && code <= 0xdfff)) return false
  }
  return true
}
