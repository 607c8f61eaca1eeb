// Records as they lie on the disk: what is personal in them encrypted beside the record, each person's items under that
// person's key, and the whole signed, so that no part can be moved to another place, person or record. The chain is
// over the text and the bytes, so it goes on fitting when a key is gone.

import { createHmac, type KeyObject } from 'node:crypto'
import { periodName, type Personal } from '../port.ts'
import { createByteWriter, UNIT_BYTES_MAX } from './byte-writer.ts'
import { NONCE_BYTES } from './chacha.ts'
import { findItems } from './item-spans.ts'
import { createStretches, writeContents, writeHead, type Layer, type Part } from './layout.ts'
import { createLz4, roomFor } from './lz4.ts'
import type { PersonKey, PersonKeys } from './person-keys.ts'
import { PHRASES } from './phrases.ts'
import { besideOf, BETWEEN, itemsOf, lapses, periodsOf, placesOf, plainOf } from './places.ts'
import { randomFrom } from './random.ts'

export type ToSeal = { readonly id: string; readonly text: string; readonly personal: Personal }
export type Sealed = {
  /** The record's JSON text without what is personal. */
  readonly text: string
  /** What is personal. Good until the next record is sealed. */
  readonly sealed: Buffer
}

/** Seals one record after the other, under these keys. */
export const createSealer = (keys: PersonKeys): ((record: ToSeal) => Sealed) => {
  const out = createByteWriter()
  const { memoryFor, phraseBytes, shorten } = createLz4(PHRASES)
  const putShortened = (text: string): number => {
    const bytes = memoryFor(text.length * UNIT_BYTES_MAX).write(text, phraseBytes, 'utf8')
    return out.filled(roomFor(bytes), (into, at) => shorten(bytes, into, at))
  }
  return ({ id, text, personal }) => {
    const { field, list, owners } = personal
    const lapsing = lapses(personal.lapsing) ? personal.lapsing : undefined
    const { value, inside, items } = findItems(text, field, list)
    const [from, to] = value
    // What of the field stands before its items and behind them.
    const beside = text.slice(from, inside[0]) + BETWEEN + text.slice(inside[1], to)
    const texts = items.map(([first, last]) => text.slice(first, last))
    const places = placesOf(owners, items.length)
    const nonce = randomFrom(NONCE_BYTES)
    const next = createStretches()
    /** Each owner's items, encrypted one after the other: under their key, or where there is a period, under both keys. */
    const sealParts = (
      own: ReadonlyMap<string, readonly number[]>,
      plain: (at: readonly number[]) => string,
      period?: PersonKey,
    ): readonly Part[] => {
      const parts: Part[] = []
      for (const [owner, at] of own) {
        const key = keys.keyFor(owner)
        const begin = out.length()
        const bytes = putShortened(plain(at))
        const secret = period === undefined ? key.bytes : keys.chacha.keyOfBoth(key, period.bytes)
        keys.chacha.xor(out.since(begin), { key: secret, nonce, block: next(bytes).block })
        parts.push({ key: key.id, at, bytes })
      }
      return parts
    }
    out.clear()
    writeHead(out, nonce)
    if (lapsing === undefined) {
      const parts = sealParts(places, (at) => plainOf(beside, at, texts))
      writeContents(out, { field, list, count: items.length, parts, layers: [] })
    } else {
      const stays = besideOf(lapsing, beside)
      const parts = sealParts(places, (at) => plainOf(stays, at, lapsing.stubs, texts))
      // The whole items once more: with the key of either gone, they are.
      const layers = periodsOf(places, lapsing).map(({ period, around, own }): Layer => {
        const key = keys.keyFor(periodName(period))
        const plain = (at: readonly number[]): string =>
          around ? plainOf(beside, at, texts) : itemsOf(at, texts)
        const inner = sealParts(own, plain, key)
        return { key: key.id, parts: inner, around }
      })
      writeContents(out, { field, list, count: items.length, parts, layers })
    }
    const rest = `${text.slice(0, from)}null${text.slice(to)}`
    out.bytes(macOf(keys.signing, { id, text: rest, signed: out.since(0) }))
    return { text: rest, sealed: out.since(0) }
  }
}

export type Signed = { readonly id: string; readonly text: string; readonly signed: Uint8Array }

/** HMAC-SHA-256 of a record's id, its text and the bytes beside it; lengths first, so that nothing moves between them. */
export const macOf = (key: KeyObject, { id, text, signed }: Signed): Buffer =>
  createHmac('sha256', key).update(`${id.length} ${text.length} ${id}${text}`).update(signed).digest()
