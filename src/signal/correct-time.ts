// A sender's clock against ours.

/**
 * When it happened by our clock: timestamp + (receivedAt − sentAt), since the first two numbers that the sender
 * gave are off by the same error. Segment: "Spec: common fields".
 * Without `sentAt`, or when it is more than five minutes before the timestamp (then it cannot be by the
 * same clock), the timestamp is taken as it is. Never later than `receivedAt`; what cannot be told, or would
 * lie before 1970, is `receivedAt`.
 * @param timestamp ms, NaN when unknown
 * @param sentAt ms, NaN when unknown
 * @example correctTime(1_000, 5_000, 9_000) // 5000
 */
export const correctTime = (timestamp: number, sentAt: number, receivedAt: number): number => {
  if (Number.isNaN(timestamp)) return receivedAt
  const sameClock = timestamp <= sentAt + SAME_CLOCK_MS
  const at = sameClock ? timestamp + (receivedAt - sentAt) : timestamp
  return at > receivedAt || at < 0 ? receivedAt : at
}

const SAME_CLOCK_MS = 5 * 60_000
