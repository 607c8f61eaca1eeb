// Chance, hashes and sealing: argon2id for passwords (RFC 9106, the runtime's own), SHA-256 for tokens of full
// entropy, AES-256-GCM for what must be read again, HOTP/TOTP (RFC 4226, RFC 6238) for second factors.

import {
  argon2,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { promisify } from 'node:util'
import { Failure } from '../../../kernel/failure.ts'
import type { Secrets } from '../ports.ts'

export type Argon2Cost = { readonly memoryKib: number; readonly passes: number; readonly lanes: number }

/** OWASP's first choice for argon2id; about 50 ms of one core. */
export const ARGON2_COST: Argon2Cost = { memoryKib: 19_456, passes: 2, lanes: 1 }
const SALT_BYTES = 16
const TAG_BYTES = 32

/** Hashing at once: each takes memory and a thread. */
const HASHING_MAX = 2
const WAITING_MAX = 30

const TOTP_STEP_MS = 30_000
const TOTP_DIGITS = 6
const RECOVERY_CODES = 10
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

const hashWith = promisify(argon2)

/** `sealingSecret` is the installation's; what was sealed under it is lost with it. */
export const createSecrets = ({
  sealingSecret,
  cost = ARGON2_COST,
}: {
  readonly sealingSecret: Buffer
  readonly cost?: Argon2Cost
}): Secrets => {
  const sealingKey = Buffer.from(hkdfSync('sha256', sealingSecret, '', 'windvane access', 32))
  const inTurn = createTurns()
  const derive = async (password: string, salt: Buffer, { memoryKib, passes, lanes }: Argon2Cost) =>
    inTurn(async () =>
      hashWith('argon2id', {
        message: password.normalize('NFC'),
        nonce: salt,
        parallelism: lanes,
        tagLength: TAG_BYTES,
        memory: memoryKib,
        passes,
      }),
    )
  return {
    newToken: () => randomBytes(32).toString('base64url'),
    newId: (prefix) => `${prefix}${base32(randomBytes(5)).toLowerCase()}`,
    newRecoveryCodes: () =>
      Array.from({ length: RECOVERY_CODES }, () =>
        (base32(randomBytes(10)).toLowerCase().match(/.{4}/g) ?? []).join('-'),
      ),
    hashToken: (token) => createHash('sha256').update(token).digest('hex'),
    hashPassword: async (password) => {
      const salt = randomBytes(SALT_BYTES)
      return spell(cost, salt, await derive(password, salt, cost))
    },
    checkPassword: async (password, hash) => {
      const known = hash === null ? null : parse(hash)
      const { cost: used, salt, tag } = known ?? { cost, salt: NO_SALT, tag: NO_TAG }
      const fits = timingSafeEqual(await derive(password, salt, used), tag) && known !== null
      return { fits, stale: fits && (used.memoryKib < cost.memoryKib || used.passes < cost.passes) }
    },
    seal: (text) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    unseal: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < 28) return null
      const decipher = createDecipheriv('aes-256-gcm', sealingKey, bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(12, 28))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
      } catch {
        // Sealed elsewhere, or bent: the same as nothing.
        return null
      }
    },
    newTotpSecret: () => base32(randomBytes(20)),
    totpStep: (secret, code, { now, afterStep }) => {
      const current = Math.floor(now / TOTP_STEP_MS)
      const given = Buffer.from(code.replaceAll(/\s/g, '').padEnd(TOTP_DIGITS, ' '))
      let found: number | null = null
      for (const step of [current - 1, current, current + 1]) {
        const expected = Buffer.from(totpCode(secret, step))
        if (given.length === expected.length && timingSafeEqual(given, expected) && step > afterStep)
          found = step
      }
      return found
    },
  }
}

/** The code of one step. @example totpCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 1) // '287082' */
export const totpCode = (secret: string, step: number): string => {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const at = (mac.at(-1) ?? 0) & 0xf
  const number = mac.readUInt32BE(at) & 0x7fffffff
  return String(number % 10 ** TOTP_DIGITS).padStart(TOTP_DIGITS, '0')
}

const NO_SALT = Buffer.alloc(SALT_BYTES)
const NO_TAG = Buffer.alloc(TAG_BYTES)

type Parsed = { readonly cost: Argon2Cost; readonly salt: Buffer; readonly tag: Buffer }

/** As the PHC string format writes it: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
const spell = ({ memoryKib, passes, lanes }: Argon2Cost, salt: Buffer, tag: Buffer): string =>
  `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(tag)}`

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

const parse = (text: string): Parsed | null => {
  const found = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([\w+/]+)\$([\w+/]+)$/.exec(text)
  if (found === null) return null
  const [, memory, passes, lanes, salt = '', tag = ''] = found
  const parsed = {
    cost: { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
  return parsed.tag.length === TAG_BYTES && parsed.salt.length >= 8 ? parsed : null
}

/** Runs at most so many at once; more than may wait are turned away. */
const createTurns = () => {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting.length >= WAITING_MAX)
      throw new Failure({
        code: 'http.overloaded',
        message: 'Too many people are signing in at this moment.',
        hint: 'Try again shortly.',
        retryable: true,
      })
    if (running >= HASHING_MAX) await new Promise<void>((resolve) => waiting.push(resolve))
    running++
    try {
      return await work()
    } finally {
      running--
      waiting.shift()?.()
    }
  }
}

const base32 = (bytes: Buffer): string => {
  let [text, bits, value] = ['', 0, 0]
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    for (; bits >= 5; bits -= 5) text += BASE32[(value >>> (bits - 5)) & 31] ?? ''
    value &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + (BASE32[(value << (5 - bits)) & 31] ?? '')
}

const fromBase32 = (text: string): Buffer => {
  const bytes: number[] = []
  let [bits, value] = [0, 0]
  for (const sign of text.toUpperCase()) {
    const digit = BASE32.indexOf(sign)
    if (digit < 0) continue
    value = (value << 5) | digit
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((value >>> bits) & 255)
    value &= (1 << bits) - 1
  }
  return Buffer.from(bytes)
}
