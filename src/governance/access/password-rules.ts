// What a password must be: long, and not what a guesser tries first. No rules about signs and digits: they make
// passwords worse (NIST SP 800-63B).

export const PASSWORD_LENGTH_MIN = 12
export const PASSWORD_LENGTH_MAX = 256
const DIFFERENT_MIN = 6

/** Beginnings of what people type when they must reach a length. */
const COMMON =
  /^(?:password|passw0rd|qwerty|qwertz|azerty|йцукен|пароль|letmein|welcome|iloveyou|windvane|admin|changeme|secret|abc123|111111|123123|12345)+/i

/** Why a password is not taken, or null. `about` is what others know of the person: name, address. */
export const passwordProblem = (password: string, about: readonly string[]): PasswordProblem | null => {
  const length = Array.from(password).length
  if (length < PASSWORD_LENGTH_MIN) return 'too_short'
  if (length > PASSWORD_LENGTH_MAX) return 'too_long'
  const plain = password.toLowerCase()
  if (new Set(plain).size < DIFFERENT_MIN || isRun(plain)) return 'too_simple'
  // A common beginning is fine in front of enough of one's own.
  const rest = plain.replace(COMMON, '').replaceAll(/[\d\s\p{P}\p{S}]/gu, '')
  if (COMMON.test(plain) && Array.from(rest).length < 8) return 'too_common'
  const parts = about.flatMap((text) => text.toLowerCase().split(/[\s@.]+/)).filter((part) => part.length > 3)
  const own = parts.reduce((text, part) => text.replaceAll(part, ''), plain)
  if (own.length < plain.length && own.length < 8) return 'about_you'
  return null
}
export type PasswordProblem = 'too_short' | 'too_long' | 'too_simple' | 'too_common' | 'about_you'

/** Each sign follows the one before it: abcdef…, 987654…, aaaa…. */
const isRun = (text: string): boolean => {
  const codes = Array.from(text, (sign) => sign.codePointAt(0) ?? 0)
  const steps = new Set(codes.slice(1).map((code, index) => code - (codes[index] ?? 0)))
  return steps.size <= 2 && [...steps].every((step) => Math.abs(step) <= 1 || Math.abs(step) === 9)
}
