// A mail server that keeps nothing: it prints whom each mail is for, its subject and its unsubscribe
// address, so that sending can be tried on one machine. node examples/mail-sink.ts 2525

import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'

const port = Number(process.argv[2] ?? 2525)

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData: (stream, session, done) => {
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map(({ address }) => address).join(', ')
      PostalMime.parse(Buffer.concat(parts)).then(
        ({ subject, headers }) => {
          const unsubscribe = headers.find(({ key }) => key === 'list-unsubscribe')?.value ?? 'none'
          process.stdout.write(`to ${to}: ${subject ?? ''}\n  unsubscribe ${unsubscribe}\n`)
          done()
        },
        (error: Error) => done(error),
      )
    })
  },
})
server.listen(port, '127.0.0.1')
