// Where the public data sets lie, and how their files are opened: plain, gzip, or within a tar.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { dataFile as findData } from './peer.ts'

/** The path of a data file, or null (and a plain word about it) where it is absent. */
export const dataFile = (path: string): string | null => {
  const full = findData(path)
  if (full !== null) return full
  process.stdout.write(`absent: ${path} (set WINDVANE_DATA to the folder of data sets)\n`)
  return null
}

export const readGzip = (path: string): string => gunzipSync(readFileSync(path)).toString('utf8')

const BLOCK = 512

/** Text of each plain file in a tar.gz, by its path without a leading `./`. */
export const readTar = (path: string): ReadonlyMap<string, string> => {
  const bytes = gunzipSync(readFileSync(path))
  const text = (from: number, length: number) =>
    bytes.toString('utf8', from, from + length).replace(/\0.*$/s, '')
  const files = new Map<string, string>()
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12).trim(), 8)
    const prefix = text(at + 345, 155)
    const name = `${prefix === '' ? '' : `${prefix}/`}${text(at, 100)}`.replace(/^\.\//, '')
    const type = String.fromCharCode(bytes[at + 156] ?? 0)
    if (type === '0' || type === '\0') files.set(name, bytes.toString('utf8', at + BLOCK, at + BLOCK + size))
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}

/** Rows of cells under a head, in columns. */
export const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => (row[c] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((cell, c) => cell.padEnd(widths[c] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
