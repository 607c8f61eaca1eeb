// Turns a log of now into one of format 4, as the program before wrote it: what is sealed lies in the text, AES-256 in counter
// mode, one stream a key. Tests read it with the code of now.

import { createCipheriv, createHmac, randomBytes, type Cipheriv, type KeyObject } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { leafOf, linkOf, type ChainedRecord } from '../../chain.ts'
import { periodName, type NewEvent, type Personal } from '../../port.ts'
import { findItems } from '../item-spans.ts'
import type { Part } from '../layout.ts'
import { openPersonKeys } from '../person-keys.ts'
import { besideOf, BETWEEN, lapses, periodsOf, placesOf, plainOf } from '../places.ts'

const BLOCK_BYTES = 16
const NONCE_BYTES = 12

export type OldStream = { readonly seal: (text: Buffer) => Buffer }

/** Whole blocks, filled up with spaces, behind the counter block they begin at. */
export const createOldStream = (key: Uint8Array, firstBlock = 0): OldStream => {
  const nonce = randomBytes(NONCE_BYTES)
  let block = firstBlock
  const counter = (): Buffer => {
    const bytes = Buffer.concat([nonce, Buffer.alloc(4)])
    bytes.writeUInt32BE(block, NONCE_BYTES)
    return bytes
  }
  let cipher: Cipheriv | undefined
  return {
    seal: (text) => {
      const begin = counter()
      cipher ??= createCipheriv('aes-256-ctr', key, begin)
      const blocks = Math.ceil(text.length / BLOCK_BYTES)
      block += blocks
      const filled = Buffer.concat([text, Buffer.alloc(blocks * BLOCK_BYTES - text.length, ' ')])
      return Buffer.concat([begin, cipher.update(filled)])
    },
  }
}

type OldKeys = {
  readonly signing: KeyObject
  readonly keyFor: (owner: string) => { readonly id: number; readonly stream: OldStream }
}

const oldText = (
  { id, text, personal }: { readonly id: string; readonly text: string; readonly personal: Personal },
  keys: OldKeys,
): string => {
  const { field, list, owners } = personal
  const { value, inside, items } = findItems(text, field, list)
  const [from, to] = value
  const beside = text.slice(from, inside[0]) + BETWEEN + text.slice(inside[1], to)
  const texts = items.map(([first, last]) => text.slice(first, last))
  const places = placesOf(owners, items.length)
  const sealParts = (
    own: ReadonlyMap<string, readonly number[]>,
    plain: (at: readonly number[]) => string,
  ): { readonly parts: readonly Part[]; readonly bytes: Buffer } => {
    const pieces: Buffer[] = []
    const parts = [...own].map(([owner, at]): Part => {
      const key = keys.keyFor(owner)
      const piece = key.stream.seal(Buffer.from(plain(at)))
      pieces.push(piece)
      return { key: key.id, at, bytes: piece.length }
    })
    return { parts, bytes: Buffer.concat(pieces) }
  }
  const lapsing = lapses(personal.lapsing) ? personal.lapsing : undefined
  const stays = lapsing === undefined ? beside : besideOf(lapsing, beside)
  const { parts, bytes } = sealParts(places, (at) => plainOf(stays, at, lapsing?.stubs ?? texts, texts))
  const pieces = [bytes]
  const layers = (lapsing === undefined ? [] : periodsOf(places, lapsing)).map(({ period, around, own }) => {
    const inner = sealParts(own, (at) => plainOf(around ? beside : stays, at, texts))
    const { id: key, stream } = keys.keyFor(periodName(period))
    pieces.push(stream.seal(inner.bytes))
    return { key, parts: inner.parts, ...(around ? { around } : {}) }
  })
  const place = { field, list, count: items.length, parts, ...(layers.length === 0 ? {} : { layers }) }
  const rest = text.slice(to, text.lastIndexOf('}'))
  const whole = Buffer.concat(pieces).toString('base64')
  const signed = `${text.slice(0, from)}null${rest},"sealed":${JSON.stringify(place).slice(0, -1)},"text":"${whole}"`
  const mac = createHmac('sha256', keys.signing).update(`${id.length} ${id}${signed}`).digest('base64')
  return `${signed},"mac":"${mac}"}}`
}

/** Chains the records anew, in one link, after their texts were changed. */
const chainAnew = (db: DatabaseSync): void => {
  const records = db.prepare('SELECT offset, id, type, key, at, data FROM log ORDER BY offset').all()
  const leaves = records.map((record) => leafOf(record as unknown as ChainedRecord)).join('')
  const logId = String(db.prepare("SELECT value FROM meta WHERE name = 'log_id'").get()?.['value'])
  db.exec('DELETE FROM chain')
  db.prepare('INSERT INTO chain (last, hash, leaves) VALUES (?, ?, ?)').run(
    records.length,
    linkOf(logId, leaves),
    Buffer.from(leaves, 'hex'),
  )
}

/** The closed log at `logPath` holds `events`; afterwards as the format before this one had it. */
export const makeFormatFour = async (
  logPath: string,
  keysPath: string,
  events: readonly NewEvent[],
): Promise<void> => {
  const keys = await openPersonKeys(keysPath)
  const streams = new Map<string, OldStream>()
  const old: OldKeys = {
    signing: keys.signing,
    keyFor: (owner) => {
      const { id, bytes } = keys.keyFor(owner)
      const stream = streams.get(owner) ?? createOldStream(bytes)
      streams.set(owner, stream)
      return { id, stream }
    },
  }
  const db = new DatabaseSync(logPath)
  const put = db.prepare('UPDATE log SET data = ?, sealed = NULL WHERE id = ?')
  for (const { id, data, personal } of events)
    if (personal !== undefined) put.run(oldText({ id, text: JSON.stringify(data), personal }, old), id)
  db.exec('ALTER TABLE log DROP COLUMN sealed; PRAGMA user_version = 4')
  chainAnew(db)
  db.close()
  keys.commit()
  keys.close()
}
