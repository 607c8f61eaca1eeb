// Which ids name a person and which are leftovers of broken code ("undefined", "null", "0"): one such
// id, taken for real, would merge half a customer base into one profile.

import type { Result } from '../kernel/result.ts'
import { err, ok } from '../kernel/result.ts'
import type { IdentifierKind } from './events.ts'
import type { Refusal } from './options.ts'

/** Strongest first: the first kind a signal carries decides whose it is (P3). */
export const KINDS: readonly IdentifierKind[] = ['user', 'email', 'phone', 'anonymous', 'device']

export const ID_CHARS_MAX = 256

const PLACEHOLDERS = new Set([
  'undefined',
  'null',
  'nil',
  'none',
  'nan',
  'n/a',
  'na',
  'unknown',
  'anonymous',
  'guest',
  'user',
  'userid',
  'user_id',
  'id',
  'email',
  'test',
  'true',
  'false',
  '0',
  '-1',
  '-',
  '[]',
  '{}',
  '[object object]',
  '(not set)',
  'not set',
  'default',
  'invalid',
])
const ALL_ZEROS = /^[0-]+$/
const EMAIL = /^[^\s@<>()[\],;:"\\]+@[^\s@.<>()[\],;:"\\]+(?:\.[^\s@.<>()[\],;:"\\]+)+$/
const EMAIL_CHARS_MAX = 254
const PHONE = /^\+[1-9]\d{6,14}$/
const PHONE_SEPARATORS = /[\s().\-/]/g

/**
 * The one spelling of an identifier, or why it is refused. E-mails are trimmed and lower-cased; phones
 * become `+` and digits (E.164); other ids are trimmed.
 * @example normaliseIdentifier('email', ' Ann@Shop.EU ') // { ok: true, value: 'ann@shop.eu' }
 */
export const normaliseIdentifier = (kind: IdentifierKind, raw: unknown): Result<string, Refusal> => {
  const text = typeof raw === 'number' && Number.isSafeInteger(raw) ? String(raw) : raw
  if (typeof text !== 'string' || !text.isWellFormed()) return err('id_not_text')
  if (text.length > ID_CHARS_MAX) return err('id_too_long')
  const trimmed = text.trim()
  if (trimmed === '') return err('id_blank')
  if (isPlaceholder(trimmed)) return err('id_placeholder')
  if (kind === 'email') return normaliseEmail(trimmed)
  if (kind === 'phone') return normalisePhone(trimmed)
  return ok(trimmed)
}

const isPlaceholder = (text: string): boolean => {
  if (text.length <= 16 && !hasOtherDigit(text) && PLACEHOLDERS.has(text.toLowerCase())) return true
  const first = text.charCodeAt(0)
  return (first === 0x30 || first === 0x2d) && ALL_ZEROS.test(text)
}

/** Of the placeholders only the last of `0` and `-1` are digits: most ids are told from them without another spelling of theirs. */
const hasOtherDigit = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x31 && code <= 0x39 && text !== '-1') return true
  }
  return false
}

const normaliseEmail = (text: string): Result<string, Refusal> => {
  const email = text.toLowerCase()
  return email.length <= EMAIL_CHARS_MAX && EMAIL.test(email) ? ok(email) : err('email_malformed')
}

const normalisePhone = (text: string): Result<string, Refusal> => {
  const bare = text.replace(PHONE_SEPARATORS, '')
  const phone = bare.startsWith('00') ? `+${bare.slice(2)}` : bare.startsWith('+') ? bare : `+${bare}`
  return PHONE.test(phone) ? ok(phone) : err('phone_malformed')
}
