// Records as they lie on the disk: what is personal in them encrypted, each person's items under that person's key, and
// the whole record signed, so that no part can be moved to another place, person or record. The chain is over this
// text, so it goes on fitting when a key is gone.

import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { Failure } from '../../kernel/failure.ts'
import { isRecord, type Json } from '../../kernel/json.ts'
import type { Personal } from '../port.ts'
import { findItems } from './item-spans.ts'
import { openAlone, type PartAlone } from './part-by-part.ts'
import type { KeyReader, PersonKeys } from './person-keys.ts'
import { COUNTER_BYTES, piecesOf, type SealedText } from './person-stream.ts'

/** Stands where something was that nobody can read any more. */
export const ERASED: Json = Object.freeze({ erased: true })
const ERASED_TEXT = JSON.stringify(ERASED)

/** Items at these places, sealed together: they are of one person. `bytes` of the record's `text` are theirs, in turn. */
type Part = { readonly key: number; readonly at: readonly number[]; readonly bytes: number }
type Place = {
  readonly field: string
  /** Name of the list in the field; null when the field is one item itself. */
  readonly list: string | null
  readonly count: number
}
type Sealed = Place & { readonly parts: readonly Part[]; readonly text: string; readonly mac: string }
/** As it was written until each part was no longer a cipher of its own. */
type SealedAlone = Place & { readonly parts: readonly PartAlone[] }

/** Parts the texts that are sealed together: no JSON has this character but as an escape. */
const BETWEEN = '\u001e'
const MAC = ',"mac":"'

/** The JSON text to keep for a record whose `text` has such personal items. */
export const sealText = (
  { id, text, personal }: { readonly id: string; readonly text: string; readonly personal: Personal },
  keys: PersonKeys,
): string => {
  const { field, list, owners } = personal
  const { value, inside, items } = findItems(text, field, list)
  const [from, to] = value
  // What of the field stands before its items and behind them.
  const beside = text.slice(from, inside[0]) + BETWEEN + text.slice(inside[1], to)
  const parts: Part[] = []
  const texts: SealedText[] = []
  for (const [owner, at] of placesOf(owners, items.length)) {
    const { id: key, stream } = keys.keyFor(owner)
    let plain = beside
    for (const place of at) {
      const item = items[place] ?? [0, 0]
      plain += BETWEEN + text.slice(item[0], item[1])
    }
    const sealed = stream.seal(plain)
    texts.push(sealed)
    parts.push({ key, at, bytes: COUNTER_BYTES + sealed.bytes.length })
  }
  const place: Place = { field, list, count: items.length }
  const head = JSON.stringify({ ...place, parts }).slice(0, -1)
  const rest = text.slice(to, text.lastIndexOf('}'))
  const sealed = `${head},"text":"${piecesOf(texts).toString('base64')}"`
  const signed = `${text.slice(0, from)}null${rest},"sealed":${sealed}`
  return `${signed}${MAC}${macOf(keys.signing, id, signed).toString('base64')}"}}`
}

/** A record's data as it was given; what nobody can read any more is {@link ERASED}, and `erased` lists the marks left for it. */
export const openText = (id: string, text: string, keys: KeyReader | null): unknown => {
  const data: unknown = JSON.parse(text)
  if (keys === null || !isRecord(data) || !isRecord(data['sealed'])) return data
  const { sealed, ...rest } = data
  const { body, erased } =
    typeof sealed['mac'] === 'string'
      ? openSigned(id, text, sealed as Sealed, keys)
      : openParts(id, sealed as SealedAlone, keys)
  const { field } = sealed as Place
  return { ...rest, [field]: body, ...(erased.length === 0 ? {} : { erased }) }
}

type Opened = { readonly body: unknown; readonly erased: readonly Json[] }

const openSigned = (id: string, text: string, sealed: Sealed, keys: KeyReader): Opened => {
  const signed = text.slice(0, text.lastIndexOf(MAC))
  const mac = Buffer.from(sealed.mac, 'base64')
  const due = macOf(keys.signing, id, signed)
  if (mac.length !== due.length || !timingSafeEqual(mac, due)) throw sealBroken(id)
  const { list, count, parts } = sealed
  const bytes = Buffer.from(sealed.text, 'base64')
  const items = Array.from({ length: count }, () => ERASED_TEXT)
  const erased: Json[] = []
  let beside: readonly [string, string] = list === null ? ['', ''] : [`{${JSON.stringify(list)}:[`, ']}']
  let from = 0
  for (const { key, at, bytes: length } of parts) {
    const part = bytes.subarray(from, (from += length))
    const found = keys.find(key)
    if (found.mark !== undefined) {
      erased.push(found.mark)
      continue
    }
    const [before = '', behind = '', ...own] = found.stream.open(part).split(BETWEEN)
    beside = [before, behind]
    own.forEach((item, index) => (items[at[index] ?? 0] = item))
  }
  return { body: JSON.parse(beside[0] + items.join(',') + beside[1]), erased }
}

const openParts = (id: string, { list, count, parts }: SealedAlone, keys: KeyReader): Opened => {
  const items: unknown[] = Array.from({ length: count }, () => ERASED)
  let beside: object = {}
  const erased: Json[] = []
  for (const part of parts) {
    const found = keys.find(part.key)
    if (found.mark !== undefined) {
      erased.push(found.mark)
      continue
    }
    const plain = openAlone(found.key, part, id)
    beside = plain.beside
    plain.items.forEach((item, index) => (items[part.at[index] ?? 0] = item))
  }
  return { body: list === null ? items[0] : { ...beside, [list]: items }, erased }
}

/** The places of each owner's items, in the order in which owners come first. */
const placesOf = (owners: readonly string[], count: number): ReadonlyMap<string, readonly number[]> => {
  const places = new Map<string, number[]>()
  for (let place = 0; place < count; place++) {
    const owner = owners[place] ?? ''
    const own = places.get(owner)
    if (own === undefined) places.set(owner, [place])
    else own.push(place)
  }
  // What lies beside an empty list is kept as well.
  if (places.size === 0) places.set('', [])
  return places
}

const macOf = (key: KeyObject, id: string, signed: string): Buffer =>
  createHmac('sha256', key).update(`${id.length} ${id}${signed}`).digest()

const sealBroken = (id: string): Failure =>
  new Failure({
    code: 'log.seal_broken',
    message: `The sealed record ${id} is not as it was written, or the keys belong to another log.`,
    hint: 'Verify the log (`windvane audit verify`); restore a backup.',
  })
