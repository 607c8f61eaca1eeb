// A real mail server for tests: keeps what it accepted and when, and can be slow or refuse.

import type { AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { closeAtEnd } from './serving.ts'

export type Mail = {
  readonly to: string
  readonly raw: string
  /** `performance.now()` when the last byte was there. */
  readonly at: number
}

export type MailSink = {
  readonly port: number
  readonly mails: readonly Mail[]
  /** Waits before the recipient is answered, ms: mails are then under way, none is accepted yet. */
  recipientMs: number
  /** Addresses that are answered with 550. */
  readonly gone: Set<string>
  readonly to: (address: string) => readonly Mail[]
  readonly close: () => Promise<void>
}

export const startSink = async ({
  recipientMs = 0,
}: {
  readonly recipientMs?: number
} = {}): Promise<MailSink> => {
  const mails: Mail[] = []
  const gone = new Set<string>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (address, _session, done) => {
      const refused = gone.has(address.address.toLowerCase())
      const answer = (): void =>
        done(refused ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null)
      setTimeout(answer, sink.recipientMs)
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8')
        for (const { address } of session.envelope.rcptTo)
          mails.push({ to: address, raw, at: performance.now() })
        done(null)
      })
    },
  })
  server.on('error', (error) => process.stderr.write(`mail sink: ${error.message}\n`))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sink: MailSink = {
    port: (server.server.address() as AddressInfo).port,
    mails,
    recipientMs,
    gone,
    to: (address) => mails.filter((mail) => mail.to === address),
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
  closeAtEnd(sink.close)
  return sink
}

export type OpenedMail = {
  readonly headers: ReadonlyMap<string, string>
  readonly subject: string
  readonly html: string
  readonly text: string
  /** Links in the body, in order. */
  readonly links: readonly string[]
}

export const openMail = async ({ raw }: Mail): Promise<OpenedMail> => {
  const { headers, subject, html, text } = await PostalMime.parse(raw)
  return {
    headers: new Map(headers.map(({ key, value }) => [key, value])),
    subject: subject ?? '',
    html: html ?? '',
    text: text ?? '',
    links: [...(html ?? '').matchAll(/href="([^"]+)"/g)].map(([, href]) =>
      (href ?? '').replaceAll('&amp;', '&'),
    ),
  }
}
