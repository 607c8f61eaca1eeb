// Many seeds, two threads: does the interval cover the planted truth, and does learning earn more than
// any single action? The answer for a row of markets, not for one that happened to go well.

import { Worker } from 'node:worker_threads'
import type { PlanSpec } from '../app/plan.ts'
import { Failure } from '../kernel/failure.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import type { BareRow, BareSeedOptions } from './bare-seed.ts'
import { DELAYS_LONG } from './response.ts'
import { HEADLESS_DEFAULTS } from './headless.ts'
import type { SeedOptions, SeedRow } from './seed-run.ts'

export type SimulateOptions = {
  readonly plan: PlanSpec
  /** A scheduled campaign of the plan. */
  readonly campaignId?: string
  /** How many; they are called `<name>-1`, `<name>-2`, … */
  readonly seeds: number
  readonly name?: string
  readonly customers?: number
  readonly days?: number
  /** Of the comparison, in place of the plan's. */
  readonly horizonDays?: number
  readonly workers?: number
  /** Tastes move half way. */
  readonly drift?: boolean
  /** Orders come late: half of them after more than a day and a half. */
  readonly delay?: boolean
  readonly onRow?: (row: { readonly seed: string }) => void
}

export type SeedAnswer<Row = SeedRow | BareRow> =
  | { readonly kind: 'row'; readonly row: Row }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint: string }

/** A mean over seeds with its 95 % interval. */
export type Mean = { readonly mean: number; readonly low: number; readonly high: number }

export type Simulation = {
  readonly rows: readonly SeedRow[]
  /** Seeds with an interval, and in how many of them it covers the planted lift. */
  readonly known: number
  readonly covered: number
  readonly planted: Mean
  readonly estimated: Mean
  readonly learnt: Mean
  readonly uniform: Mean
  readonly best: Mean
  readonly oracle: Mean
  /** Learnt less the best single action, seed by seed; and less the even draw. */
  readonly overBest: Mean
  readonly overUniform: Mean
  readonly winsOverBest: number
  readonly winsOverUniform: number
}

const CAMPAIGN = 'win-back'
const WORKERS = 2
const WORKERS_MAX = 16
const SEEDS_MAX = 10_000
const HORIZON_DAYS = 21
/** People in a bare market, and how long their late orders are waited for. */
const BARE_CUSTOMERS = 900
const DELAY_WINDOW_MS = 3 * DAY_MS

/** Plays all seeds. Throws Failures `simulate.*`. */
export const simulateSeeds = async (options: SimulateOptions): Promise<Simulation> => {
  const rows = await playSeeds<SeedRow>(options, settingsOf(options))
  return summaryOf(rows)
}

export type BareSimulation = {
  readonly rows: readonly BareRow[]
  readonly learnt: Mean
  readonly uniform: Mean
  readonly best: Mean
  readonly oracle: Mean
  readonly overBest: Mean
  readonly overUniform: Mean
  /** Of the second half of each run. */
  readonly lateOverBest: Mean
  readonly winsOverBest: number
  readonly winsOverUniform: number
}

/** The same without the product around the learner: minutes in place of an hour. Throws Failures `simulate.*`. */
export const simulateBare = async (options: SimulateOptions): Promise<BareSimulation> => {
  const settings: BareSeedOptions & { readonly bare: true } = {
    ...settingsOf({ ...options, customers: options.customers ?? BARE_CUSTOMERS }),
    stepMs: HOUR_MS,
    bare: true,
    ...(options.delay === true ? { windowMs: DELAY_WINDOW_MS } : {}),
  }
  const rows = await playSeeds<BareRow>(options, settings)
  const of = (value: (row: BareRow) => number): Mean => meanOf(rows.map(value))
  return {
    rows,
    learnt: of((row) => row.learnt),
    uniform: of((row) => row.uniform),
    best: of((row) => row.best),
    oracle: of((row) => row.oracle),
    overBest: of((row) => row.learnt - row.best),
    overUniform: of((row) => row.learnt - row.uniform),
    lateOverBest: of((row) => row.lateLearnt - row.lateBest),
    winsOverBest: rows.filter((row) => row.learnt > row.best).length,
    winsOverUniform: rows.filter((row) => row.learnt > row.uniform).length,
  }
}

/** All seeds on some threads, in the order of their numbers. */
const playSeeds = async <Row extends { readonly seed: string }>(
  options: SimulateOptions,
  settings: object,
): Promise<readonly Row[]> => {
  const { seeds, name = 'seed', workers = WORKERS } = options
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > SEEDS_MAX)
    throw new Failure({
      code: 'simulate.seeds',
      message: `${seeds} seeds cannot be played.`,
      hint: `A whole number from 1 to ${SEEDS_MAX}.`,
    })
  const queue = Array.from({ length: seeds }, (_, index) => `${name}-${index + 1}`)
  const rows: Row[] = []
  const count = Math.max(1, Math.min(workers, WORKERS_MAX, seeds))
  await Promise.all(
    Array.from({ length: count }, async () =>
      runWorker<Row>(settings, queue, (row) => {
        rows.push(row)
        options.onRow?.(row)
      }),
    ),
  )
  return rows.toSorted((left, right) => numberIn(left.seed) - numberIn(right.seed))
}

const settingsOf = ({
  plan,
  campaignId = CAMPAIGN,
  customers,
  days = HEADLESS_DEFAULTS.days,
  horizonDays = HORIZON_DAYS,
  drift,
  delay,
}: SimulateOptions): SeedOptions => ({
  ...HEADLESS_DEFAULTS,
  plan: { ...plan, holdout: { ...plan.holdout, horizonMs: horizonDays * DAY_MS } },
  campaignId,
  ...(customers === undefined ? {} : { customers }),
  days,
  ...(drift === true ? { driftDay: days / 2 } : {}),
  ...(delay === true ? { delays: DELAYS_LONG } : {}),
})

const numberIn = (seed: string): number => Number(seed.slice(seed.lastIndexOf('-') + 1))

/** Feeds one thread until the queue is empty. */
const runWorker = async <Row>(
  settings: object,
  queue: string[],
  onRow: (row: Row) => void,
): Promise<void> => {
  const file = import.meta.url.endsWith('.ts') ? './simulate-worker.ts' : './simulate-worker.js'
  const worker = new Worker(new URL(file, import.meta.url), {
    workerData: settings,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  try {
    await new Promise<void>((resolve, reject) => {
      const next = (): void => {
        const seed = queue.shift()
        if (seed === undefined) resolve()
        else worker.postMessage(seed)
      }
      worker.on('message', (answer: SeedAnswer<Row>) => {
        if (answer.kind === 'failed') return reject(new Failure(answer))
        onRow(answer.row)
        next()
      })
      worker.on('error', reject)
      next()
    })
  } finally {
    await worker.terminate()
  }
}

export const summaryOf = (rows: readonly SeedRow[]): Simulation => {
  const of = (value: (row: SeedRow) => number): Mean => meanOf(rows.map(value))
  const known = rows.filter(({ covers }) => covers !== null)
  return {
    rows,
    known: known.length,
    covered: known.filter(({ covers }) => covers === true).length,
    planted: of((row) => row.planted),
    estimated: meanOf(rows.flatMap(({ difference }) => (difference === null ? [] : [difference]))),
    learnt: of((row) => row.learnt),
    uniform: of((row) => row.uniform),
    best: of((row) => row.best),
    oracle: of((row) => row.oracle),
    overBest: of((row) => row.learnt - row.best),
    overUniform: of((row) => row.learnt - row.uniform),
    winsOverBest: rows.filter((row) => row.learnt > row.best).length,
    winsOverUniform: rows.filter((row) => row.learnt > row.uniform).length,
  }
}

const Z95 = 1.959964

const meanOf = (values: readonly number[]): Mean => {
  const n = values.length
  if (n === 0) return { mean: 0, low: 0, high: 0 }
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const variance = n < 2 ? 0 : values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  const half = Z95 * Math.sqrt(variance / n)
  return { mean, low: mean - half, high: mean + half }
}
