// The whole product as a program of its own: started on a folder, asked over HTTP, killed at will. What
// chaos tests and benchmarks share.

import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Failure } from '../../src/kernel/failure.ts'

export type Keys = { readonly ingest: string; readonly decide: string; readonly admin: string }

export type Product = {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Of this folder; known from its first start. */
  readonly keys: Keys
  /** From the start of the program until it listened, ms. */
  readonly startMs: number
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>
  /** SIGTERM, and waits for it to end by itself. Rejects when it does not end well. */
  readonly end: () => Promise<void>
  readonly stderr: () => string
}

export type Start = {
  readonly dir: string
  readonly port?: number
  /** Of an earlier start on the same folder: keys are told only once. */
  readonly keys?: Keys
  /** Arguments of the runtime, as `--cpu-prof`. */
  readonly nodeArgs?: readonly string[]
  /** The program; its source when left out. */
  readonly main?: string
  /** Told of the process before it listens. */
  readonly onSpawn?: (pid: number) => void
}

const MAIN = fileURLToPath(new URL('../../src/app/main.ts', import.meta.url))
const argsOf = (main: string): readonly string[] => [
  '--disable-warning=ExperimentalWarning',
  main,
  'start',
  '--json',
]
const COMPILED = join(tmpdir(), 'windvane-compiled')
const START_MS_MAX = 300_000
const END_MS_MAX = 90_000
const STDERR_CHARS_MAX = 20_000

/** Runs `windvane start` on the folder and resolves when it listens. Rejects with its own words when it does not. */
export const startProduct = async ({
  dir,
  port = 0,
  keys,
  nodeArgs = [],
  main = MAIN,
  onSpawn,
}: Start): Promise<Product> => {
  const begun = performance.now()
  const child = spawn(
    process.execPath,
    [...nodeArgs, ...argsOf(main), '--data', dir, '--port', String(port)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // What was compiled once is kept: starts are many here.
      env: { NODE_COMPILE_CACHE: COMPILED, ...process.env, WINDVANE_FIRST_POLICY: 'none' },
    },
  )
  onSpawn?.(child.pid ?? 0)
  // Whoever fails here must not leave it running.
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  child.once('close', () => process.off('exit', end))
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-STDERR_CHARS_MAX)
  })
  const gone = new Promise<string>((resolve) =>
    child.on('close', (code, signal) => resolve(signal ?? String(code))),
  )
  const card = await listening(child, gone, () => said)
  const known = card.keys ?? keys
  if (known === undefined)
    throw new Failure({ code: 'chaos.no_keys', message: 'the keys of this folder are not known' })
  return {
    url: card.url,
    port: Number(new URL(card.url).port),
    pid: child.pid ?? 0,
    keys: known,
    startMs: performance.now() - begun,
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
    end: async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS_MAX)
      const how = await gone
      clearTimeout(timer)
      if (how !== '0')
        throw new Failure({ code: 'chaos.bad_end', message: `the product ended with ${how}: ${said}` })
    },
    stderr: () => said,
  }
}

/** Starts the product and kills it after so long, listening or not. */
export const startAndKill = async ({
  dir,
  port,
  afterMs,
}: {
  readonly dir: string
  readonly port: number
  readonly afterMs: number
}): Promise<void> => {
  const child = spawn(process.execPath, [...argsOf(MAIN), '--data', dir, '--port', String(port)], {
    stdio: 'ignore',
  })
  const gone = new Promise((resolve) => child.on('close', resolve))
  await Promise.race([sleep(afterMs), gone])
  child.kill('SIGKILL')
  await gone
}

type Card = { readonly url: string; readonly keys: Keys | null }

const listening = async (child: ChildProcess, gone: Promise<string>, said: () => string): Promise<Card> => {
  let timer: NodeJS.Timeout | undefined
  const told = new Promise<Card>((resolve) => {
    let heard = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      heard += chunk.toString()
      const card = cardOf(heard)
      if (card !== null) resolve(card)
    })
  })
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(
        new Failure({ code: 'chaos.no_start', message: `the product did not listen in time: ${said()}` }),
      )
    }, START_MS_MAX)
  })
  const ended = gone.then((how): never => {
    throw new Failure({ code: 'chaos.no_start', message: `the product ended with ${how}: ${said()}` })
  })
  ended.catch(() => undefined)
  try {
    return await Promise.race([told, ended, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The JSON document it prints once it listens; null while that is not whole. */
const cardOf = (heard: string): Card | null => {
  try {
    return JSON.parse(heard) as Card
  } catch {
    // Only half of it is here yet.
    return null
  }
}

export type Usage = {
  /** Resident memory, bytes. */
  readonly rss: number
  /** Processor time of all threads so far, and of the main one, ms. */
  readonly cpuMs: number
  readonly mainMs: number
}

/** What a running process uses, as Linux tells it; zeros elsewhere. */
export const usageOf = (pid: number): Usage => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const rss = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
    return { rss, cpuMs: cpuMsIn(`/proc/${pid}/stat`), mainMs: cpuMsIn(`/proc/${pid}/task/${pid}/stat`) }
  } catch {
    // Gone, or a system without /proc.
    return { rss: 0, cpuMs: 0, mainMs: 0 }
  }
}

const TICK_MS = 10

const cpuMsIn = (path: string): number => {
  const [, , , , , , , , , , , user = '0', system = '0'] =
    readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(user) + Number(system)) * TICK_MS
}

/** Asks the product as its operator; the parsed answer. Throws a Failure with what it said otherwise. */
export const ask = async (
  product: Product,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<unknown> => {
  const response = await fetch(new URL(path, product.url), {
    method,
    headers: {
      authorization: `Bearer ${product.keys.admin}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (response.ok) return JSON.parse(text) as unknown
  throw new Failure({ code: 'chaos.refused', message: `${method} ${path}: ${response.status} ${text}` })
}

/** Puts a plan in force. */
export const applyPlan = async (product: Product, yaml: string): Promise<void> => {
  const answer = (await ask(product, 'POST', '/api/plan', { yaml })) as {
    readonly applied: boolean
    readonly problems: unknown
  }
  if (!answer.applied) throw new Failure({ code: 'chaos.bad_plan', message: JSON.stringify(answer.problems) })
}
