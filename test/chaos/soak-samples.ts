// What a running product weighs: its heap after a collection, asked of its inspector; memory of the process;
// disk; and how far the fold is behind the log. And whether a series of such figures is flat.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../src/kernel/failure.ts'
import { usageOf, type Product } from './product.ts'

export type Sample = {
  /** Seconds since the measuring began. */
  readonly at: number
  /** Objects and strings that a collection leaves, bytes. */
  readonly heap: number
  /** Tables outside of the heap, without the window of message ids, bytes. */
  readonly tables: number
  /** The window of message ids, which fills to its limit, is halved, and fills again; bytes. */
  readonly idWindow: number
  readonly rss: number
  readonly disk: number
  /** Log records not folded yet. */
  readonly lag: number
}

export type Scale = {
  readonly weigh: (at: number) => Promise<Sample>
  readonly close: () => void
}

/** For a product started with `--inspect=127.0.0.1:0` on this folder. */
export const openScale = async (product: Product, dir: string): Promise<Scale> => {
  const inspector = await openInspector(product)
  return {
    weigh: async (at) => {
      await inspector.call('HeapProfiler.collectGarbage')
      const { usedSize, backingStorageSize } = (await inspector.call('Runtime.getHeapUsage')) as {
        readonly usedSize: number
        readonly backingStorageSize: number
      }
      const read = await metricsOf(product)
      const idWindow = read('windvane_id_window_bytes')
      return {
        at,
        heap: usedSize,
        tables: backingStorageSize - idWindow,
        idWindow,
        rss: usageOf(product.pid).rss,
        disk: bytesIn(dir),
        lag: read('windvane_log_head') - read('windvane_log_folded'),
      }
    },
    close: inspector.close,
  }
}

/** Reads figures of /metrics by name; −1 for one that is not there. */
export const metricsOf = async ({ url, keys }: Product): Promise<(name: string) => number> => {
  const response = await fetch(new URL('/metrics', url), {
    headers: { authorization: `Bearer ${keys.admin}` },
  })
  const text = await response.text()
  return (name) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? -1)
}

const bytesIn = (dir: string): number =>
  readdirSync(dir, { recursive: true }).reduce((sum, name) => {
    // A snapshot may be replaced between the listing and the look.
    const found = statSync(join(dir, String(name)), { throwIfNoEntry: false })
    return sum + (found?.isFile() === true ? found.size : 0)
  }, 0)

type Inspector = { readonly call: (method: string) => Promise<unknown>; readonly close: () => void }
type Answer = { readonly id?: number; readonly result?: unknown; readonly error?: unknown }

const INSPECTOR_MS_MAX = 5_000

const openInspector = async (product: Product): Promise<Inspector> => {
  const until = performance.now() + INSPECTOR_MS_MAX
  let address = addressIn(product)
  for (; address === undefined && performance.now() < until; address = addressIn(product)) await sleep(50)
  if (address === undefined)
    throw new Failure({ code: 'chaos.no_inspector', message: 'the product has no inspector' })
  const socket = new WebSocket(address)
  const waiting = new Map<number, (answer: Answer) => void>()
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer
    if (answer.id === undefined) return
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () =>
      reject(new Failure({ code: 'chaos.no_inspector', message: `nothing answers at ${address}` })),
    )
  })
  let next = 0
  return {
    call: async (method) => {
      const id = ++next
      const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve))
      socket.send(JSON.stringify({ id, method }))
      const { result, error } = await answered
      if (error !== undefined)
        throw new Failure({ code: 'chaos.no_inspector', message: `${method}: ${JSON.stringify(error)}` })
      return result
    },
    close: () => socket.close(),
  }
}

const addressIn = (product: Product): string | undefined =>
  /Debugger listening on (ws:\S+)/.exec(product.stderr())?.[1]

export type Slope = { readonly perHour: number; readonly low: number; readonly high: number }

/** 97.5 % of a standard normal. */
const Z = 1.96

/**
 * Growth per hour of `values` taken at `seconds`: the median of the slopes of all pairs (Theil 1950, Sen 1968), which a
 * few outliers do not move, and the 95 % interval that Kendall's statistic gives, for samples without ties.
 */
export const slopeOf = (seconds: readonly number[], values: readonly number[]): Slope => {
  const slopes: number[] = []
  for (let i = 0; i < seconds.length; i++)
    for (let j = i + 1; j < seconds.length; j++)
      slopes.push(((values[j] ?? 0) - (values[i] ?? 0)) / ((seconds[j] ?? 0) - (seconds[i] ?? 0)))
  slopes.sort((a, b) => a - b)
  const n = seconds.length
  const spread = Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const at = (place: number): number =>
    (slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(place)))] ?? 0) * 3_600
  return {
    perHour: at((slopes.length - 1) / 2),
    low: at((slopes.length - spread) / 2 - 1),
    high: at((slopes.length + spread) / 2),
  }
}
