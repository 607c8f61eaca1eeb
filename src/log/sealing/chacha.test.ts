// ChaCha20 as published, and as another implementation of it has it.

import assert from 'node:assert/strict'
import { createCipheriv, randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { blocksOf, openChacha } from './chacha.ts'

/** From a block of OpenSSL's ChaCha20: what its rounds made before the state they began with was added. */
const hchacha = (key: Buffer, salt: Buffer): Buffer => {
  const block = createCipheriv('chacha20', key, salt).update(Buffer.alloc(64))
  const begun = Buffer.concat([Buffer.from('expand 32-byte k'), key, salt])
  const words = [0, 1, 2, 3, 12, 13, 14, 15]
  const made = Buffer.alloc(32)
  words.forEach((word, at) =>
    made.writeUInt32LE((block.readUInt32LE(word * 4) - begun.readUInt32LE(word * 4)) >>> 0, at * 4),
  )
  return made
}

describe('ChaCha20', () => {
  it('L20 gives the published text of RFC 8439, section 2.4.2', async () => {
    const { xor } = await openChacha()
    const text = Buffer.from(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
    )
    const key = Uint8Array.from({ length: 32 }, (_, n) => n)
    xor(text, { key, nonce: Buffer.from('000000000000004a00000000', 'hex'), block: 1 })
    assert.equal(
      text.toString('hex'),
      '6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d807ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eedf2785e42874d',
    )
  })

  it('L26 the key of both is the owner’s, masked with HChaCha20 of its number under the period’s', async () => {
    const { keyOfBoth } = await openChacha()
    const period = Buffer.from(Uint8Array.from({ length: 32 }, (_, n) => n))
    // draft-irtf-cfrg-xchacha-03, section 2.2.1
    const published = '82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc'
    assert.equal(
      hchacha(period, Buffer.from('000000090000004a0000000031415927', 'hex')).toString('hex'),
      published,
    )
    for (const id of [0, 1, 7 * 2 ** 32 + 5]) {
      const salt = Buffer.alloc(16)
      salt.writeDoubleLE(id)
      const bytes = randomBytes(32)
      const mask = hchacha(period, salt)
      assert.deepEqual(
        Buffer.from(keyOfBoth({ id, bytes }, period)),
        Buffer.from(bytes.map((byte, at) => byte ^ (mask[at] ?? 0))),
      )
    }
  })

  it('L20 agrees with OpenSSL at every length and block, and back again is what it was', async () => {
    const { xor } = await openChacha()
    for (const length of [0, 1, 63, 64, 65, 1_000, 65_536, 65_537, 200_001])
      for (const block of [0, 1, 1_000_000]) {
        const [key, nonce, plain] = [randomBytes(32), randomBytes(12), randomBytes(length)]
        const bytes = Buffer.from(plain)
        xor(bytes, { key, nonce, block })
        const counter = Buffer.alloc(4)
        counter.writeUInt32LE(block)
        const theirs = createCipheriv('chacha20', key, Buffer.concat([counter, nonce])).update(plain)
        assert.ok(bytes.equals(theirs), `${length} from ${block}`)
        xor(bytes, { key, nonce, block })
        assert.ok(bytes.equals(plain))
        assert.equal(blocksOf(length), Math.ceil(length / 64))
      }
  })
})
