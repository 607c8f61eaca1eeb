// How personal records lay on the disk at first, and still do in logs from then: each part by itself in AES-256-GCM under
// its person's key, bound to the record's id. Only read.

import { createDecipheriv } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

export type PartAlone = { readonly key: number; readonly at: readonly number[]; readonly text: string }

/** What a part holds. Throws when it was changed, or belongs to another record. */
export const openAlone = (
  key: Uint8Array,
  { text }: PartAlone,
  id: string,
): { readonly items: readonly unknown[]; readonly beside: object } => {
  const bytes = Buffer.from(text, 'base64')
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES))
  decipher.setAAD(Buffer.from(id))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  const plain = decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES))
  return JSON.parse(Buffer.concat([plain, decipher.final()]).toString('utf8')) as {
    items: unknown[]
    beside: object
  }
}
