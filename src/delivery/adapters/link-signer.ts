// Signs links with HMAC-SHA256 under a key of their own, drawn from the installation's secret.

import { createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto'
import { assert } from '../../kernel/assert.ts'
import type { LinkSigner } from '../links.ts'

/** 128 bits of the 256: short links, and nobody guesses one. */
const SIGNATURE_BYTES = 16
const SECRET_BYTES_MIN = 16
const LABEL = 'windvane link token v1'

/**
 * A signer over the installation's secret. Links signed under one of `previousSecrets` are still
 * accepted, so that a change of the secret does not break the messages already sent.
 */
export const createLinkSigner = ({
  secret,
  previousSecrets = [],
}: {
  readonly secret: string
  readonly previousSecrets?: readonly string[]
}): LinkSigner => {
  const keys = [secret, ...previousSecrets].map((text) => {
    assert(Buffer.byteLength(text) >= SECRET_BYTES_MIN, 'a link secret has at least 16 bytes')
    return createSecretKey(Buffer.from(hkdfSync('sha256', text, '', LABEL, 32)))
  })
  const mac = (key: KeyObject, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest().subarray(0, SIGNATURE_BYTES)
  const current = keys[0]
  assert(current !== undefined, 'there is a secret')
  return {
    sign: (text) => mac(current, text).toString('base64url'),
    verify: (text, signature) => {
      const given = Buffer.from(signature, 'base64url')
      // The spelling is checked too: base64 ignores stray bits at the end, a token must have one spelling.
      if (given.length !== SIGNATURE_BYTES || given.toString('base64url') !== signature) return false
      let known = false
      for (const key of keys) known = timingSafeEqual(mac(key, text), given) || known
      return known
    },
  }
}
