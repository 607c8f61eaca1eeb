// The Segment HTTP tracking API: any Segment client works by changing its host.
// https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isRecord } from '../kernel/json.ts'
import { Failure } from '../kernel/failure.ts'
import type { SignalEndpoint } from '../signal/events.ts'
import type { Loop } from '../loop.ts'
import { admit } from './admission.ts'
import { acceptRawJson, type JsonBody } from './body.ts'
import type { Guard } from './auth.ts'

const ENDPOINTS: readonly SignalEndpoint[] = [
  'identify',
  'track',
  'page',
  'screen',
  'group',
  'alias',
  'batch',
]

/** Segment's largest request, with room for what a client may wrap around it. */
const BODY_BYTES_MAX = 512 * 1024

/**
 * What may be on its way to the disk at once: two groups of the log, so that it never idles. What is parsed and waits for the disk
 * is copied by the collector again and again; as bytes it waits for nothing. All of it is less than two seconds of work.
 */
const ADMITTED = {
  requestsMax: 2_000,
  bytesMax: 1 << 20,
  bodyBytesMax: BODY_BYTES_MAX,
  receivingBytesMax: 16 << 20,
  patient: true,
}

export type IngestOptions = { readonly loop: Loop; readonly guard: Guard }

/** Registers `/v1/{identify,track,page,screen,group,alias,batch}` in a scope of its own. */
export const ingestRoutes =
  ({ loop, guard }: IngestOptions) =>
  async (app: FastifyInstance): Promise<void> => {
    acceptRawJson(app, BODY_BYTES_MAX, admit(app, ADMITTED))
    for (const endpoint of ENDPOINTS) {
      const config = { needs: 'signals.write', keyInBody: true } as const
      app.post(`/v1/${endpoint}`, { config }, async (request: FastifyRequest, reply: FastifyReply) => {
        const body = request.body as JsonBody | undefined
        if (body === undefined)
          throw new Failure({
            code: 'http.bad_json',
            message: 'There is no body.',
            hint: 'Send one JSON object.',
          })
        if (request.principal === null) guard.requireKey(request, keyIn(body))
        const strict = request.headers['x-strict-mode'] === '1'
        const received = await loop.receive({ endpoint, body, source: 'http', strict })
        if (!strict || received.errors.length === 0)
          return reply.header('content-type', 'application/json; charset=utf-8').send('{"success":true}')
        return reply
          .status(received.accepted === 0 ? 400 : 207)
          .send({ success: false, accepted: received.accepted, errors: received.errors })
      })
    }
  }

/** Browser clients put the write key into the body, where sendBeacon cannot set headers. */
const keyIn = (body: JsonBody): string => {
  const inBody = isRecord(body.value) ? body.value['writeKey'] : undefined
  return typeof inBody === 'string' ? inBody : ''
}
