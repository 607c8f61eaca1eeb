// An anchor: the end of the log's chain, noted and signed outside the log. Whoever may write the log's
// folder can write its chain anew; what was anchored where they cannot reach still tells.

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { canonicalJson, isRecord } from '../../kernel/json.ts'
import type { ChainTip } from '../../log/index.ts'

export type Anchor = {
  readonly v: 1
  /** Which log. */
  readonly log: string
  /** How often this log was restored from a backup, plus one. */
  readonly epoch: number
  readonly offset: number
  readonly hash: string
  /** ms since the epoch. */
  readonly at: number
  /** SHA-256 of the line before in the same file; '' in the first. */
  readonly previous: string
  /** Fingerprint of the key it is signed with. */
  readonly key: string
}

type Signed = Anchor & { readonly signature: string }

/** An Ed25519 private key as PKCS #8, base64url. */
export const newAnchorKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url')

export type AnchorSigner = {
  /** One line, without its end. */
  readonly line: (what: {
    readonly tip: ChainTip
    readonly epoch: number
    readonly at: number
    readonly previousLine: string
  }) => string
  /** For whoever is to check anchors without this installation. */
  readonly publicKeyPem: string
}

export const createAnchorSigner = (privateKey: string): AnchorSigner => {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64url'), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key)
  const print = fingerprint(publicKey)
  return {
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    line: ({ tip, epoch, at, previousLine }) => {
      const anchor: Anchor = {
        v: 1,
        log: tip.logId,
        epoch,
        offset: tip.offset,
        hash: tip.hash,
        at,
        previous: previousLine === '' ? '' : digest(previousLine),
        key: print,
      }
      const signature = sign(null, Buffer.from(canonicalJson(anchor)), key).toString('base64url')
      return canonicalJson({ ...anchor, signature })
    },
  }
}

export type AnchorProblem = {
  readonly line: number
  /** `unreadable`: no anchor. `forged`: not signed by this key. `gap`: a line before it is gone or was changed. */
  readonly kind: 'unreadable' | 'forged' | 'gap'
}

/** The anchors of a file, in its order, and what is wrong with it. A half-written last line is no problem: it was never an anchor. */
export const readAnchors = (
  text: string,
  publicKeyPem: string,
): { readonly anchors: readonly Anchor[]; readonly problems: readonly AnchorProblem[] } => {
  const key = createPublicKey(publicKeyPem)
  const anchors: Anchor[] = []
  const problems: AnchorProblem[] = []
  const lines = text.split('\n')
  let previous = ''
  /** A line that is no anchor: harmless where the next one was written after it, as after a crash. */
  let broken: number | null = null
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    const found = parse(line)
    if (found === null) broken ??= index + 1
    else if (!isSigned(found, key)) problems.push({ line: index + 1, kind: 'forged' })
    else {
      const { signature: _signature, ...anchor } = found
      if (anchor.previous !== previous)
        problems.push(
          broken === null ? { line: index + 1, kind: 'gap' } : { line: broken, kind: 'unreadable' },
        )
      broken = null
      anchors.push(anchor)
    }
    previous = digest(line)
  }
  if (broken !== null && text.endsWith('\n')) problems.push({ line: broken, kind: 'unreadable' })
  return { anchors, problems }
}

/** A half-written line has no end; the next anchor begins on a line of its own. */
export const lastLineOf = (text: string): string => text.split('\n').findLast((line) => line !== '') ?? ''

const isSigned = ({ signature, ...anchor }: Signed, key: KeyObject): boolean =>
  anchor.key === fingerprint(key) &&
  verify(null, Buffer.from(canonicalJson(anchor)), key, Buffer.from(signature, 'base64url'))

const parse = (line: string): Signed | null => {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    // Not an anchor: the caller says so, with the number of the line.
    return null
  }
  if (!isRecord(value) || value['v'] !== 1) return null
  const whole =
    ['log', 'hash', 'previous', 'key', 'signature'].every((name) => typeof value[name] === 'string') &&
    ['epoch', 'offset', 'at'].every((name) => Number.isFinite(value[name]))
  // The shape has just been checked.
  return whole ? (value as unknown as Signed) : null
}

const fingerprint = (key: KeyObject): string =>
  digest(key.export({ format: 'der', type: 'spki' }).toString('base64url')).slice(0, 16)

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
