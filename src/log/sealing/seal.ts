// Records as they lie on the disk: what is personal in them encrypted, each person's items under that person's key, and
// the whole record signed, so that no part can be moved to another place, person or record. The chain is over this
// text, so it goes on fitting when a key is gone.

import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { Failure } from '../../kernel/failure.ts'
import { isRecord, type Json } from '../../kernel/json.ts'
import { periodName, type Lapsing, type Personal } from '../port.ts'
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
/** Parts sealed once more, together, under the key of their period. */
type Layer = {
  readonly key: number
  readonly parts: readonly Part[]
  /** With all that stands around the items. */
  readonly around?: boolean
}
type Sealed = Place & {
  /** What stays as long as its owner. */
  readonly parts: readonly Part[]
  /** What goes earlier: behind the parts in `text`. */
  readonly layers?: readonly Layer[]
  readonly text: string
  readonly mac: string
}
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
  const lapsing = lapses(personal.lapsing) ? personal.lapsing : undefined
  const { value, inside, items } = findItems(text, field, list)
  const [from, to] = value
  // What of the field stands before its items and behind them.
  const beside = text.slice(from, inside[0]) + BETWEEN + text.slice(inside[1], to)
  const texts = items.map(([first, last]) => text.slice(first, last))
  const places = placesOf(owners, items.length)
  const { parts, bytes } =
    lapsing === undefined
      ? sealParts(places, keys, (at) => plainOf(beside, at, texts))
      : sealParts(places, keys, (at) => plainOf(besideOf(lapsing, beside), at, lapsing.stubs, texts))
  const layers = lapsing === undefined ? [] : sealLayers({ places, lapsing, beside, texts }, keys)
  const place: Place = { field, list, count: items.length }
  const told = layers.map(({ bytes: _bytes, ...layer }) => layer)
  const head = JSON.stringify({ ...place, parts, ...(told.length === 0 ? {} : { layers: told }) }).slice(
    0,
    -1,
  )
  const rest = text.slice(to, text.lastIndexOf('}'))
  const whole = Buffer.concat([bytes, ...layers.map((layer) => layer.bytes)])
  const signed = `${text.slice(0, from)}null${rest},"sealed":${head},"text":"${whole.toString('base64')}"`
  return `${signed}${MAC}${macOf(keys.signing, id, signed).toString('base64')}"}}`
}

const lapses = (lapsing: Lapsing | undefined): boolean =>
  lapsing !== undefined && (lapsing.aroundPeriod !== '' || lapsing.periods.some((period) => period !== ''))

/** Items at these places as one text; `texts` instead where the first have none. */
const plainOf = (
  beside: string,
  at: readonly number[],
  texts: readonly string[],
  instead: readonly string[] = texts,
): string => {
  let plain = beside
  for (const place of at) plain += BETWEEN + (texts[place] || (instead[place] ?? ''))
  return plain
}

/** What stays around the items, cut where they stood. */
const besideOf = ({ around, aroundPeriod }: Lapsing, whole: string): string =>
  aroundPeriod === '' ? whole : `${around.slice(0, -2)}${BETWEEN}${around.slice(-2)}`

const sealParts = (
  places: ReadonlyMap<string, readonly number[]>,
  keys: PersonKeys,
  plain: (at: readonly number[]) => string,
): { readonly parts: readonly Part[]; readonly bytes: Buffer } => {
  const parts: Part[] = []
  const sealed: SealedText[] = []
  for (const [owner, at] of places) {
    const { id: key, stream } = keys.keyFor(owner)
    const one = stream.seal(plain(at))
    sealed.push(one)
    parts.push({ key, at, bytes: COUNTER_BYTES + one.bytes.length })
  }
  return { parts, bytes: piecesOf(sealed) }
}

type Lapse = {
  readonly places: ReadonlyMap<string, readonly number[]>
  readonly lapsing: Lapsing
  readonly beside: string
  readonly texts: readonly string[]
}

/** The whole items once more, each owner's under their own key and all of a period again under the period's. */
const sealLayers = (
  { places, lapsing, beside, texts }: Lapse,
  keys: PersonKeys,
): readonly (Layer & { readonly bytes: Buffer })[] => {
  const { periods, aroundPeriod } = lapsing
  const stays = besideOf(lapsing, beside)
  return [...new Set([...periods, aroundPeriod])]
    .filter((period) => period !== '')
    .map((period) => {
      const around = period === aroundPeriod
      const own = new Map<string, readonly number[]>()
      for (const [owner, at] of places) {
        const inPeriod = at.filter((place) => periods[place] === period)
        // What is around them is of everybody.
        if (around || inPeriod.length > 0) own.set(owner, inPeriod)
      }
      const plain = (at: readonly number[]): string => plainOf(around ? beside : stays, at, texts)
      const { parts, bytes } = sealParts(own, keys, plain)
      const { id: key, stream } = keys.keyFor(periodName(period))
      return { key, parts, ...(around ? { around } : {}), bytes: piecesOf([stream.sealBytes(bytes)]) }
    })
}

/** A record's data as it was given; what nobody can read any more is {@link ERASED}, and `erased` lists the marks left for it. */
export const openText = (id: string, text: string, keys: KeyReader | null): unknown => {
  const data: unknown = JSON.parse(text)
  if (keys === null || !isRecord(data) || !isRecord(data['sealed'])) return data
  const { sealed, ...rest } = data
  const { body, erased, expired } =
    typeof sealed['mac'] === 'string'
      ? openSigned(id, text, sealed as Sealed, keys)
      : openParts(id, sealed as SealedAlone, keys)
  const { field } = sealed as Place
  return {
    ...rest,
    [field]: body,
    ...(erased.length === 0 ? {} : { erased }),
    ...(expired.length === 0 ? {} : { expired }),
  }
}

type Opened = {
  readonly body: unknown
  readonly erased: readonly Json[]
  /** Places of what is left of items whose period's key is destroyed. */
  readonly expired: readonly number[]
}

const openSigned = (id: string, text: string, sealed: Sealed, keys: KeyReader): Opened => {
  const signed = text.slice(0, text.lastIndexOf(MAC))
  const mac = Buffer.from(sealed.mac, 'base64')
  const due = macOf(keys.signing, id, signed)
  if (mac.length !== due.length || !timingSafeEqual(mac, due)) throw sealBroken(id)
  const { list, count, parts, layers = [] } = sealed
  const bytes = Buffer.from(sealed.text, 'base64')
  const opened: Opening = {
    items: Array.from<string | undefined>({ length: count }),
    beside: null,
    erased: [],
  }
  const expired: number[] = []
  let from = lengthOf(parts)
  let around: Opening['beside'] = null
  for (const layer of layers) {
    const length = COUNTER_BYTES + lengthOf(layer.parts)
    const outer = bytes.subarray(from, (from += length))
    const found = keys.find(layer.key)
    if (found.mark !== undefined) {
      for (const { at } of layer.parts) expired.push(...at)
      continue
    }
    if (layer.around) opened.beside = null
    openInto(opened, layer.parts, found.stream.openBytes(outer), keys)
    if (layer.around) around = opened.beside
  }
  openInto(opened, parts, bytes, keys)
  const [before, behind] =
    around ?? opened.beside ?? (list === null ? ['', ''] : [`{${JSON.stringify(list)}:[`, ']}'])
  return {
    body: JSON.parse(before + opened.items.map((item) => item ?? ERASED_TEXT).join(',') + behind),
    erased: opened.erased,
    expired: expired.filter((place) => opened.items[place] !== undefined).toSorted((a, b) => a - b),
  }
}

type Opening = {
  readonly items: (string | undefined)[]
  beside: readonly [string, string] | null
  readonly erased: Json[]
}

const lengthOf = (parts: readonly Part[]): number => parts.reduce((sum, { bytes }) => sum + bytes, 0)

/** Fills in what is not known yet. A destroyed key is told once: by its part of what stays, which comes last. */
const openInto = (opened: Opening, parts: readonly Part[], bytes: Buffer, keys: KeyReader): void => {
  let from = 0
  opened.erased.length = 0
  for (const { key, at, bytes: length } of parts) {
    const part = bytes.subarray(from, (from += length))
    if (at.length > 0 && at.every((place) => opened.items[place] !== undefined)) continue
    const found = keys.find(key)
    if (found.mark !== undefined) {
      opened.erased.push(found.mark)
      continue
    }
    const [before = '', behind = '', ...own] = found.stream.open(part).split(BETWEEN)
    opened.beside = [before, behind]
    own.forEach((item, index) => (opened.items[at[index] ?? 0] ??= item))
  }
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
  return { body: list === null ? items[0] : { ...beside, [list]: items }, erased, expired: [] }
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
