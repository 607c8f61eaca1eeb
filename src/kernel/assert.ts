// Our own bugs stop the unit of work at once: an assertion is never caught, so a broken
// invariant cannot travel on as data.

export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure'
}

/** Throws {@link AssertionFailure} unless `condition` holds. `message` says which invariant broke. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message)
}

/** For the default branch of a switch over a union: a new member does not compile until handled. */
export const unreachable = (value: never): never => {
  throw new AssertionFailure(`unreachable value: ${JSON.stringify(value)}`)
}

/** The value, when an invariant says it is there (an index inside bounds, a key just written). */
export const present = <T>(value: T | undefined | null, message: string): T => {
  assert(value !== undefined && value !== null, message)
  return value
}
