// Our detector on the Numenta Anomaly Benchmark, after its scorer has reproduced published scores. The detector's
// constants come from series with planted anomalies; the threshold is chosen as the benchmark chooses it for
// each detector, one for all files. Beside it stand the alerts as the product would have given them.

import {
  ALERT_DEFAULTS,
  createAlertBudget,
  createAnomalyDetector,
  learnOne,
  predictOne,
  runPeaks,
  spendAlert,
} from '../../src/model/index.ts'
import { nabScore, type NabSeries } from '../../src/model/anomaly/testing/nab-score.ts'
import { columns, dataFile, readTar } from './files.ts'

type Labelled = {
  readonly name: string
  readonly at: readonly number[]
  readonly values: readonly number[]
  readonly peer: readonly number[]
  readonly windows: NabSeries['windows']
}

const seriesIn = (files: ReadonlyMap<string, string>): readonly Labelled[] => {
  const windows = JSON.parse(files.get('labels/combined_windows.json') ?? '{}') as Record<
    string,
    [string, string][]
  >
  return [...files].flatMap(([path, text]) => {
    const name = /^data\/(.+\.csv)$/.exec(path)?.[1]
    if (name === undefined) return []
    const rows = bodyOf(text).map((line) => line.split(','))
    const stamps = rows.map(([stamp = '']) => stamp)
    const rowOf = (stamp: string) => stamps.indexOf(stamp.slice(0, 19))
    const peer = files.get(`results/windowedGaussian/${name.replace('/', '/windowedGaussian_')}`) ?? ''
    return [
      {
        name,
        at: stamps.map((stamp) => Date.parse(`${stamp.replace(' ', 'T')}Z`)),
        values: rows.map(([, value]) => Number(value)),
        peer: bodyOf(peer).map(Number),
        windows: (windows[name] ?? []).map(([from, to]) => [rowOf(from), rowOf(to)] as const),
      },
    ]
  })
}

const bodyOf = (text: string): string[] => text.trim().split(/\r?\n/).slice(1)

const run = ({ at, values }: Labelled) => {
  const detector = createAnomalyDetector()
  const budget = createAlertBudget()
  const surprise: number[] = []
  const alerts: number[] = []
  const times: number[] = []
  // A clock that is set back (daylight saving) may not go backwards for a stream.
  let last = Number.NEGATIVE_INFINITY
  values.forEach((value, i) => {
    last = Math.max(last, at[i] as number)
    const anomaly = predictOne(detector, { at: last, value })
    learnOne(detector, { at: last, value })
    times.push(last)
    surprise.push(anomaly.surprise)
    alerts.push(spendAlert(budget, last, anomaly).kind === 'alert' ? 1 : 0)
  })
  return {
    scores: runPeaks(times, surprise, ALERT_DEFAULTS.mergeMs).map((one) => one / SURPRISE_MAX),
    alerts,
  }
}

/** The benchmark's scores lie between 0 and 1. */
const SURPRISE_MAX = 30

const path = dataFile('nab/nab.tar.gz')
if (path !== null) {
  const all = seriesIn(readTar(path))
  const groups = [...new Set(all.map(({ name }) => name.split('/')[0] ?? ''))].sort()
  const started = performance.now()
  const judged = all.map((series) => ({ series, ...run(series) }))
  const seconds = (performance.now() - started) / 1000
  const rowCount = all.reduce((sum, { values }) => sum + values.length, 0)
  const published: Record<string, { readonly gaussian: number; readonly adVec: number }> = {
    realAdExchange: { gaussian: 56.9, adVec: 49.6 },
  }
  const { threshold } = nabScore(judged.map(({ series, scores }) => ({ scores, windows: series.windows })))
  const table = ['all here', ...groups].map((group) => {
    const members = judged.filter(({ series }) => group === 'all here' || series.name.startsWith(`${group}/`))
    const set = (pick: (member: (typeof judged)[number]) => readonly number[]) =>
      members.map((member) => ({ scores: pick(member), windows: member.series.windows }))
    const given = nabScore(
      set(({ alerts }) => alerts),
      0.5,
    ).score
    const ours = nabScore(
      set(({ scores }) => scores),
      threshold,
    ).score
    const gaussian = nabScore(
      set(({ series }) => series.peer),
      1,
    ).score
    const known = published[group]
    const windows = members.reduce((sum, { series }) => sum + series.windows.length, 0)
    const alerts = members.reduce((sum, member) => sum + member.alerts.reduce((a, b) => a + b, 0), 0)
    const verdict =
      windows === 0
        ? 'no windows: every alert is false'
        : known === undefined
          ? ours >= gaussian
            ? 'at or above windowedGaussian'
            : 'BELOW windowedGaussian'
          : `scorer ${Math.abs(gaussian - known.gaussian) < 0.05 ? 'exact' : 'WRONG'}; ${ours >= known.adVec ? 'at or above' : 'BELOW'} ADVec`
    // A scorer that does not give the published figures proves nothing about us.
    if (/WRONG|BELOW/.test(verdict)) process.exitCode = 1
    return [
      group,
      String(members.length),
      String(windows),
      String(alerts),
      windows === 0 ? '–' : ours.toFixed(1),
      windows === 0 ? '–' : given.toFixed(1),
      gaussian.toFixed(1),
      known?.gaussian.toFixed(1) ?? '–',
      known?.adVec.toFixed(1) ?? '–',
      verdict,
    ]
  })
  const head = [
    'part',
    'files',
    'windows',
    'product alerts',
    'ours',
    'product alerts scored',
    'windowedGaussian rescored',
    'published',
    'ADVec published',
    'verdict',
  ]
  process.stdout.write(
    `NAB standard profile, 0 = no alert, 100 = perfect. "ours": one threshold for all files here (surprise ≥ ${(threshold * SURPRISE_MAX).toFixed(2)}), chosen as the benchmark does for each detector. "product alerts": surprise ≥ ${ALERT_DEFAULTS.surpriseMin} from planted anomalies, and at most ${ALERT_DEFAULTS.alertsMax} a week.\n\n${columns([head, ...table])}\n\n${rowCount} rows in ${seconds.toFixed(1)} s, ${((seconds * 1e6) / rowCount).toFixed(0)} µs a row\n`,
  )
}
