// The brand watch in simulated quarters: planted crises found within the hour, people not called for nothing, promotions
// held from the turn in which a crisis is found, everything let go afterwards; and the same with a coin in place of the
// tone, to show that the figures hang on it. `node bench/learning/brand.ts [--seeds 100] [--days 90]`

import { parseArgs } from 'node:util'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { present } from '../../src/kernel/assert.ts'
import { playBrandWorld, type WorldOptions, type WorldResult } from './brand-world.ts'
import { printVerdicts, type Verdict } from './peer.ts'
import { playSeeds } from './play-seeds.ts'

const playAll = async (settings: WorldOptions, seeds: number): Promise<readonly WorldResult[]> =>
  playSeeds<WorldResult>(
    new URL(import.meta.url),
    settings,
    Array.from({ length: seeds }, (_, index) => `world-${index + 1}`),
  )

const sum = (rows: readonly WorldResult[], of: (row: WorldResult) => number): number =>
  rows.reduce((total, row) => total + of(row), 0)

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { seeds: { type: 'string', default: '100' }, days: { type: 'string', default: '90' } },
  })
  const seeds = Number(values.seeds)
  const days = Number(values.days)
  const started = performance.now()
  const rows = await playAll({ days, coin: false }, seeds)
  const coin = await playAll({ days, coin: true }, Math.min(seeds, 10))
  const planted = sum(rows, (row) => row.planted)
  const found = sum(rows, (row) => row.found)
  const months = (seeds * days) / 30
  const pages = sum(rows, (row) => row.falsePages)
  const minutes = rows.flatMap((row) => row.minutes).toSorted((left, right) => left - right)
  const line = (what: string, ours: string, known: string, ok: boolean | null): Verdict => ({
    what,
    ours,
    known,
    peer: '',
    ok,
  })
  printVerdicts(
    `${seeds} worlds of ${days} days, ${sum(rows, (row) => row.mentions)} mentions, tone as it is shipped`,
    [
      line(
        'planted crises found within the hour',
        `${found} of ${planted} (${((100 * found) / planted).toFixed(1)} %)`,
        'at least 95 %',
        found >= 0.95 * planted,
      ),
      line('minutes until then, median', String(minutes[Math.floor(minutes.length / 2)] ?? '-'), '', null),
      line('pages for nothing in 30 days', (pages / months).toFixed(3), 'at most 1', pages <= months),
      line(
        'promotions in scope let through after detection',
        `${sum(rows, (row) => row.leaked)} of ${sum(rows, (row) => row.looks)} looks`,
        '0',
        sum(rows, (row) => row.leaked) === 0,
      ),
      line(
        'promotions outside the scope held',
        String(sum(rows, (row) => row.heldOutside)),
        '0',
        sum(rows, (row) => row.heldOutside) === 0,
      ),
      line(
        'worlds in which something still stands at the end',
        String(rows.filter(({ standing }) => standing > 0).length),
        '0',
        rows.every(({ standing }) => standing === 0),
      ),
      line(
        'with a coin for the tone: found within the hour',
        `${sum(coin, (row) => row.found)} of ${sum(coin, (row) => row.planted)}, ${((30 * sum(coin, (row) => row.falsePages)) / (coin.length * days)).toFixed(3)} pages for nothing in 30 days`,
        'worse',
        null,
      ),
    ],
  )
  process.stdout.write(`${((performance.now() - started) / 1_000).toFixed(0)} s\n`)
}

if (isMainThread) await main()
else {
  const port = present(parentPort, 'a worker has a port')
  port.on('message', (seed: string) => {
    void playBrandWorld(seed, workerData as WorldOptions).then((row) => port.postMessage(row))
  })
}
