// `windvane doctor`: looks at everything that commonly stands in the way, and says what to do about it.

import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import type { Command } from 'commander'
import { isFailure, messageOf } from '../../kernel/failure.ts'
import { consoleDir } from '../serve.ts'
import { readConfig, type Config } from '../config.ts'
import { callServer, readCard } from '../control.ts'
import { print, table } from '../output.ts'
import { stopFileIn } from '../stop-file.ts'
import { version } from '../version.ts'
import { dataCommand, onEither, type Common } from './shared.ts'

type Finding = {
  readonly what: string
  readonly state: 'ok' | 'warning' | 'problem'
  readonly detail: string
  readonly hint: string
}

const NODE_MAJOR_MIN = 24
const FREE_BYTES_MIN = 1024 ** 3
const CONNECT_MS = 3_000

export const doctorCommand = (): Command =>
  dataCommand('doctor', 'look for what stands in the way').action(async ({ data, json }: Common) => {
    const findings = [
      nodeVersion(),
      folder(data),
      room(data),
      stopped(data),
      consoleBuilt(),
      ...(await settings(data)),
      await log(data),
    ]
    if (findings.some(({ state }) => state === 'problem')) process.exitCode = 1
    print({ json }, { version, findings }, ({ findings: all }) =>
      [
        `windvane ${version}`,
        table(all.map(({ state, what, detail }) => [state, what, detail])),
        ...all.filter(({ hint }) => hint !== '').map(({ what, hint }) => `→ ${what}: ${hint}`),
      ].join('\n'),
    )
  })

const finding = (what: string, state: Finding['state'], detail: string, hint = ''): Finding => ({
  what,
  state,
  detail,
  hint,
})

const nodeVersion = (): Finding =>
  Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN
    ? finding('node', 'ok', process.versions.node)
    : finding(
        'node',
        'problem',
        process.versions.node,
        `Node ${NODE_MAJOR_MIN} or later is needed; npm ci brings one.`,
      )

const folder = (dir: string): Finding => {
  if (!existsSync(dir))
    return finding('data folder', 'warning', `${dir} is not there yet`, 'The first start makes it.')
  try {
    accessSync(dir, constants.R_OK | constants.W_OK)
    return finding('data folder', 'ok', dir)
  } catch (error) {
    return finding(
      'data folder',
      'problem',
      messageOf(error),
      'Give this user the right to read and write it.',
    )
  }
}

const room = (dir: string): Finding => {
  const { bavail, bsize } = statfsSync(existsSync(dir) ? dir : '.')
  const free = bavail * bsize
  const text = `${(free / 1024 ** 3).toFixed(1)} GB free`
  return free < FREE_BYTES_MIN
    ? finding('disk', 'warning', text, 'When it is full, events are refused until there is room.')
    : finding('disk', 'ok', text)
}

const stopped = (dir: string): Finding => {
  const reason = existsSync(dir) ? stopFileIn(dir).read() : null
  return reason === null
    ? finding('STOP file', 'ok', 'none')
    : finding('STOP file', 'warning', reason, 'Nothing is sent. Resume with: windvane resume')
}

const consoleBuilt = (): Finding =>
  existsSync(join(consoleDir(), 'index.html'))
    ? finding('console', 'ok', 'built')
    : finding('console', 'warning', 'not built', 'Run: npm run console:build')

const settings = async (dir: string): Promise<readonly Finding[]> => {
  let config: Config
  try {
    config = readConfig({ dir, env: process.env, flags: {} })
  } catch (error) {
    if (!isFailure(error)) throw error
    return [finding('settings', 'problem', error.message, error.hint ?? '')]
  }
  const { smtp } = config
  if (smtp === undefined)
    return [
      finding('settings', 'ok', 'read'),
      finding('mail server', 'warning', 'none set', 'Set smtp: in windvane.yaml to send mail.'),
    ]
  const greeting = await reach(smtp.host, smtp.port)
  return [
    finding('settings', 'ok', 'read'),
    greeting === null
      ? finding('mail server', 'ok', `${smtp.host}:${smtp.port} answers`)
      : finding('mail server', 'problem', greeting, 'Check host, port and firewall.'),
  ]
}

const reach = async (host: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: CONNECT_MS })
    const end = (result: string | null) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => end(null))
    socket.once('timeout', () => end(`${host}:${port} does not answer`))
    socket.once('error', (error) => end(error.message))
  })

const log = async (dir: string): Promise<Finding> => {
  if (!existsSync(join(dir, 'log.db')))
    return finding('log', 'warning', 'none yet', 'The first start makes it.')
  try {
    const card = readCard(dir)
    if (card !== null) {
      const health = await callServer<{ log: { head: number; folded: number } }>(card, 'GET', '/api/health')
      return finding(
        'log',
        'ok',
        `${health.log.head} records, ${health.log.folded} folded, server runs as ${card.pid} on ${card.url}`,
      )
    }
    return await onEither(
      dir,
      async () => finding('log', 'ok', ''),
      async ({ loop }) => finding('log', 'ok', `${loop.state.offset} records folded`),
    )
  } catch (error) {
    if (!isFailure(error)) throw error
    return finding('log', 'problem', error.message, error.hint ?? '')
  }
}
