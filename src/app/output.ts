// How commands talk: plain text for people, one JSON document with `--json`, errors that say what to do.

import { isFailure, type Failure } from '../kernel/failure.ts'

export type Format = { readonly json: boolean }

/** Prints `value` as JSON, or what `text` makes of it. */
export const print = <T>(format: Format, value: T, text: (value: T) => string): void => {
  process.stdout.write(format.json ? `${JSON.stringify(value, null, 2)}\n` : `${text(value)}\n`)
}

/** Progress and remarks go to standard error, so that standard output stays a result. */
export const note = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** Ends a command: what went wrong, what to do, exit code 1 (a bug: 70, with the stack). */
export const fail = (thrown: unknown, format: Format): void => {
  if (!isFailure(thrown)) {
    process.stderr.write(
      `This is a bug in windvane: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`,
    )
    process.exitCode = 70
    return
  }
  process.exitCode = 1
  if (format.json) process.stdout.write(`${JSON.stringify({ error: errorOf(thrown) }, null, 2)}\n`)
  else
    process.stderr.write(`error: ${thrown.message}\n${thrown.hint === undefined ? '' : `  ${thrown.hint}\n`}`)
}

const errorOf = (failure: Failure) => ({
  code: failure.code,
  message: failure.message,
  hint: failure.hint ?? '',
})

/** Columns of text, the numeric ones right-aligned. */
export const table = (rows: readonly (readonly (string | number)[])[]): string => {
  const text = rows.map((row) => row.map(String))
  const widths = (text[0] ?? []).map((_, column) =>
    Math.max(...text.map((row) => (row[column] ?? '').length)),
  )
  return text
    .map((row) =>
      row
        .map((cell, column) =>
          /^[-+]?[\d.,]+ ?%?$/.test(cell)
            ? cell.padStart(widths[column] ?? 0)
            : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
