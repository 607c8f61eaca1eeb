// Every model on a plain file: one table of commands, and what each must do with a file as it should be, with its columns
// called otherwise, and with files that are wrong. A command that is not in the table fails the last test.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { Command } from 'commander'
import { fail } from '../output.ts'
import { PLAIN_FILES, type PlainFile } from './testing/plain-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'windvane-plain-'))
after(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
const fileOf = (lines: readonly string[]): string => {
  const path = join(folder, `${++files}.csv`)
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  return path
}

type Ran = { readonly out: string; readonly notes: string; readonly exitCode: number }

/** The command as `windvane` would run it, in this process: what it wrote, and with what it would have ended. */
const run = async (command: () => Command, words: readonly string[]): Promise<Ran> => {
  const written = { stdout: '', stderr: '' }
  const streams = ['stdout', 'stderr'] as const
  const own = streams.map((name) => process[name].write.bind(process[name]))
  for (const [i, name] of streams.entries())
    process[name].write = (chunk: unknown, ...rest: never[]) => {
      // The runner of tests writes its reports, which are bytes, to the same stream.
      if (typeof chunk !== 'string') return own[i]?.(chunk as Uint8Array, ...rest) ?? true
      written[name] += chunk
      return true
    }
  try {
    await command()
      .exitOverride()
      .parseAsync([...words], { from: 'user' })
  } catch (error) {
    fail(error, { json: words.includes('--json') })
  } finally {
    for (const [i, name] of streams.entries()) process[name].write = own[i] as typeof process.stdout.write
  }
  const exitCode = Number(process.exitCode ?? 0)
  process.exitCode = 0
  return { out: written.stdout, notes: written.stderr, exitCode }
}

type Told = { readonly error: { readonly code: string; readonly message: string; readonly hint: string } }

/** Ran with `--json`: refused with words in all parts, and nothing on the file was touched. */
const refused = async (
  one: PlainFile,
  path: string,
  more: readonly string[] = [],
): Promise<Told['error']> => {
  const before = readFileSync(path)
  const { out, exitCode } = await run(
    one.command,
    one.words(path, [...(one.options ?? []), ...more, '--json']),
  )
  assert.equal(exitCode, 1, `it went on: ${out.slice(0, 300)}`)
  const { error } = JSON.parse(out) as Told
  assert.match(error.code, /^[a-z_]+\.[a-z_]+$/)
  assert.ok(error.message.length > 10 && error.hint.length > 10, JSON.stringify(error))
  assert.deepEqual(readFileSync(path), before)
  return error
}

const headOf = ({ lines }: PlainFile): readonly string[] => (lines[0] ?? '').split(',')

/** The line (from 1) with the cell under `column` put in the place of what was there. */
const withCell = ({ lines }: PlainFile, line: number, column: string, cell: string): readonly string[] => {
  const at = (lines[0] ?? '').split(',').indexOf(column)
  assert.ok(at >= 0, `there is no ${column}`)
  return lines.map((text, i) =>
    i + 1 === line
      ? text
          .split(',')
          .map((old, c) => (c === at ? cell : old))
          .join(',')
      : text,
  )
}

for (const one of PLAIN_FILES) {
  describe(`windvane ${one.name} on a plain file`, () => {
    it('IM17 finds its columns by name, answers in JSON and as text, and leaves the file as it was', async () => {
      const path = fileOf(one.lines)
      const before = readFileSync(path)
      const json = await run(one.command, one.words(path, [...(one.options ?? []), '--json']))
      assert.equal(json.exitCode, 0, json.out + json.notes)
      const answer = JSON.parse(json.out) as unknown
      const first: unknown = Array.isArray(answer) ? answer[0] : answer
      assert.ok(typeof first === 'object' && first !== null)
      assert.deepEqual(
        one.fields.filter((field) => !(field in first)),
        [],
        `has ${Object.keys(first).join(', ')}`,
      )
      const text = await run(one.command, one.words(path, one.options ?? []))
      assert.equal(text.exitCode, 0, text.notes)
      assert.ok(text.out.split('\n').length > 1 && !text.out.startsWith('{'), text.out.slice(0, 100))
      assert.deepEqual(readFileSync(path), before)
      assert.equal(statSync(path).size, before.length)
    })

    it('IM17 takes columns that are called otherwise as they are named', async () => {
      const renamed = new Map(Object.keys(one.named).map((column, i) => [column, `Xq ${i}`]))
      const head = headOf(one).map((name) => renamed.get(name) ?? name)
      const path = fileOf([head.join(','), ...one.lines.slice(1)])
      const naming = Object.entries(one.named).flatMap(([column, option]) => [
        option,
        renamed.get(column) ?? column,
      ])
      const said = await run(one.command, one.words(path, [...(one.options ?? []), ...naming, '--json']))
      assert.equal(said.exitCode, 0, said.out + said.notes)
    })

    it('IM17 a column that is not there is named with the option that would name it, and those there are', async () => {
      for (const [column, option] of Object.entries(one.named)) {
        if (one.optional?.includes(column) === true) continue
        const head = headOf(one).map((name) => (name === column ? 'Xq' : name))
        const path = fileOf([head.join(','), ...one.lines.slice(1)])
        const { message, hint } = await refused(one, path)
        assert.ok(`${message} ${hint}`.includes(option), `${option} in: ${message} ${hint}`)
        assert.ok(hint.includes('Xq'), hint)
        const wrong = await refused(one, path, [option, 'Not there'])
        assert.ok(wrong.message.includes('Not there') && wrong.hint.includes('Xq'), wrong.message)
      }
    })

    it('IM17 an empty file, and one with a header alone, are refused', async () => {
      await refused(one, fileOf([]))
      const { message, hint } = await refused(one, fileOf(one.lines.slice(0, 1)))
      assert.match(`${message} ${hint}`, /no readable row|no row/)
      const missing = await run(
        one.command,
        one.words(join(folder, 'nowhere.csv'), [...(one.options ?? []), '--json']),
      )
      assert.equal(missing.exitCode, 1)
      assert.match((JSON.parse(missing.out) as Told).error.message, /nowhere\.csv/)
    })

    it('IM17 a cell that cannot be what its column holds is refused with its line', async () => {
      for (const [column, cells] of Object.entries(one.spoilt))
        for (const cell of cells) {
          const path = fileOf(withCell(one, 7, column, cell))
          const { message } = await refused(one, path)
          assert.match(message, /[Ll]ine 7\b/, `${column} "${cell}": ${message}`)
        }
    })
  })
}

describe('models on plain files', () => {
  it('IM17 every command that reads a plain file is in the table', () => {
    const reading = readdirSync(import.meta.dirname).filter(
      (name) =>
        name.endsWith('.ts') &&
        !name.endsWith('.test.ts') &&
        /\b(readTable|readRows|importFile)\(/.test(readFileSync(join(import.meta.dirname, name), 'utf8')),
    )
    const covered = new Set(PLAIN_FILES.flatMap(({ sources }) => sources))
    // They find columns for others, bring a file into the log (with rejects of its own), or ask a data folder too.
    const others = ['columns.ts', 'import.ts', 'budget-experiment.ts']
    assert.deepEqual(
      reading.filter((name) => !covered.has(name) && !others.includes(name)),
      [],
    )
  })
})
