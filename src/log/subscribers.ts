// Who is told of newly durable events, in the order they asked.

import type { LogEvent, Subscriber } from './port.ts'

export type Subscribers = {
  readonly add: (subscriber: Subscriber) => () => void
  /** Calls each one with the events, if there are any. What a subscriber throws comes out here. */
  readonly tell: (events: readonly LogEvent[]) => void
}

export const createSubscribers = (): Subscribers => {
  const all = new Set<Subscriber>()
  return {
    add: (subscriber) => {
      // Wrapped, so that the same function may subscribe twice and leave once.
      const own: Subscriber = (events) => subscriber(events)
      all.add(own)
      return () => void all.delete(own)
    },
    tell: (events) => {
      if (events.length > 0) for (const subscriber of all) subscriber(events)
    },
  }
}
