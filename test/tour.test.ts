// The manual runs: every `sh` block of docs/tour/ is executed, and what it prints must be what the
// `text` block after it says. In a text block … stands for anything, on a line of its own for any lines.
// WINDVANE_TOUR=write puts what was printed into the blocks without … that no longer agree.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isRecord } from '../src/kernel/json.ts'
import { daily } from '../src/kernel/testing/wide.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TOUR = join(ROOT, 'docs', 'tour')
const DATA = process.env['WINDVANE_DATA'] ?? join(ROOT, '..', 'shared', 'data')
const CHAPTER_MS_MAX = 60_000
const BETWEEN = '\u001E'

type Step = { readonly line: number; readonly command: string; readonly expected: string | null }

describe('the tour', { concurrency: 2 }, () => {
  const chapters = readdirSync(TOUR).filter((name) => name.endsWith('.md'))
  for (const [index, chapter] of chapters.toSorted().entries()) {
    const { end, options } = daily(index === 0)
    const text = readFileSync(join(TOUR, chapter), 'utf8')
    it(`${chapter} prints what it says${end}`, {
      skip: whyNot(text),
      ...options,
      timeout: CHAPTER_MS_MAX + 5_000,
    }, async () => {
      const steps = stepsOf(text)
      const outputs = (await run(steps)).split(BETWEEN)
      for (const [index, { line, command, expected }] of steps.entries()) {
        const printed = outputs[index]
        assert.ok(
          printed !== undefined,
          `line ${line}: was not reached; the last output was\n${outputs.at(-1)}`,
        )
        if (expected === null || agrees(expected, printed)) continue
        if (process.env['WINDVANE_TOUR'] === 'write' && !expected.includes('…'))
          rewrite(chapter, expected, printed)
        else assert.fail(`line ${line}:\n${command}\nprinted\n${printed}\nbut the chapter says\n${expected}`)
      }
    })
  }
})

function rewrite(chapter: string, expected: string, printed: string): void {
  const path = join(TOUR, chapter)
  const text = readFileSync(path, 'utf8')
  writeFileSync(
    path,
    text.replace(`\`\`\`text\n${expected}\`\`\``, () => `\`\`\`text\n${tidy(printed)}\n\`\`\``),
  )
}

/** Why a chapter cannot run here; false when it can. */
function whyNot(text: string): string | false {
  if (process.platform === 'win32') return 'the chapters are for a POSIX shell'
  const missing = [...text.matchAll(/\$DATA\/([\w./]+)/g)]
    .map(([, path]) => path ?? '')
    .find((path) => !existsSync(join(DATA, path)))
  return missing === undefined
    ? false
    : `${missing} is not in ${DATA}: set WINDVANE_DATA to the folder of the data sets`
}

function stepsOf(text: string): readonly Step[] {
  const blocks = [...text.matchAll(/^```(sh|text)\n(.*?)^```$/gms)].map((match) => ({
    kind: match[1],
    body: match[2] ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }))
  return blocks.flatMap(({ kind, body, line }, index) => {
    const next = blocks[index + 1]
    return kind === 'sh' ? [{ line, command: body, expected: next?.kind === 'text' ? next.body : null }] : []
  })
}

/** Runs the commands of a chapter in one shell in a folder of their own; resolves with all they print. */
async function run(steps: readonly Step[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'windvane-tour-'))
  const bin = join(folder, '.bin')
  mkdirSync(bin)
  program(join(bin, 'windvane'), `exec node '${join(ROOT, 'src/app/main.ts')}' "$@"`)
  if (!onPath('curl')) program(join(bin, 'curl'), `exec node '${join(ROOT, 'test/curl.ts')}' "$@"`)
  symlinkSync(join(ROOT, 'examples'), join(folder, 'examples'))
  const script = [
    'set -euo pipefail',
    'exec 2>&1',
    ...steps.map(({ command }) => `${command}\nprintf '${BETWEEN}'`),
  ].join('\n')
  const child = spawn('bash', ['-c', script], {
    cwd: folder,
    // A group of its own, so that the servers it starts end with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: [bin, join(ROOT, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter),
      HOME: folder,
      LANG: 'C.UTF-8',
      DATA,
      PORT: String(await freePort()),
      MAIL_PORT: String(await freePort()),
    },
  })
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch (error) {
      // ESRCH: the whole group has ended already.
      if (!isRecord(error) || error['code'] !== 'ESRCH') throw error
    }
  }
  const timer = setTimeout(end, CHAPTER_MS_MAX)
  try {
    const parts: string[] = []
    child.stdout.setEncoding('utf8').on('data', (part: string) => parts.push(part))
    await new Promise((resolve) => child.once('exit', resolve))
    return parts.join('')
  } finally {
    clearTimeout(timer)
    end()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

const program = (path: string, body: string): void => {
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
}

const onPath = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))

const freePort = async (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

/** Whether the output is what the chapter says, blank ends of lines and of the whole apart. */
const agrees = (expected: string, printed: string): boolean => {
  const lines = tidy(expected)
    .split('\n')
    .map((line) => (line.trim() === '…' ? '(?:.*\n)*?' : `${line.split('…').map(literal).join('.*')}\n`))
  return new RegExp(`^${lines.join('')}$`).test(`${tidy(printed)}\n`)
}

const tidy = (text: string): string => text.replaceAll(/[ \t]+$/gm, '').replace(/^\n+|\n+$/g, '')

/** Text as a pattern that matches just it. */
const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
