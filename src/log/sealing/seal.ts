// Records as they lie on the disk: what is personal in them encrypted, each part under the key of whom it is about.
// AES-256-GCM, a fresh nonce each time, bound to the record's id. The chain is over this text, so it goes on
// fitting when a key is gone.

import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto'
import { isRecord, type Json } from '../../kernel/json.ts'
import type { Personal } from '../port.ts'
import type { KeyReader, PersonKeys } from './person-keys.ts'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Stands where something was that nobody can read any more. */
export const ERASED: Json = Object.freeze({ erased: true })

/** Items at these places, sealed together: they are of one person. */
type Part = { readonly key: number; readonly at: readonly number[]; readonly text: string }
type Sealed = {
  readonly field: string
  /** Name of the list in the field; null when the field is one item itself. */
  readonly list: string | null
  readonly count: number
  readonly parts: readonly Part[]
}

/** The JSON text to keep for a record whose `text` has such personal items. */
export const sealText = (
  { id, text, personal }: { readonly id: string; readonly text: string; readonly personal: Personal },
  keys: PersonKeys,
): string => {
  const data = JSON.parse(text) as Record<string, unknown>
  const { field, list, owners } = personal
  const body = data[field]
  const { [list ?? '']: items, ...beside } = list === null ? {} : (body as Record<string, unknown>)
  const all: readonly unknown[] = list === null ? [body] : (items as readonly unknown[])
  const places = new Map<string, number[]>()
  all.forEach((_, place) => {
    const owner = owners[place] ?? ''
    const own = places.get(owner)
    if (own === undefined) places.set(owner, [place])
    else own.push(place)
  })
  // What lies beside an empty list is kept as well.
  if (places.size === 0) places.set('', [])
  const parts: Part[] = []
  const aad = Buffer.from(id)
  const nonces = randomBytes(NONCE_BYTES * places.size)
  for (const [owner, at] of places) {
    const { id: key, key: secret } = keys.keyFor(owner)
    const plain = JSON.stringify({ items: at.map((place) => all[place]), beside })
    const nonce = nonces.subarray(NONCE_BYTES * parts.length, NONCE_BYTES * (parts.length + 1))
    parts.push({ key, at, text: encrypt(secret, plain, { nonce, aad }) })
  }
  const sealed: Sealed = { field, list, count: all.length, parts }
  return JSON.stringify({ ...data, [field]: null, sealed })
}

/** A record's data as it was given; what nobody can read any more is {@link ERASED}, and `erased` lists the marks left for it. */
export const openData = (id: string, data: unknown, keys: KeyReader | null): unknown => {
  if (!isRecord(data) || !isRecord(data['sealed'])) return data
  const { sealed, ...rest } = data
  if (keys === null) return data
  const { field, list, count, parts } = sealed as Sealed
  const items: unknown[] = Array.from({ length: count }, () => ERASED)
  let beside: unknown = {}
  const erased: Json[] = []
  const aad = Buffer.from(id)
  for (const { key, at, text } of parts) {
    const found = keys.find(key)
    if ('mark' in found) {
      erased.push(found.mark)
      continue
    }
    const plain = JSON.parse(decrypt(found.key, text, aad)) as { items: unknown[]; beside: unknown }
    beside = plain.beside
    plain.items.forEach((item, index) => (items[at[index] ?? 0] = item))
  }
  const body = list === null ? items[0] : { ...(beside as object), [list]: items }
  return { ...rest, [field]: body, ...(erased.length === 0 ? {} : { erased }) }
}

/** `nonce` must never have been used with this key. */
const encrypt = (
  key: KeyObject,
  plain: string,
  { nonce, aad }: { readonly nonce: Buffer; readonly aad: Buffer },
): string => {
  const cipher = createCipheriv(CIPHER, key, nonce)
  cipher.setAAD(aad)
  return Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
    'base64',
  )
}

const decrypt = (key: KeyObject, text: string, aad: Buffer): string => {
  const bytes = Buffer.from(text, 'base64')
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES))
  decipher.setAAD(aad)
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  const plain = decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES))
  return Buffer.concat([plain, decipher.final()]).toString('utf8')
}
