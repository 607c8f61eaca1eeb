// Runs a program and kills it with SIGKILL at a given moment of its work, keeping every line it managed
// to say: what a crash test of anything is made of.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { assert } from '../../kernel/assert.ts'

export type Run = {
  /** Arguments of this runtime: a script and its own. */
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly onLine: (line: string) => void
  /** Asked after each line: whether the program is at work by now. */
  readonly isAtWork: (line: string) => boolean
  /** How long it lives after that, ms. */
  readonly lifeMs: number
}

/** A machine that is busy with other things takes its time: this only ends what never comes to work. */
const START_MS_MAX = 300_000

/** Resolves when the program is dead and all it said has been heard, with how long it was at work, in ms. Asserts that it was killed, not that it ended. */
export const runAndKill = async ({
  args,
  env = {},
  onLine,
  isAtWork,
  lifeMs,
}: Run): Promise<{ workedMs: number }> => {
  const child = spawn(process.execPath, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const lines = createInterface({ input: child.stdout })
  const ready = new Promise<number>((resolve) => {
    lines.on('line', (line) => {
      onLine(line)
      if (isAtWork(line)) resolve(performance.now())
    })
  })
  const gone = new Promise<NodeJS.Signals | null>((resolve) =>
    child.on('close', (_code, signal) => resolve(signal)),
  )
  const heard = new Promise<void>((resolve) => lines.on('close', resolve))
  const giveUp = new AbortController()
  const startedAt = await Promise.race([
    ready,
    gone.then(() => undefined),
    sleep(START_MS_MAX, undefined, { signal: giveUp.signal, ref: false }),
  ])
  giveUp.abort()
  if (startedAt !== undefined) await Promise.race([sleep(lifeMs), gone])
  child.kill('SIGKILL')
  const [signal] = await Promise.all([gone, heard])
  assert(startedAt !== undefined && signal === 'SIGKILL', `the program ended by itself: ${stderr}`)
  return { workedMs: performance.now() - startedAt }
}
