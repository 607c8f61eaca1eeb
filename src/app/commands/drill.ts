// `windvane drill`: STOP tried on a running server from each surface, and how long each took to hold.

import type { Command } from 'commander'
import type { Drill } from '../../api/contract.ts'
import { Failure } from '../../kernel/failure.ts'
import { callServer, readCard } from '../control.ts'
import { print, table } from '../output.ts'
import { dataCommand, requireData, type Common } from './shared.ts'

const SURFACES: Readonly<Record<string, string>> = {
  http: 'console and API',
  file: 'a STOP file',
  signal: 'a signal',
  cli: 'windvane stop, from its start',
}

export const drillCommand = (): Command =>
  dataCommand(
    'drill',
    'try STOP on the running server, stopping nothing real, and measure the time to silence',
  ).action(async ({ data, json }: Common) => {
    requireData(data)
    const card = readCard(data)
    if (card === null)
      throw new Failure({
        code: 'drill.no_server',
        message: `No server runs on ${data}.`,
        hint: 'Start it: a drill measures how fast a running server holds.',
      })
    const drill = await callServer<Drill>(card, 'POST', '/api/drill', {})
    if (!drill.passed) process.exitCode = 1
    print({ json }, drill, drillText)
  })

const drillText = ({ passed, surfaces }: Drill): string =>
  [
    table([
      ['STOP by', 'tries', 'p50 ms', 'p99 ms', 'longest ms'],
      ...surfaces.map((one) => [
        SURFACES[one.surface] ?? one.surface,
        one.tries,
        one.p50Ms.toFixed(1),
        one.p99Ms.toFixed(1),
        one.maxMs.toFixed(1),
      ]),
    ]),
    passed ? 'Passed: each held within a second.' : 'FAILED: STOP took a second or more.',
  ].join('\n')
