// Reads records back: as they were given, or what of them can still be read.

import { timingSafeEqual } from 'node:crypto'
import { createLz4 } from './lz4.ts'
import { createStretches, readLayout, type Laid, type Stretch } from './layout.ts'
import { openItems, withOpened } from './open-items.ts'
import type { KeyReader } from './person-keys.ts'
import { PHRASES } from './phrases.ts'
import { sealBroken } from './seal-broken.ts'
import { macOf } from './seal-record.ts'
import { openText } from './sealed-text.ts'

const { lengthen } = createLz4(PHRASES)

export type KeptRecord = { readonly id: string; readonly text: string; readonly sealed: Uint8Array | null }

/**
 * A record's data as it was given; what nobody can read any more is {@link ERASED}, and `erased` lists the marks left for
 * it. Without keys: as it lies there.
 */
export const openRecord = (record: KeptRecord, keys: KeyReader | null): unknown => {
  const { id, text, sealed } = record
  // Formats 4 and before keep it in the text.
  if (sealed === null) return openText(id, text, keys)
  const rest = JSON.parse(text) as Record<string, unknown>
  if (keys === null) return rest
  const laid = readLayout(sealed)
  const due = macOf(keys.signing, { id, text, signed: laid.signed })
  if (!timingSafeEqual(laid.mac, due)) throw sealBroken(id)
  return withOpened(rest, laid.field, openLaid(laid, keys))
}

const openLaid = (laid: Laid, keys: KeyReader) => {
  const { texts, nonce, parts, layers } = laid
  const next = createStretches()
  const own = parts.map(({ bytes }) => next(bytes))
  const inner = layers.map((layer) => layer.parts.map(({ bytes }) => next(bytes)))
  const textOf = ({ from, to, block }: Stretch, key: Uint8Array): string => {
    const text = Buffer.from(texts.subarray(from, to))
    keys.chacha.xor(text, { key, nonce, block })
    return lengthen(text)
  }
  return openItems(
    {
      ...laid,
      // Only what stays says what stands around the items, and a layer of which that is told.
      isBare: (layer) => layers[layer]?.around !== true,
      own: (place, key) => textOf(own[place] as Stretch, key.bytes),
      enter:
        (layer, { bytes: period }) =>
        (place, key) =>
          textOf(inner[layer]?.[place] as Stretch, keys.chacha.keyOfBoth(key, period)),
    },
    keys,
  )
}
