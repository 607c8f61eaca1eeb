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
  /** Bytes of bodies that are on their way here, as announced. They are only bytes yet: not text, not values. */
  readonly receivingBytesMax: number
}

export type Room = {
  /** Whether a body of so many bytes may come in now. */
  readonly hasRoom: (bytes: number) => boolean
  readonly enter: (bytes: number) => void
  readonly leave: (bytes: number) => void
  readonly underWay: () => { readonly requests: number; readonly bytes: number }
}

export type Admission = {
  /** A body that is whole takes its place before it is parsed. Throws `http.overloaded` when there is none left. */
  readonly take: (request: FastifyRequest) => void
  readonly underWay: Room['underWay']
  readonly receiving: Room['underWay']
}

/** Bodies on their way count by their bytes; of empty ones at most so many for each that may be at work. */
const RECEIVING_FOR_EACH = 8

export const createRoom = ({
  requestsMax,
  bytesMax,
}: Pick<AdmissionLimits, 'requestsMax' | 'bytesMax'>): Room => {
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

/** Where a request stands: on its way, or at work. */
type Place = { readonly bytes: number; room: Room }

/**
 * Guards every route of this scope: where there is no room, the answer is a Failure `http.overloaded`
 * (429 with Retry-After) before the body is read. A place at work is taken only once the whole body is here, so
 * that slow senders do not hold places that they do not use: what is on its way has a limit of its own.
 */
export const admit = (app: FastifyInstance, limits: AdmissionLimits): Admission => {
  const working = createRoom(limits)
  const receiving = createRoom({
    requestsMax: limits.requestsMax * RECEIVING_FOR_EACH,
    bytesMax: limits.receivingBytesMax,
  })
  const places = new WeakMap<FastifyRequest, Place>()
  const take = (request: FastifyRequest): void => {
    const place = places.get(request)
    if (place === undefined || place.room === working) return
    if (!working.hasRoom(place.bytes)) throw overloaded()
    place.room.leave(place.bytes)
    working.enter(place.bytes)
    place.room = working
  }
  app.addHook('onRequest', (request, reply, done) => {
    const bytes = weightOf(request, limits.bodyBytesMax)
    if (!working.hasRoom(bytes) || !receiving.hasRoom(bytes)) return done(overloaded())
    const place: Place = { bytes, room: receiving }
    receiving.enter(bytes)
    places.set(request, place)
    // Comes once, whether it was answered or the client hung up before.
    reply.raw.once('close', () => place.room.leave(bytes))
    done()
  })
  // For routes whose parser does not take the place itself.
  app.addHook('preHandler', (request, _reply, done) => {
    take(request)
    done()
  })
  return { take, underWay: working.underWay, receiving: receiving.underWay }
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
