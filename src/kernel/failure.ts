// The world failed, or the input was bad: an error from a slice's catalogue, with a code a machine
// can read, whether trying again can help, and a hint that tells a person what to do.

export type FailureDetail = {
  /** Dotted and stable: `log.disk_full`, `import.mapping_unknown_key`. */
  readonly code: string
  /** What went wrong, with the offending value where it is safe to show. */
  readonly message: string
  /** What the person can do about it. */
  readonly hint?: string
  readonly retryable?: boolean
  /** When trying again makes sense, ms from now, where that is known. */
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: string
  readonly hint: string | undefined
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined

  constructor(detail: FailureDetail) {
    super(detail.message, { cause: detail.cause })
    this.code = detail.code
    this.hint = detail.hint
    this.retryable = detail.retryable ?? false
    this.retryAfterMs = detail.retryAfterMs
  }
}

export const isFailure = (value: unknown, code?: string): value is Failure =>
  value instanceof Failure && (code === undefined || value.code === code)

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown)
