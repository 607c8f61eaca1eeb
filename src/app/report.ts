// Faults of a running server, told once a line; a stack only where it is our bug.

import { isFailure } from '../kernel/failure.ts'

export type Report = (error: unknown, where: string) => void

export const reportTo =
  (write: (line: string) => void): Report =>
  (error, where) => {
    const text = isFailure(error)
      ? `${error.code}: ${error.message}`
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error)
    write(`${new Date().toISOString()} ${where}: ${text}`)
  }
