// How what is personal lay in the text of a record in formats 1 to 4, and still does in logs from then. Only read.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { isRecord } from '../../kernel/json.ts'
import type { Json } from '../../kernel/json.ts'
import { COUNTER_BYTES } from './open-stream.ts'
import { ERASED, openItems, withOpened, type Opened, type PartText } from './open-items.ts'
import { openAlone, type PartAlone } from './part-by-part.ts'
import type { KeyReader } from './person-keys.ts'
import type { Layer, Part } from './layout.ts'
import { sealBroken } from './seal-broken.ts'

type Place = {
  readonly field: string
  readonly list: string | null
  readonly count: number
}
/** Formats 3 and 4: signed as a whole. Each part's `bytes` begin with the counter block that it is encrypted from. */
type SealedText = Place & {
  readonly parts: readonly Part[]
  readonly layers?: readonly (Omit<Layer, 'around'> & { readonly around?: boolean })[]
  readonly text: string
  readonly mac: string
}
/** Until each part was no longer a cipher of its own. */
type SealedAlone = Place & { readonly parts: readonly PartAlone[] }

const MAC = ',"mac":"'

/** A record's data as it was given, as far as it can be read. */
export const openText = (id: string, text: string, keys: KeyReader | null): unknown => {
  const data: unknown = JSON.parse(text)
  if (keys === null || !isRecord(data) || !isRecord(data['sealed'])) return data
  const { sealed, ...rest } = data
  const opened =
    typeof sealed['mac'] === 'string'
      ? openSigned(id, text, sealed as SealedText, keys)
      : openParts(id, sealed as SealedAlone, keys)
  return withOpened(rest, (sealed as Place).field, opened)
}

const openSigned = (id: string, text: string, sealed: SealedText, keys: KeyReader): Opened => {
  const signed = text.slice(0, text.lastIndexOf(MAC))
  const mac = Buffer.from(sealed.mac, 'base64')
  const due = createHmac('sha256', keys.signing).update(`${id.length} ${id}${signed}`).digest()
  if (mac.length !== due.length || !timingSafeEqual(mac, due)) throw sealBroken(id)
  const { parts, layers = [] } = sealed
  const bytes = Buffer.from(sealed.text, 'base64')
  const starts = startsOf(lengthOf(parts), layers)
  return openItems(
    {
      ...sealed,
      layers,
      isBare: () => false,
      own: reading(parts, bytes),
      enter: (layer, { stream }) => {
        const inner = layers[layer]?.parts ?? []
        const from = starts[layer] ?? 0
        const outer = bytes.subarray(from, from + COUNTER_BYTES + lengthOf(inner))
        return reading(inner, stream.openBytes(outer))
      },
    },
    keys,
  )
}

const reading = (parts: readonly Part[], bytes: Buffer): PartText => {
  const ends: number[] = []
  for (const part of parts) ends.push((ends.at(-1) ?? 0) + part.bytes)
  return (place, { stream }) => stream.open(bytes.subarray(place === 0 ? 0 : ends[place - 1], ends[place]))
}

/** Where each layer begins. */
const startsOf = (
  first: number,
  layers: readonly { readonly parts: readonly Part[] }[],
): readonly number[] => {
  let at = first
  return layers.map(({ parts }) => {
    const start = at
    at += COUNTER_BYTES + lengthOf(parts)
    return start
  })
}

const lengthOf = (parts: readonly Part[]): number => parts.reduce((sum, { bytes }) => sum + bytes, 0)

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
    const plain = openAlone(found.bytes, part, id)
    beside = plain.beside
    plain.items.forEach((item, index) => (items[part.at[index] ?? 0] = item))
  }
  return { body: list === null ? items[0] : { ...beside, [list]: items }, erased, expired: [] }
}
