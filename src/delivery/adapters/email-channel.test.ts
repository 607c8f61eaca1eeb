// Mail through a real SMTP server, read back by a MIME parser: headers, languages, hostile values.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import type { ChannelResult, OutgoingMessage } from '../messages.ts'
import { email, outgoing } from '../testing/samples.ts'
import { composeEmail, createEmailChannel, type EmailChannelOptions } from './email-channel.ts'

type Got = {
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  readonly raw: string
}
const got: Got[] = []
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onAuth: ({ username, password }, _session, callback) =>
    username === 'user' && password === 'pass'
      ? callback(null, { user: 'user' })
      : callback(new TypeError('wrong password')),
  onData: (stream, session, callback) => {
    let raw = ''
    stream.on('data', (chunk: Buffer) => (raw += chunk.toString('latin1')))
    stream.on('end', () => {
      const { mailFrom, rcptTo } = session.envelope
      got.push({
        envelope: {
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
        },
        raw,
      })
      callback()
    })
  },
})
let port = 0
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.server.address() as AddressInfo).port
})
after(async () => new Promise<void>((resolve) => server.close(() => resolve())))

const send = async (
  message: OutgoingMessage,
  options: Partial<EmailChannelOptions> = {},
): Promise<ChannelResult> => {
  const channel = createEmailChannel({
    smtp: { host: '127.0.0.1', port },
    ...options,
  })
  try {
    return await channel.send(message, () => [])
  } finally {
    await channel.close()
  }
}
const parse = async (raw: string) => PostalMime.parse(Buffer.from(raw, 'latin1'))
const last = (): Got => got.at(-1) ?? { envelope: { from: '', to: [] }, raw: '' }

describe('email channel', () => {
  it('V14 sends one-click unsubscribe, a steady Message-ID, both parts and UTF-8 throughout', async () => {
    const message = outgoing(7, {
      content: email({
        subject: 'Скидка 10 % для Ани 🎉',
        html: '<p>Здравствуйте</p>',
        text: 'Здравствуйте',
        sender: { name: 'Магазин «Ромашка», ООО', email: 'hi@shop.example', footer: '' },
      }),
    })
    assert.equal((await send(message, { unsubscribeMailto: 'leave@shop.example' })).kind, 'sent')
    const mail = await parse(last().raw)
    const header = (key: string) => mail.headers.find((found) => found.key === key)?.value
    assert.equal(mail.subject, 'Скидка 10 % для Ани 🎉')
    assert.equal(mail.from?.name, 'Магазин «Ромашка», ООО')
    assert.equal(mail.from?.address, 'hi@shop.example')
    assert.equal(mail.text?.trim(), 'Здравствуйте')
    assert.equal(mail.html?.trim(), '<p>Здравствуйте</p>')
    assert.equal(mail.messageId, '<dec_3a_7@shop.example>')
    assert.equal(mail.date, '2026-01-05T12:00:00.000Z')
    assert.equal(header('list-unsubscribe-post'), 'List-Unsubscribe=One-Click')
    assert.match(
      header('list-unsubscribe') ?? '',
      /^<https:\/\/shop\.example\/u\/token>, <mailto:leave@shop\.example\?subject=/,
    )
    assert.equal(header('feedback-id'), 'welcome:hello:windvane:shop.example')
    assert.deepEqual(last().envelope, { from: 'hi@shop.example', to: ['person7@example.com'] })
    assert.deepEqual(await composeEmail(message, email()), await composeEmail(message, email()))
  })

  it('V15 an address that can be read in two ways is refused, and the envelope is the stored address', async () => {
    const refused = [
      '"a b"@example.com',
      '"a@evil.example,"@example.com',
      'a@b.example, c@d.example',
      'a@b.example\r\nRCPT TO:<c@d.example>',
      '<a@b.example>',
      'a@b.example>',
      'Ann <a@b.example>',
      'a..b@example.com',
      '.a@example.com',
      'a@-b.example',
      'a@b',
      '',
      '@b.example',
      'a@[127.0.0.1]',
      'a(x)@b.example',
      'ä@b.example',
      'a@bücher.example',
      `${'a'.repeat(65)}@b.example`,
      'a@b.example\0',
      'a;b@c.example',
      'a:b@c.example',
      'a\t@b.example',
    ]
    const before = got.length
    for (const to of refused) {
      const result = await send(outgoing(1, { to }))
      assert.equal(result.kind === 'failed' && result.code, 'email.address_refused', JSON.stringify(to))
    }
    assert.equal(got.length, before)
    for (const to of ['UPPER.Case+tag@Example.COM', "o'brien@example.com", '{a}|b@example.com']) {
      assert.equal((await send(outgoing(1, { to }))).kind, 'sent', to)
      assert.deepEqual(last().envelope.to, [to])
    }
  })

  it('V15 no value ends a header, adds a recipient or breaks out of the message', async () => {
    const hostile = [
      'a\r\nBcc: evil@example.com',
      'a\nBcc: evil@example.com',
      'a\rX: y',
      '\r\n\r\nbody',
      'a\u2028b',
      'a\0b',
      '=?utf-8?Q?=0D=0ABcc:_x?=',
      '"\r\n.\r\nMAIL FROM:<x@y.z>',
      '<x@evil.example>, b',
    ]
    for (const value of hostile) {
      const content = email({
        subject: value,
        sender: { name: value, email: 'hi@shop.example', footer: '' },
        text: `${value}\r\n.\r\nRCPT TO:<evil@example.com>\r\n`,
        html: `<p>${value}\r\n.\r\n</p>`,
      })
      assert.equal((await send(outgoing(3, { content }))).kind, 'sent')
      const mail = await parse(last().raw)
      assert.deepEqual(last().envelope.to, ['person3@example.com'])
      assert.equal(mail.bcc, undefined, value)
      assert.deepEqual(
        mail.to?.map(({ address }) => address),
        ['person3@example.com'],
      )
      assert.equal(mail.from?.address, 'hi@shop.example')
      assert.equal(mail.headers.filter(({ key }) => ['bcc', 'x'].includes(key)).length, 0)
      assert.match(mail.text ?? '', /RCPT TO/)
    }
  })

  it('V16 outside production only listed addresses are written to', async () => {
    const refused = await send(outgoing(1), { recipientsAllowed: ['@test.example', 'me@shop.example'] })
    assert.equal(refused.kind === 'failed' && refused.code, 'email.not_allowed_here')
    assert.equal(refused.kind === 'failed' && refused.permanent, false)
    assert.equal(
      (await send(outgoing(1, { to: 'x@TEST.example' }), { recipientsAllowed: ['@test.example'] })).kind,
      'sent',
    )
    assert.equal(
      (await send(outgoing(1, { to: 'x@nottest.example' }), { recipientsAllowed: ['@test.example'] })).kind,
      'failed',
    )
  })

  it('V14 signs with DKIM where a key is given, and does not send unsigned when it cannot', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    assert.equal(
      (await send(outgoing(1), { dkim: { domain: 'shop.example', selector: 's1', privateKey } })).kind,
      'sent',
    )
    const signature =
      /DKIM-Signature:[\s\S]*?\sh=([^;]+);/
        .exec(last().raw)?.[1]
        ?.toLowerCase()
        .replaceAll(/\s/g, '')
        .split(':') ?? []
    for (const field of ['list-unsubscribe', 'list-unsubscribe-post', 'from', 'subject'])
      assert.ok(signature.includes(field), field)
    const broken = await send(outgoing(1), {
      dkim: { domain: 'shop.example', selector: 's1', privateKey: 'not a key' },
    })
    assert.equal(broken.kind === 'failed' && broken.code, 'email.dkim')
  })

  it('V14 reuses connections, and says of a wrong password that it is ours to put right', async () => {
    const channel = createEmailChannel({
      smtp: { host: '127.0.0.1', port, auth: { user: 'user', pass: 'pass' }, verifyCertificate: false },
      limits: { connectionsMax: 2 },
    })
    const before = got.length
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => channel.send(outgoing(index), () => [])),
    )
    assert.ok(results.every(({ kind }) => kind === 'sent'))
    assert.equal(got.length - before, 20)
    await channel.close()
    assert.equal((await channel.send(outgoing(1), () => [])).kind, 'failed')
  })
})
