// How much may be in our hands at once. What comes beyond it is turned away before its body is read, with
// 429 and a time to try again: whoever is let in is answered soon, and memory stays bounded.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Failure } from '../kernel/failure.ts'

export type AdmissionLimits = {
  /** Requests taken in and not answered. */
  readonly requestsMax: number
  /** Bytes of their bodies, as announced; a body of unknown size counts as the largest one allowed. */
  readonly bytesMax: number
  readonly bodyBytesMax: number
}

export type Admission = {
  /** Whether a body of so many bytes may come in now. */
  readonly hasRoom: (bytes: number) => boolean
  readonly enter: (bytes: number) => void
  readonly leave: (bytes: number) => void
  readonly underWay: () => { readonly requests: number; readonly bytes: number }
}

export const createAdmission = ({ requestsMax, bytesMax }: AdmissionLimits): Admission => {
  let requests = 0
  let held = 0
  return {
    // One request always fits, however large: its own limit is checked elsewhere.
    hasRoom: (bytes) => requests === 0 || (requests < requestsMax && held + bytes <= bytesMax),
    enter: (bytes) => {
      requests += 1
      held += bytes
    },
    leave: (bytes) => {
      requests -= 1
      held -= bytes
    },
    underWay: () => ({ requests, bytes: held }),
  }
}

/**
 * Guards every route of this scope: where there is no room, the answer is a Failure `http.overloaded`
 * (429 with Retry-After) before the body is read. A place is taken only once the whole body is here, so
 * that slow senders do not hold places that they do not use.
 */
export const admit = (app: FastifyInstance, limits: AdmissionLimits): Admission => {
  const admission = createAdmission(limits)
  app.addHook('onRequest', (request, _reply, done) => {
    if (admission.hasRoom(weightOf(request, limits.bodyBytesMax))) done()
    else done(overloaded())
  })
  app.addHook('preHandler', (request, reply, done) => {
    const bytes = weightOf(request, limits.bodyBytesMax)
    admission.enter(bytes)
    // Comes once, whether it was answered or the client hung up before.
    reply.raw.once('close', () => admission.leave(bytes))
    done()
  })
  return admission
}

const weightOf = ({ headers }: FastifyRequest, bodyBytesMax: number): number => {
  const announced = Number(headers['content-length'])
  // Compressed, it may unpack to anything up to the limit.
  if (headers['content-encoding'] !== undefined || !(announced >= 0)) return bodyBytesMax
  return Math.min(announced, bodyBytesMax)
}

const overloaded = (): Failure =>
  new Failure({
    code: 'http.overloaded',
    message: 'More is coming in than can be taken right now.',
    hint: 'Try again shortly; what was not acknowledged was not taken.',
    retryable: true,
  })
