// A whole server for a test: in this process on a free port and a folder of its own, or as the child
// process that people start. What it keeps is gone when the test process ends.

import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openAdAccounts } from '../../src/app/ad-accounts.ts'
import { fastClock, systemClock, type RatedClock } from '../../src/app/clock.ts'
import { readConfig, type Config } from '../../src/app/config.ts'
import { openKeys, type KeyRole, type Keyring } from '../../src/app/keys.ts'
import { serve, type Served } from '../../src/app/serve.ts'
import type { Brief } from '../../src/api/contract.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const MAIN = join(ROOT, 'src/app/main.ts')

/** What a failed test left open: closed at the end, so that the test process comes to one. */
const leftOpen = new Set<() => Promise<unknown> | void>()
after(async () => {
  for (const close of leftOpen) await close()
})

/** Closes it when the tests of this file are over, if nobody did before. */
export const closeAtEnd = (close: () => Promise<unknown> | void): void => {
  leftOpen.add(close)
}

const folders: string[] = []
process.on('exit', () => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true })
})

/** A new empty folder, removed when the test process ends. */
export const tempFolder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'windvane-e2e-'))
  chmodSync(dir, 0o755)
  folders.push(dir)
  return dir
}

export type Keys = Readonly<Record<KeyRole, string>>
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}
type Door = KeyRole | 'none' | { readonly key: string }

/** The HTTP side of a server, in process or not. */
export type Client = {
  readonly url: string
  readonly keys: Keys
  readonly ask: (
    method: string,
    path: string,
    options?: {
      readonly as?: Door
      readonly body?: unknown
      readonly raw?: string | Uint8Array<ArrayBuffer>
      readonly headers?: Readonly<Record<string, string>>
    },
  ) => Promise<Answer>
  /** `POST /v1/batch` in strict mode; every item must be taken. */
  readonly send: (items: readonly object[]) => Promise<void>
  readonly apply: (yaml: string) => Promise<void>
  readonly brief: () => Promise<Brief>
}

export type Serving = Client & {
  readonly served: Served
  readonly dir: string
  readonly clock: RatedClock
  readonly reports: readonly string[]
  readonly close: () => Promise<void>
}

export type OpenOptions = {
  readonly dir?: string
  readonly clock?: RatedClock
  /** Port of a mail server on this machine. */
  readonly smtpPort?: number
  readonly smtpConnections?: number
  readonly publicUrl?: string
  readonly flags?: Partial<Config>
}

/** Keys are told at the first start only. */
const freshByFolder = new Map<string, Keyring['fresh']>()

/** Opens a server in this process. The same folder again is a restart, with the same keys. */
export const open = async (options: OpenOptions = {}): Promise<Serving> => {
  const dir = options.dir ?? tempFolder()
  const clock = options.clock ?? systemClock
  const smtp =
    options.smtpPort === undefined
      ? {}
      : {
          smtp: {
            host: '127.0.0.1',
            port: options.smtpPort,
            ...(options.smtpConnections === undefined ? {} : { connections: options.smtpConnections }),
          },
        }
  const config = readConfig({
    dir,
    env: {},
    flags: { port: 0, publicUrl: options.publicUrl ?? '', ...smtp, ...options.flags },
  })
  const opened = openKeys(dir)
  const known = { ...opened, fresh: freshByFolder.get(dir) ?? opened.fresh }
  freshByFolder.set(dir, known.fresh)
  const reports: string[] = []
  const served = await serve({
    dir,
    config,
    keys: known,
    clock,
    mode: 'live',
    ads: { platforms: openAdAccounts(config.ads, clock.now), demandOn: () => null },
    report: (error, where) =>
      reports.push(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  })
  let closed = false
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    leftOpen.delete(close)
    await served.close()
  }
  closeAtEnd(close)
  return { ...clientOf(served.url, known.fresh ?? NO_KEYS), served, dir, clock, reports, close }
}

const NO_KEYS: Keys = { ingest: '', decide: '', admin: '' }

/** A client of the server at `url`. */
export const clientOf = (url: string, keys: Keys): Client => {
  const ask: Client['ask'] = async (method, path, { as = 'admin', body, raw, headers } = {}) => {
    const key = typeof as === 'object' ? as.key : as === 'none' ? '' : keys[as]
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await fetch(new URL(path, url), {
      method,
      redirect: 'manual',
      headers: {
        ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: jsonOf(text) }
  }
  return {
    url,
    keys,
    ask,
    send: async (items) => {
      const answer = await ask('POST', '/v1/batch', {
        as: 'ingest',
        body: { batch: items },
        headers: { 'x-strict-mode': '1' },
      })
      if (answer.status !== 200) throw new Error(`batch: ${answer.status} ${answer.text}`)
    },
    apply: async (yaml) => {
      const answer = await ask('POST', '/api/plan', { body: { yaml } })
      const { problems } = answer.json as { readonly problems?: readonly unknown[] }
      if (answer.status !== 200 || problems?.length !== 0)
        throw new Error(`plan: ${answer.status} ${answer.text}`)
    },
    brief: async () => (await ask('GET', '/api/brief')).json as Brief,
  }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Pages and pixels are no JSON; what asked looks at the text then.
    return null
  }
}

export type Child = Client & {
  readonly dir: string
  readonly process: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** Ends it by SIGTERM and waits; the exit code. */
  readonly end: () => Promise<number | null>
}

/** A start that takes a second here takes minutes where others use the machine. */
const START_MS_MAX = 240_000
/** What is waited for comes at once, or never: only a test that fails waits so long. */
const WAIT_MS_MAX = 60_000

/** The environment of a child: nothing of ours but what it needs to run. */
const bareEnv = (env: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: tmpdir(),
  NODE_NO_WARNINGS: '1',
  // What is tested here is sending; how it ramps up has a test of its own.
  WINDVANE_FIRST_POLICY: 'none',
  ...env,
})

/** `windvane start` as people start it, on a free port. Rejects with what it printed when it does not come up. */
export const start = async ({
  dir = tempFolder(),
  keys,
  env,
  onSpawn,
}: {
  readonly dir?: string
  /** Told of the process before it is up. */
  readonly onSpawn?: (child: ChildProcess) => void
  /** Of an earlier start on this folder. */
  readonly keys?: Keys
  readonly env?: Readonly<Record<string, string>>
} = {}): Promise<Child> => {
  const child = spawn(process.execPath, [MAIN, 'start', '--data', dir, '--port', '0', '--json'], {
    env: bareEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onSpawn?.(child)
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  closeAtEnd(() => void child.kill('SIGKILL'))
  await until(async () => stdout.endsWith('}\n') || child.exitCode !== null, {
    what: 'the server to come up',
    ms: START_MS_MAX,
  })
  if (child.exitCode !== null) throw new Error(`exit ${child.exitCode}: ${stdout}${stderr}`)
  const { url, keys: fresh } = JSON.parse(stdout) as { readonly url: string; readonly keys: Keys | null }
  return {
    ...clientOf(url, fresh ?? keys ?? NO_KEYS),
    dir,
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    end: async () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

export type CliAnswer = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly json: unknown
}

/** Runs `windvane …args` to its end. */
export const cli = async (
  args: readonly string[],
  {
    uid,
    input = '',
    env,
    cwd = tmpdir(),
  }: {
    readonly uid?: number
    readonly input?: string
    readonly env?: Readonly<Record<string, string>>
    readonly cwd?: string
  } = {},
): Promise<CliAnswer> => {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: bareEnv(env),
    cwd,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  child.stdin.on('error', () => (stderr += ''))
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)))
  return { code, stdout, stderr, json: jsonOf(stdout) }
}

/** Waits until `look` gives true; fails with what was waited for. */
export const until = async (
  look: () => boolean | Promise<boolean>,
  {
    what,
    ms = WAIT_MS_MAX,
    everyMs = 10,
  }: { readonly what: string; readonly ms?: number; readonly everyMs?: number },
): Promise<void> => {
  const end = performance.now() + ms
  while (!(await look())) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`)
    await sleep(everyMs)
  }
}

/** A noon in UTC, outside the default quiet hours of most of the world that tests live in. */
export const NOON = Date.parse('2026-03-04T12:00:00Z')

/** A clock that starts at a noon and runs at real speed: quiet hours then hang on no time of day. */
export const noonClock = (): RatedClock => fastClock(NOON, 1)
