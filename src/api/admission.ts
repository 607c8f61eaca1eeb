// How much may be in our hands at once. What comes beyond it is turned away before its body is read, with
// 429 and a time to try again: whoever is let in is answered soon, and memory stays bounded. Where a scope is patient, whole
// bodies wait their turn as bytes, which cost the collector nothing, and only what finds no room to wait is turned away.

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
  /** Whole bodies wait for a place at work, in the order in which they came, within the room of what is on its way. */
  readonly patient?: boolean
}

export type Room = {
  /** Whether a body of so many bytes may come in now. */
  readonly hasRoom: (bytes: number) => boolean
  readonly enter: (bytes: number) => void
  readonly leave: (bytes: number) => void
  readonly underWay: () => { readonly requests: number; readonly bytes: number }
}

export type Admission = {
  /**
   * A body that is whole takes its place before it is parsed. Where there is none left it throws `http.overloaded`, or in a patient
   * scope gives a promise of its turn, which never comes to who hangs up meanwhile.
   */
  readonly take: (request: FastifyRequest) => Promise<void> | undefined
  /** What a body at work turned out to be, once it was unpacked: it had counted as the largest. */
  readonly weigh: (request: FastifyRequest, bytes: number) => void
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

/** Where a request stands: on its way, at work, or nowhere any more. */
type Place = { bytes: number; room: Room | null }

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
  /** Who waits and how they are let in, first come first. */
  const queue = new Map<Place, () => void>()
  const toWork = (place: Place): void => {
    place.room?.leave(place.bytes)
    working.enter(place.bytes)
    place.room = working
  }
  const letIn = (): void => {
    for (const [place, go] of queue) {
      if (!working.hasRoom(place.bytes)) return
      queue.delete(place)
      toWork(place)
      go()
    }
  }
  const take = (request: FastifyRequest): Promise<void> | undefined => {
    const place = places.get(request)
    if (place === undefined || place.room === working || place.room === null) return undefined
    if (queue.size === 0 && working.hasRoom(place.bytes)) {
      toWork(place)
      return undefined
    }
    if (limits.patient !== true) throw overloaded()
    return new Promise((go) => queue.set(place, go))
  }
  app.addHook('onRequest', (request, reply, done) => {
    const bytes = weightOf(request, limits.bodyBytesMax)
    if (!receiving.hasRoom(bytes) || (limits.patient !== true && !working.hasRoom(bytes)))
      return done(overloaded())
    const place: Place = { bytes, room: receiving }
    receiving.enter(bytes)
    places.set(request, place)
    // Comes once, whether it was answered or the client hung up before.
    reply.raw.once('close', () => {
      place.room?.leave(place.bytes)
      place.room = null
      // Its body goes with it.
      queue.delete(place)
      letIn()
    })
    done()
  })
  // For requests whose parser did not take the place itself; a promise is made only where there may be something to wait for.
  if (limits.patient === true) app.addHook('preHandler', async (request) => await take(request))
  else
    app.addHook('preHandler', (request, _reply, done) => {
      void take(request)
      done()
    })
  const weigh = (request: FastifyRequest, bytes: number): void => {
    const place = places.get(request)
    if (place === undefined || place.room !== working) return
    working.leave(place.bytes)
    place.bytes = bytes
    working.enter(bytes)
    letIn()
  }
  return { take, weigh, underWay: working.underWay, receiving: receiving.underWay }
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
