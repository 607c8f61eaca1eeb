// Runs a program of this project's own and waits; the scripts beside it are lists of such steps.

import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')

/** The exit code of `command`, its output shown as it comes. */
export const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): number => {
  const path = `${bin}${delimiter}${process.env['PATH'] ?? ''}`
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env, PATH: path },
  })
  if (error !== undefined) console.error(`${command}: ${error.message}`)
  return status ?? 1
}

/** Runs named steps in order and stops at the first that fails. Returns the exit code. */
export const runSteps = (steps: readonly (readonly [name: string, step: () => number])[]): number => {
  for (const [name, step] of steps) {
    const started = performance.now()
    const code = step()
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`)
    if (code !== 0) return code
  }
  return 0
}
