// Experiments: the published geo experiment and confidence sequence, and how often watching tests of nothing all the time
// calls an effect, beside a test that is right only when looked at once.

import {
  confidenceSequence,
  designGeo,
  normalInterval,
  panelOf,
  readGeo,
  relativeSequence,
  summaryFromSums,
  type Panel,
} from '../../src/feedback/index.ts'
import { readTable } from '../../src/connect/index.ts'
import { createRng, type Rng } from '../../src/kernel/rng.ts'
import { dataFile, printVerdicts, type Verdict } from './peer.ts'

const cellsOf = async (path: string): Promise<(name: string) => readonly string[]> => {
  const { columns } = await readTable(path)
  return (name) => columns.find((column) => column.name === name)?.cells ?? []
}

const panelFrom = async (
  path: string,
  names: { readonly geo: string; readonly response: string; readonly cost?: string },
): Promise<Panel> => {
  const cells = await cellsOf(path)
  const [dates, responses, costs] = [cells('date'), cells(names.response), cells(names.cost ?? '')]
  return panelOf(
    cells(names.geo).map((geo, i) => ({
      geo,
      at: Date.parse(dates[i] ?? ''),
      response: Number(responses[i]),
      cost: Number(costs[i] ?? 0),
    })),
  )
}

const exact = (
  what: string,
  ours: number,
  { known, digits }: { known: number; digits: number },
): Verdict => ({
  what,
  ours: ours.toFixed(digits),
  known: known.toFixed(digits),
  peer: '',
  ok: ours.toFixed(digits) === known.toFixed(digits),
})

const geoExperiment = async (sales: string, assignment: string): Promise<readonly Verdict[]> => {
  const panel = await panelFrom(sales, { geo: 'geo', response: 'sales', cost: 'cost' })
  const cells = await cellsOf(assignment)
  const groups = cells('geo.group')
  const reading = readGeo(panel, {
    treated: new Set(cells('geo').filter((_, i) => groups[i] === '2')),
    from: Date.UTC(2015, 1, 16),
    until: Date.UTC(2015, 2, 16),
    alpha: 0.05,
  })
  const back = reading.returnOnSpend
  const before = designGeo(
    {
      ...panel,
      days: panel.days.slice(0, reading.daysBefore),
      geos: panel.geos.map((geo) => ({
        ...geo,
        response: geo.response.subarray(0, reading.daysBefore),
        cost: geo.cost.subarray(0, reading.daysBefore),
      })),
    },
    { testDays: 28 },
  )
  return [
    exact('geo experiment, iROAS', back?.value ?? Number.NaN, { known: 2.946742, digits: 6 }),
    exact('geo experiment, 95 % from', back?.low ?? Number.NaN, { known: 2.759772, digits: 6 }),
    exact('geo experiment, 95 % to', back?.high ?? Number.NaN, { known: 3.133713, digits: 6 }),
    exact('geo experiment, incremental sales', reading.effect.value, { known: 147337.1, digits: 1 }),
    {
      what: 'our design on the days before: smallest effect it could tell',
      ours: `${(100 * before.detectableShare).toFixed(1)} % (the experiment found ${(100 * reading.lift.value).toFixed(1)} %)`,
      known: '',
      peer: '',
      ok: before.detectableShare < reading.lift.value,
    },
  ]
}

const geoLift = async (path: string): Promise<readonly Verdict[]> => {
  const panel = await panelFrom(path, { geo: 'location', response: 'Y' })
  const days = 15
  const reading = readGeo(panel, {
    treated: new Set(['chicago', 'portland']),
    from: panel.days[90] ?? 0,
    until: Number.POSITIVE_INFINITY,
    alpha: 0.05,
  })
  const { effect, lift } = reading.synthetic ?? { effect: Number.NaN, lift: Number.NaN }
  const perRegion = effect / days / 2
  return [
    {
      ...exact('GeoLift, effect of a region and day', perRegion, { known: 155.556, digits: 3 }),
      ok: Math.abs(perRegion - 155.556) < 0.005,
    },
    exact('GeoLift, incremental', effect, { known: 4667, digits: 0 }),
    exact('GeoLift, lift in %', 100 * lift, { known: 5.4, digits: 1 }),
  ]
}

const sequence = (): readonly Verdict[] => {
  const { relative, low, high } = relativeSequence(
    summaryFromSums({ n: 3461, sum: 2422.7, sumOfSquares: 134698.29 }),
    summaryFromSums({ n: 3000, sum: 1396.87, sumOfSquares: 52377.9767 }),
    { alpha: 0.05, tuning: 1_000 },
  )
  return [
    exact('confidence sequence, relative', relative, { known: 0.50336, digits: 5 }),
    exact('confidence sequence, from', low, { known: -0.55844, digits: 5 }),
    exact('confidence sequence, to', high, { known: 1.56516, digits: 5 }),
  ]
}

const RUNS = 2_000
const PEOPLE = 2_000
/** Both are looked at after each pair of people from here on: before it no variance is known. */
const LOOKS_FROM = 100
const FIXED_Z = normalInterval(0, 1, 0.05).high

/** One test of nothing, normal outcomes, watched after each pair: what was ever called. */
const watchOne = (rng: Rng): { readonly sequence: boolean; readonly fixed: boolean } => {
  const sums = [0, 0]
  const squares = [0, 0]
  const called = { sequence: false, fixed: false }
  for (let n = 1; n <= PEOPLE / 2; n++) {
    for (const arm of [0, 1]) {
      const y = 10 + 3 * rng.normal()
      sums[arm] = (sums[arm] ?? 0) + y
      squares[arm] = (squares[arm] ?? 0) + y * y
    }
    if (2 * n < LOOKS_FROM) continue
    const [a, b] = [0, 1].map((arm) =>
      summaryFromSums({ n, sum: sums[arm] ?? 0, sumOfSquares: squares[arm] ?? 0 }),
    )
    if (a === undefined || b === undefined) continue
    const { low, high, difference } = confidenceSequence(a, b, { alpha: 0.05, tuning: 1_000 })
    if (low > 0 || high < 0) called.sequence = true
    if (Math.abs(difference) > FIXED_Z * Math.sqrt((a.variance + b.variance) / n)) called.fixed = true
  }
  return called
}

const watching = (): readonly Verdict[] => {
  const rng = createRng('experiments bench')
  const runs = Array.from({ length: RUNS }, () => watchOne(rng))
  const share = (kind: 'sequence' | 'fixed') => runs.filter((run) => run[kind]).length / RUNS
  const [ours, fixed] = [share('sequence'), share('fixed')]
  return [
    {
      what: `${RUNS} A/A tests of ${PEOPLE} people watched all the time: called an effect`,
      ours: `${(100 * ours).toFixed(1)} %`,
      known: 'at most 5 %',
      peer: `fixed-n test ${(100 * fixed).toFixed(1)} %`,
      ok: ours <= 0.05 && fixed > 0.05,
    },
  ]
}

const sales = dataFile('geo_experiment', 'salesandcost.csv')
const assignment = dataFile('geo_experiment', 'geoassignment.csv')
const lift = dataFile('geo_experiment', 'GeoLift_Test.csv')
if (sales === null || assignment === null || lift === null)
  process.stdout.write('The data set geo_experiment is not beside the project: only the rest is measured.\n')
printVerdicts('Experiments', [
  ...(sales === null || assignment === null ? [] : await geoExperiment(sales, assignment)),
  ...(lift === null ? [] : await geoLift(lift)),
  ...sequence(),
  ...watching(),
])
