// Which cipher for a person's part of a request: the same short texts under 5,000 keys, each way in turn, in µs of
// processor. What is set up for each part costs more than what it encrypts.

import { createCipheriv, createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { openChacha } from '../src/log/sealing/chacha.ts'
import { median, type Row } from './rows.ts'

const PEOPLE = 5_000
const TEXT = JSON.stringify({ event: 'Product Viewed', userId: 'user-1', properties: 'x'.repeat(260) })
/** Each person's part in so many requests. */
const PARTS = 4
const ROUNDS = 5
const TAG_BYTES = 16

type Way = { readonly name: string; readonly seal: (person: number) => unknown }

const waysOf = async (): Promise<readonly [baseline: Way, ...others: Way[]]> => {
  const keys = Array.from({ length: PEOPLE }, () => randomBytes(32))
  const secrets = keys.map((key) => createSecretKey(key))
  const streams = keys.map((key) => createCipheriv('aes-256-ctr', key, randomBytes(16)))
  const { xor } = await openChacha()
  const memory = Buffer.alloc(Buffer.byteLength(TEXT))
  const once = randomBytes(12)
  const nonce = (): Buffer => randomBytes(12)
  const native = (name: 'aes-256-gcm' | 'chacha20-poly1305') => (person: number) => {
    const cipher = createCipheriv(name as 'aes-256-gcm', at(secrets, person), nonce(), {
      authTagLength: TAG_BYTES,
    })
    cipher.setAAD(Buffer.from('id'))
    return [cipher.update(TEXT, 'utf8'), cipher.final(), cipher.getAuthTag()]
  }
  const request = TEXT.repeat(135)
  return [
    { name: 'AES-256-GCM, a cipher each', seal: native('aes-256-gcm') },
    { name: 'ChaCha20-Poly1305, a cipher each', seal: native('chacha20-poly1305') },
    {
      name: 'AES-256-CTR, a cipher each',
      seal: (person) =>
        createCipheriv('aes-256-ctr', at(secrets, person), randomBytes(16)).update(TEXT, 'utf8'),
    },
    {
      name: 'AES-256-CTR, one stream a person',
      seal: (person) => at(streams, person).update(TEXT, 'utf8'),
    },
    {
      name: 'ChaCha20 in WebAssembly (libsodium)',
      seal: (person) => {
        memory.write(TEXT, 'utf8')
        xor(memory, { key: at(keys, person), nonce: once, block: person * 8 })
      },
    },
    {
      name: 'HMAC-SHA-256 over a request of 100 parts, a part of it',
      seal: (person) => person % 100 === 0 && createHmac('sha256', at(secrets, 0)).update(request).digest(),
    },
  ]
}

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T

const micros = ({ seal }: Way): number => {
  const before = process.cpuUsage()
  for (let n = 0; n < PEOPLE * PARTS; n++) seal(n)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / (PEOPLE * PARTS)
}

/** Processor time of a part, beside the first way's in the same rounds. */
export const cipherRows = async (): Promise<readonly Row[]> => {
  const ways = await waysOf()
  const taken = ways.map((): number[] => [])
  for (let round = 0; round <= ROUNDS; round++)
    ways.forEach((way, index) => {
      const one = micros(way)
      if (round > 0) taken[index]?.push(one)
    })
  const [baseline = 0, ...medians] = taken.map(median)
  return medians.map((ours, index) => ({
    name: `sealing: a part, ${ways[index + 1]?.name}`,
    ours,
    baseline,
    unit: `µs of processor (baseline: ${ways[0].name})`,
    ratio: ours / baseline,
  }))
}

if (import.meta.main) console.table(cipherRows())
