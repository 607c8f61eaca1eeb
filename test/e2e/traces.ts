// Looks for traces of people in bytes: as they are, and as base64, hex, URL-encoded or UTF-16 would spell them.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

export type Spelling = readonly [name: string, bytes: Buffer]

const UTF16_BE = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

/** What base64 makes of the text wherever in a triple it starts, less the characters that hang on its neighbours. */
const base64Of = (text: string, encoding: 'base64' | 'base64url'): readonly string[] =>
  [0, 1, 2].map((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)])
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString(encoding)
    return whole.slice(shift === 0 ? 0 : 4)
  })

/** All spellings of a text that is long enough not to come up by chance. */
export const spellingsOf = (text: string): readonly Spelling[] => {
  const hex = Buffer.from(text).toString('hex')
  const percent = hex.replace(/../g, '%$&')
  return [
    ['raw', Buffer.from(text)],
    ['upper case', Buffer.from(text.toUpperCase())],
    ['hex', Buffer.from(hex)],
    ['HEX', Buffer.from(hex.toUpperCase())],
    ['URL-encoded', Buffer.from(percent)],
    ['URL-ENCODED', Buffer.from(percent.toUpperCase())],
    ['UTF-16 LE', Buffer.from(text, 'utf16le')],
    ['UTF-16 BE', UTF16_BE(text)],
    ...base64Of(text, 'base64').map((found, shift): Spelling => [`base64 +${shift}`, Buffer.from(found)]),
  ]
}

/** Every file under the folder, whatever it is called. */
export const filesUnder = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile())

/** Where in these bytes one of the marks is found, and how it is spelt there. */
export const tracesIn = (where: string, bytes: Buffer, marks: readonly string[]): readonly string[] =>
  marks.flatMap((mark) =>
    spellingsOf(mark).flatMap(([name, spelling]) => {
      const at = bytes.indexOf(spelling)
      return at < 0 ? [] : [`${where}: ${mark} as ${name} at byte ${at}`]
    }),
  )

/** Traces in all files of the folders, and in their names. */
export const tracesUnder = (dirs: readonly string[], marks: readonly string[]): readonly string[] =>
  dirs.flatMap((dir) =>
    filesUnder(dir).flatMap((path) => [
      ...tracesIn(path, readFileSync(path), marks),
      ...tracesIn('a file name', Buffer.from(path), marks),
    ]),
  )
