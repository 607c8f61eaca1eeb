// Runs a peer from the Python registry beside ours, when WINDVANE_PYTHON names a Python that has it.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the script printed as JSON, or null when there is no such Python or the packages are not there. */
export const runPeer = <T>(script: string, parameters: readonly string[]): T | null => {
  const python = process.env['WINDVANE_PYTHON']
  if (python === undefined || !existsSync(python)) return null
  const path = fileURLToPath(new URL(script, import.meta.url))
  const { status, stdout, stderr } = spawnSync(python, [path, ...parameters], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  })
  if (status === 0) return JSON.parse(stdout) as T
  process.stderr.write(`The peer did not run: ${stderr.split('\n').at(-2) ?? ''}\n`)
  return null
}

/** {@link runPeer} beside other work: several of them, and ours, share the cores. */
export const startPeer = async <T>(script: string, parameters: readonly string[]): Promise<T | null> => {
  const python = process.env['WINDVANE_PYTHON']
  if (python === undefined || !existsSync(python)) return null
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(python, [path, ...parameters], { env: { ...process.env, OMP_NUM_THREADS: '1' } })
  const [out, err] = [[] as Buffer[], [] as Buffer[]]
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (status === 0) return JSON.parse(Buffer.concat(out).toString()) as T
  const said = Buffer.concat(err).toString().split('\n').at(-2) ?? ''
  process.stderr.write(`The peer did not run: ${said}\n`)
  return null
}

/** Where the public data sets lie, or null. */
export const dataFile = (...parts: readonly string[]): string | null => {
  const root = process.env['WINDVANE_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
  const path = join(root, ...parts)
  return existsSync(path) ? path : null
}

export type Verdict = {
  readonly what: string
  readonly ours: string
  /** Published, or recomputed with independent code. */
  readonly known: string
  readonly peer: string
  readonly ok: boolean | null
}

/** One line per figure, with a verdict; `null` is told and not judged. */
export const printVerdicts = (title: string, verdicts: readonly Verdict[]): void => {
  const rows = [
    ['', 'ours', 'published or recomputed', 'peer', ''],
    ...verdicts.map(({ what, ours, known, peer, ok }) => [
      what,
      ours,
      known,
      peer,
      ok === null ? '' : ok ? 'ok' : 'MISSED',
    ]),
  ]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const lines = rows.map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  process.stdout.write(`${title}\n${lines.join('\n')}\n`)
  if (verdicts.some(({ ok }) => ok === false)) process.exitCode = 1
}
