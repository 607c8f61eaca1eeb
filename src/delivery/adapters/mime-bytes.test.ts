// What is composed in one go is what the library would have streamed.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import MailComposer from 'nodemailer/lib/mail-composer'
import { WIDE } from '../../kernel/testing/wide.ts'
import { mimeBytes } from './mime-bytes.ts'

const PIECES = [
  'a',
  'Zoë',
  'Привет мир',
  '=',
  '.',
  '..',
  ' ',
  '\t',
  '\r\n',
  '\n',
  '\r',
  '😀',
  '<p>',
  '\u2028',
  '-',
]
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 300 }).map((pieces) => pieces.join('')),
  fc.integer({ min: 0, max: 3_000 }).map((length) => 'x'.repeat(length)),
  fc.array(fc.constantFrom('слово', 'word', 'ж'), { maxLength: 200 }).map((words) => words.join(' ')),
)

const nodeOf = (mail: { readonly subject: string; readonly html: string; readonly text: string }) =>
  new MailComposer({
    ...mail,
    from: { name: 'Zoë', address: 'hi@shop.example' },
    to: { name: '', address: 'anna@people.example' },
    messageId: '<one@shop.example>',
    date: new Date(0),
    baseBoundary: 'b',
    newline: 'win',
  }).compile()

describe('mime bytes', () => {
  it(
    'V18 gives byte for byte what the library streams, whatever stands in the texts (wide)',
    WIDE,
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.record({ subject: text, html: text, text }), async (mail) => {
          const streamed = await nodeOf(mail).build()
          assert.equal(mimeBytes(nodeOf(mail)).toString('latin1'), streamed.toString('latin1'))
        }),
        { numRuns: 400 },
      )
    },
  )
})
