// A MIME tree of texts as bytes, in one go. The library pushes each part through half a dozen streams, which costs more
// than all the rest of composing a mail; the headers and encodings are its own.

import { encode as base64, wrap as base64Lines } from 'nodemailer/lib/base64'
import type MimeNode from 'nodemailer/lib/mime-node'
import { encode as quotedPrintable, wrap as quotedLines } from 'nodemailer/lib/qp'
import { assert } from '../../kernel/assert.ts'

const LINE_LENGTH = 76

/** The same bytes as `node.build()` with `newline: 'win'`, for a tree whose contents are texts. */
export const mimeBytes = (root: MimeNode): Buffer => {
  const parts: string[] = []
  append(root, parts)
  const text = parts.join('')
  const ended = text.endsWith('\n') ? text : text.endsWith('\r') ? `${text}\n` : `${text}\r\n`
  return Buffer.from(ended.replace(/(?<!\r)\n/g, '\r\n'))
}

const append = (node: MimeNode, parts: string[]): void => {
  parts.push(node.buildHeaders(), '\r\n\r\n', contentOf(node))
  if (node.childNodes.length === 0) return
  const { boundary } = node
  assert(typeof boundary === 'string', 'a node with parts has a boundary')
  node.childNodes.forEach((child, index) => {
    parts.push(index === 0 ? '' : '\r\n', `--${boundary}\r\n`)
    append(child, parts)
  })
  parts.push(`\r\n--${boundary}--\r\n`)
}

const contentOf = (node: MimeNode): string => {
  const { content } = node
  if (content === undefined) return ''
  assert(typeof content === 'string', 'a mail is made of texts')
  switch (node.getTransferEncoding()) {
    case 'quoted-printable':
      return quotedLines(quotedPrintable(content), LINE_LENGTH)
    case 'base64':
      return base64Lines(base64(content), LINE_LENGTH)
    default:
      return content
  }
}
