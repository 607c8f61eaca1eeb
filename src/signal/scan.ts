// One walk over a JSON value from outside: how big, how deep, whether anything in it could hurt, and a
// fingerprint to tell a repeated body from another one under the same id.

export type Scan = {
  /** At least as many bytes as its compact JSON takes in UTF-8. */
  bytesAtMost: number
  tooDeep: boolean
  /** It has a `__proto__` key, a number JSON cannot write (1e999), or -0: {@link cleanCopy} it before use. */
  unclean: boolean
}

export const createScan = (): Scan => ({ bytesAtMost: 0, tooDeep: false, unclean: false })

/**
 * Adds `value` to `scan` and returns its fingerprint (32 bits, signed): the same for equal JSON values whatever
 * the order of keys. Goes no deeper than `levels` further objects or arrays.
 */
export const scanValue = (scan: Scan, value: unknown, levels: number): number => {
  switch (typeof value) {
    case 'string':
      // An escaped unit takes six bytes; quotes and a separator come on top.
      scan.bytesAtMost += value.length * 6 + 3
      return mixText(0x2f0b4a11, value)
    case 'number':
      scan.bytesAtMost += 26
      return scanNumber(scan, value)
    case 'boolean':
      scan.bytesAtMost += 6
      return value ? 0x51ab3c07 : 0x2c9e6f35
    case 'object':
      return value === null ? scanNull(scan) : scanNested(scan, value, levels)
    default:
      return 0
  }
}

const NULL_PRINT = 0x13579bdf

const scanNull = (scan: Scan): number => {
  scan.bytesAtMost += 5
  return NULL_PRINT
}

const scanNumber = (scan: Scan, value: number): number => {
  if ((value | 0) === value) {
    if (value === 0 && Object.is(value, -0)) scan.unclean = true
    return mixWord(0x6d2b79f5, value | 0)
  }
  if (!Number.isFinite(value)) {
    scan.unclean = true
    return NULL_PRINT
  }
  float[0] = value
  return mixWord(mixWord(0x3c6ef372, words[0] as number), words[1] as number)
}

const scanNested = (scan: Scan, value: object, levels: number): number => {
  scan.bytesAtMost += 3
  if (levels <= 0) {
    scan.tooDeep = true
    return 0
  }
  if (Array.isArray(value)) {
    let print = 0x1b873593
    for (let i = 0; i < value.length; i++) print = mixWord(print, scanValue(scan, value[i], levels - 1))
    return print
  }
  // Summed, so that the order of keys does not matter.
  let print = 0x0e6546b6
  for (const key in value) {
    scan.bytesAtMost += key.length * 6 + 4
    const inner = scanValue(scan, (value as Record<string, unknown>)[key], levels - 1)
    if (key === '__proto__') scan.unclean = true
    else print = (print + mixText(inner, key)) | 0
  }
  return print
}

/** Bytes of `value` as compact JSON in UTF-8. Only for values known not to be deep. */
export const jsonBytes = (value: unknown): number => {
  const text = JSON.stringify(value)
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    // A pair of surrogates is four bytes: two for each half.
    if (code >= 0x80) bytes += code >= 0x800 && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return bytes
}

/** A copy without `__proto__` keys, with null for numbers that JSON cannot write and 0 for -0. */
export const cleanCopy = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(cleanCopy)
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value))
    if (key !== '__proto__') copy[key] = cleanCopy((value as Record<string, unknown>)[key])
  return copy
}

const float = new Float64Array(1)
const words = new Int32Array(float.buffer)

const mixWord = (h: number, word: number): number => {
  let k = Math.imul(word, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  const mixed = h ^ Math.imul(k, 0x1b873593)
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}

const mixText = (h: number, text: string): number => {
  let print = h ^ text.length
  for (let i = 0; i < text.length; i++) print = Math.imul(print ^ text.charCodeAt(i), 0x01000193)
  return print ^ (print >>> 15)
}
