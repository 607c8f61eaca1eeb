// Forecasts of M4 weekly and of three known series: the scorer first, then our methods beside the published figures
// and beside statsforecast, accuracy and time in the same run.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  coverage,
  forecastSeries,
  mase,
  METHODS,
  seriesOf,
  smape,
  type Forecast,
  type MethodName,
  type Series,
} from '../../src/model/index.ts'
import { columns, dataFile, readGzip } from './files.ts'
import { printVerdicts, runPeer, type Verdict } from './peer.ts'

const HORIZON = 13
const WEEKS_IN_YEAR = 52

type PeerRun = { readonly seconds: number; readonly ahead: readonly (readonly number[])[] }
type Score = { readonly smape: number; readonly mase: number; readonly seconds: number }

const rowsOf = (path: string): readonly Float64Array[] =>
  readGzip(path)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) =>
      Float64Array.from(
        line
          .split(',')
          .slice(1)
          .map((cell) => cell.replaceAll('"', '').trim())
          .filter((cell) => cell !== ''),
        Number,
      ),
    )

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const show = ({ smape: s, mase: m, seconds }: Score): string =>
  `${s.toFixed(3)} / ${m.toFixed(3)} in ${seconds.toFixed(1)} s`

const weekly = (trainPath: string, testPath: string): void => {
  const train = rowsOf(trainPath)
  const test = rowsOf(testPath)
  const score = (ahead: readonly ArrayLike<number>[], seconds: number): Score => ({
    smape: mean(ahead.map((forecast, i) => smape(test[i] as Float64Array, forecast))),
    mase: mean(
      ahead.map((forecast, i) => mase(train[i] as Float64Array, test[i] as Float64Array, forecast, 1)),
    ),
    seconds,
  })
  const timed = <T>(work: () => T): { readonly value: T; readonly seconds: number } => {
    const start = performance.now()
    const value = work()
    return { value, seconds: (performance.now() - start) / 1000 }
  }
  const method = (name: MethodName): Score => {
    const { value, seconds } = timed(() =>
      train.map((history) => METHODS[name](history, 1)(history, HORIZON)),
    )
    return score(value, seconds)
  }
  const combined = (periods: readonly number[]) =>
    timed(() => train.map((values) => forecastSeries({ values, horizon: HORIZON, periods })))
  const peers = peerOf(train)
  const peer = (name: string): string => {
    const run = peers?.[name]
    return run === undefined ? 'not installed' : `${name} ${show(score(run.ahead, run.seconds))}`
  }
  const naive = method('naive2')
  const theta = method('theta')
  const damped = method('damped_trend')
  const plain = combined([])
  const full = combined([WEEKS_IN_YEAR])
  const plainScore = score(
    plain.value.map((forecast) => forecast.mean),
    plain.seconds,
  )
  const fullScore = score(
    full.value.map((forecast) => forecast.mean),
    full.seconds,
  )
  const held = (band: (forecast: Forecast) => Forecast['band80']) =>
    mean(
      full.value.map((forecast, i) =>
        coverage(test[i] as Float64Array, band(forecast).lower, band(forecast).upper),
      ),
    )
  const [held80, held95] = [held(({ band80 }) => band80), held(({ band95 }) => band95)]
  const replaced = full.value.filter((forecast) => forecast.method === 'seasonal_naive').length
  const verdicts: readonly Verdict[] = [
    {
      what: 'Naive2 (scorer)',
      ours: show(naive),
      known: '9.161 / 2.777',
      peer: '',
      ok: naive.smape.toFixed(3) === '9.161' && naive.mase.toFixed(3) === '2.777',
    },
    {
      what: 'Theta',
      ours: show(theta),
      known: '9.093 / 2.637',
      peer: peer('Theta'),
      ok: Math.abs(theta.smape - 9.093) < 0.1,
    },
    { what: 'damped trend', ours: show(damped), known: '', peer: peer('AutoETS'), ok: null },
    {
      what: 'combination, no season',
      ours: show(plainScore),
      known: 'Com 8.944 / 2.432',
      peer: peer('OptimizedTheta'),
      ok: plainScore.smape < theta.smape,
    },
    {
      what: 'combination, season of 52',
      ours: show(fullScore),
      known: 'best of 118: 7.817 / 2.356',
      peer: '',
      ok: fullScore.smape < theta.smape,
    },
    {
      what: '80 % interval holds',
      ours: held80.toFixed(3),
      known: '.75 to .85',
      peer: '',
      ok: held80 >= 0.75 && held80 <= 0.85,
    },
    { what: '95 % interval holds', ours: held95.toFixed(3), known: '', peer: '', ok: null },
    {
      what: 'replaced by seasonal naive',
      ours: `${replaced} of ${train.length}`,
      known: '',
      peer: '',
      ok: null,
    },
  ]
  printVerdicts(
    'M4 weekly, sMAPE / MASE and time for 359 series; combinations include their backtest',
    verdicts,
  )
}

const peerOf = (series: readonly Float64Array[]): Record<string, PeerRun> | null => {
  const dir = mkdtempSync(join(tmpdir(), 'windvane-forecast-'))
  try {
    const task = join(dir, 'task.json')
    const models = ['Theta', 'OptimizedTheta', 'AutoETS']
    writeFileSync(
      task,
      JSON.stringify({ models, period: 1, horizon: HORIZON, series: series.map((one) => [...one]) }),
    )
    return runPeer<Record<string, PeerRun>>('./forecast-peer.py', [task])
  } finally {
    rmSync(dir, { recursive: true })
  }
}

/** `stride` steps lie between the ends from which the interval is judged: it needs many, so they overlap. */
const KNOWN = [
  { file: 'air_passengers', horizon: 12, windows: 4, stride: 1, from: 48 },
  { file: 'retail_sales', horizon: 12, windows: 8, stride: 3, from: 48 },
  { file: 'wp_log_peyton_manning', horizon: 30, windows: 12, stride: 60, from: 1_200 },
] as const

const readSeries = (path: string): Series =>
  seriesOf(
    readFileSync(path, 'utf8')
      .trim()
      .split(/[\r\n]+/)
      .slice(1)
      .map((line) => {
        const [day = '', value = ''] = line.replaceAll('"', '').split(',')
        return { at: Date.parse(day), value: Number(value) }
      }),
  )

/** Forecasts from the ends of several windows that do not overlap, none of which the forecast had seen. */
const knownSeries = (path: string, known: (typeof KNOWN)[number]): readonly string[] => {
  const { horizon, windows, stride, from } = known
  const { values, isFilled, frequency } = readSeries(path)
  const ahead = (end: number) =>
    forecastSeries({
      values: values.slice(0, end),
      isFilled: isFilled.slice(0, end),
      horizon,
      periods: frequency.periods,
      calendar: frequency.yearSteps === undefined ? {} : { yearSteps: frequency.yearSteps },
    })
  const held = (end: number): number => {
    const { band80 } = ahead(end)
    return coverage(values.slice(end, end + horizon), band80.lower, band80.upper)
  }
  const start = performance.now()
  const runs = Array.from({ length: windows }, (_, w) => {
    const end = values.length - (windows - w) * horizon
    const result = ahead(end)
    const actual = values.slice(end, end + horizon)
    const naive = METHODS.seasonal_naive(values, result.period)(values.slice(0, end), horizon)
    return { ours: smape(actual, result.mean), naive: smape(actual, naive) }
  })
  const seconds = (performance.now() - start) / 1000
  const ours = mean(runs.map((run) => run.ours))
  const naive = mean(runs.map((run) => run.naive))
  const ends = Array.from(
    { length: Math.floor((values.length - horizon - from) / stride) + 1 },
    (_, i) => from + i * stride,
  )
  const share = mean(ends.map(held))
  const isOk = ours < naive && share >= 0.75 && share <= 0.85
  if (!isOk) process.exitCode = 1
  return [
    known.file,
    `${windows} × ${horizon} ${frequency.step}s`,
    ours.toFixed(3),
    naive.toFixed(3),
    `${share.toFixed(3)} of ${ends.length} × ${horizon}`,
    `${seconds.toFixed(1)} s`,
    isOk ? 'ok' : 'MISSED',
  ]
}

const train = dataFile('m4/Weekly-train.csv.gz')
const test = dataFile('m4/Weekly-test.csv.gz')
if (train !== null && test !== null) weekly(train, test)
const lines = KNOWN.flatMap((known) => {
  const path = dataFile(`prophet_series/${known.file}.csv`)
  return path === null ? [] : [knownSeries(path, known)]
})
if (lines.length > 0)
  process.stdout.write(
    `\nKnown series, sMAPE of windows held out\n${columns([['series', 'windows', 'ours', 'seasonal naive', '80 % interval holds (.75 to .85)', 'time of the windows', ''], ...lines])}\n`,
  )
