// Reads request bodies as they came: JSON as text plus value, gzip unpacked under a hard limit.

import { isAscii } from 'node:buffer'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Failure, messageOf } from '../kernel/failure.ts'
import type { Admission } from './admission.ts'

export type JsonBody = {
  /** The JSON text as it was sent, decompressed. */
  readonly text: string
  readonly value: unknown
  /** Bytes of `text` in UTF-8. */
  readonly bytes: number
}

const unzip = promisify(gunzip)

/**
 * Makes `request.body` a {@link JsonBody} for JSON sent under any of the types that clients use. `take` is asked once the
 * body is whole and before anything is made of it; what it throws is the answer.
 */
export const acceptRawJson = (
  app: FastifyInstance,
  bytesMax: number,
  { take, weigh }: Pick<Admission, 'take' | 'weigh'>,
): void => {
  app.removeAllContentTypeParsers()
  const parse = async (request: FastifyRequest, raw: Buffer): Promise<JsonBody> => {
    const turn = take(request)
    if (turn !== undefined) await turn
    const zipped = (request.headers['content-encoding'] ?? '').includes('gzip')
    const body = zipped ? await unpack(raw, bytesMax) : raw
    if (zipped) weigh(request, body.length)
    const text = textOf(body)
    return { text, value: parseJson(text), bytes: body.length }
  }
  app.addContentTypeParser(
    ['application/json', 'text/plain', 'application/cloudevents+json'],
    { parseAs: 'buffer', bodyLimit: bytesMax },
    async (request: FastifyRequest, raw: Buffer) => await parse(request, raw),
  )
}

/** Text of UTF-8; what is plain ASCII, as nearly all is, needs no decoding. */
export const textOf = (body: Buffer): string => body.toString(isAscii(body) ? 'latin1' : 'utf8')

const unpack = async (raw: Buffer, bytesMax: number): Promise<Buffer> => {
  try {
    return await unzip(raw, { maxOutputLength: bytesMax })
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new Failure({
        code: 'http.too_large',
        message: `The body unpacks to more than ${bytesMax} bytes.`,
        hint: 'Split it into smaller batches.',
        cause,
      })
    throw new Failure({
      code: 'http.bad_gzip',
      message: `The body is not gzip: ${messageOf(cause)}`,
      hint: 'Send it plain, or compress it again.',
      cause,
    })
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Failure({
      code: 'http.bad_json',
      message: `The body is not JSON: ${messageOf(cause)}`,
      hint: 'Send one JSON object.',
      cause,
    })
  }
}
