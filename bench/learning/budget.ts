// Money: curves and the optimal split on public marketing-mix data, allocation at size, and the simulated market with
// the lying platform beside an oracle and three rules, and the confounded market. `worlds N` sets how many worlds of the
// lying platform (`worlds 50` is 10,000 days), `confounded N` how many seeds of the other; `peers` fits the same files
// with pymc-marketing, which takes minutes.

import { allocate, fitResponse, responseOf, valueAt, type Curve } from '../../src/budget/index.ts'
import { readTable } from '../../src/connect/index.ts'
import { createRng } from '../../src/kernel/rng.ts'
import { confounded } from './budget-confounded.ts'
import { adWorlds } from './budget-worlds.ts'
import { dataFile, printVerdicts, runPeer, type Verdict } from './peer.ts'

const DAYS = 200
const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)
const mean = (values: readonly number[]): number => sum(values) / Math.max(1, values.length)
const columnsOf = async (file: string) => {
  const table = await readTable(file)
  return (name: string): Float64Array =>
    Float64Array.from(
      table.columns.find((column) => column.name === name)?.cells ?? [],
      (cell) => Number(cell) || 0,
    )
}

/** Parameters of the example's own generator, in the units of its columns. */
const TRUTH = [
  { carryover: 0.4, steepness: 4, ceiling: 3_000 },
  { carryover: 0.2, steepness: 3, ceiling: 2_000 },
] as const
const OPTIMA = [
  [0.6, 0.4567],
  [1, 0.5689],
  [1.5, 0.7577],
] as const

const trueCurve = (index: number): Curve => ({
  family: 'logistic',
  carryover: 0,
  shape: 1,
  scale: 1,
  ceiling: TRUTH[index]?.ceiling ?? 0,
  steepness: TRUTH[index]?.steepness ?? 1,
})

type PeerFit = {
  readonly seconds: number
  readonly carryover: readonly number[]
  readonly steepness: readonly number[]
  /** In units of the largest outcome. */
  readonly ceiling: readonly number[]
  /** Largest spend of each channel, which steepness is relative to. */
  readonly scale: readonly number[]
}

/** pymc-marketing on the same files and columns; null where it was not asked for or is not there. */
const peerFits = (jobs: Readonly<Record<string, object>>): Readonly<Record<string, PeerFit>> | null =>
  process.argv.includes('peers') ? runPeer('./budget-peer.py', [JSON.stringify(jobs)]) : null

const peerCurves = ({ carryover, steepness, ceiling, scale }: PeerFit): readonly Curve[] =>
  carryover.map((lasting, c) => ({
    family: 'logistic',
    carryover: lasting,
    shape: 1,
    steepness: steepness[c] ?? 1,
    ceiling: ceiling[c] ?? 0,
    scale: scale[c] ?? 1,
  }))

const peerMs = (fit: PeerFit | undefined): string =>
  fit === undefined ? '' : `pymc-marketing ${(1_000 * fit.seconds).toFixed(0)}`

const mixExample = async (file: string): Promise<Verdict[]> => {
  const peer = peerFits({
    mix: {
      path: file,
      date: 'date_week',
      target: 'y',
      channels: ['x1', 'x2'],
      controls: ['event_1', 'event_2', 't'],
    },
  })?.['mix']
  const column = await columnsOf(file)
  const dayOfYear = column('dayofyear')
  const waves = [1, 2].flatMap((wave) =>
    [Math.sin, Math.cos].map((f) => dayOfYear.map((d) => f((2 * Math.PI * wave * d) / 365.5))),
  )
  const started = performance.now()
  const fit = fitResponse({
    outcome: column('y'),
    lines: ['x1', 'x2'].map((name) => ({ name, spend: column(name) })),
    controls: [column('event_1'), column('event_2'), ...waves],
  })
  const ms = performance.now() - started
  const verdicts = fit.curves.flatMap((curve, c): Verdict[] => {
    const { carryover, ceiling } = TRUTH[c] ?? { carryover: 0, ceiling: 1 }
    return [
      {
        what: `carryover of x${c + 1}`,
        ours: curve.carryover.toFixed(3),
        known: `${carryover} ± .1`,
        peer: peer === undefined ? '' : (peer.carryover[c] ?? Number.NaN).toFixed(3),
        ok: Math.abs(curve.carryover - carryover) <= 0.1,
      },
      {
        what: `ceiling of x${c + 1}`,
        ours: curve.ceiling.toFixed(0),
        known: `${ceiling} ± 10 %`,
        peer: '',
        ok: Math.abs(curve.ceiling / ceiling - 1) <= 0.1,
      },
    ]
  })
  const bounds = { low: 0, high: 5 }
  for (const [total, best] of OPTIMA) {
    const split = (curves: readonly Curve[]) =>
      allocate(
        curves.map((curve) => ({ response: responseOf(curve), ...bounds })),
        total,
      ).spend
    const onTruth = split([trueCurve(0), trueCurve(1)])[0] ?? 0
    const learnt = split(fit.curves)
    const worth = (spend: ArrayLike<number>) => sum([0, 1].map((c) => valueAt(trueCurve(c), spend[c] ?? 0)))
    const lostBy = (spend: ArrayLike<number>) => 1 - worth(spend) / worth([best, total - best])
    const textOf = (spend: ArrayLike<number>) =>
      `${(spend[0] ?? 0).toFixed(4)}, ${(lostBy(spend) * 100).toFixed(2)} %`
    verdicts.push(
      {
        what: `x1 of ${total} on the true curves`,
        ours: onTruth.toFixed(4),
        known: `${best} ± 3 %`,
        peer: '',
        ok: Math.abs(onTruth / best - 1) <= 0.03,
      },
      {
        what: `x1 of ${total} on the learnt curves, value lost`,
        ours: textOf(learnt),
        known: 'under 1 %',
        peer: peer === undefined ? '' : textOf(split(peerCurves(peer))),
        ok: lostBy(learnt) < 0.01,
      },
    )
  }
  verdicts.push({ what: 'time of the fit, ms', ours: ms.toFixed(0), known: '', peer: peerMs(peer), ok: null })
  return verdicts
}

/** Files without a known truth: that they are learnt at all, how well, and how fast. */
const smoke = async (
  what: string,
  file: string,
  {
    date,
    outcome,
    lines,
  }: { readonly date: string; readonly outcome: string; readonly lines: readonly string[] },
): Promise<Verdict> => {
  const column = await columnsOf(file)
  const started = performance.now()
  const y = column(outcome)
  const fit = fitResponse({
    outcome: y,
    lines: lines.map((name) => ({ name, spend: column(name) })),
    season: { steps: 52.18, waves: 2 },
  })
  const ms = performance.now() - started
  const middle = mean([...y])
  const explained = 1 - sum([...fit.residuals].map((r) => r * r)) / sum([...y].map((v) => (v - middle) ** 2))
  return {
    what: `${what}: ${lines.length} lines, ${y.length} weeks, explained, ms`,
    ours: `${explained.toFixed(3)}, ${ms.toFixed(0)}`,
    known: 'no ground truth',
    peer: peerMs(peerFits({ it: { path: file, date, target: outcome, channels: lines } })?.['it']),
    ok: null,
  }
}

const sizes = (): Verdict[] =>
  [10, 100, 1_000, 10_000].map((count) => {
    const rng = createRng(`size ${count}`)
    const lines = Array.from({ length: count }, () => ({
      response: responseOf({
        family: 'hill',
        carryover: 0,
        shape: 1.5,
        scale: 100,
        steepness: Math.exp(rng.normal()),
        ceiling: 500 * Math.exp(rng.normal()),
      }),
      low: 1,
      high: 400,
    }))
    const started = performance.now()
    allocate(lines, count * 60)
    const ms = performance.now() - started
    return {
      what: `allocation of ${count} lines, ms`,
      ours: ms.toFixed(1),
      known: count === 1_000 ? 'under 1,000' : '',
      peer: '',
      ok: count === 1_000 ? ms < 1_000 : null,
    }
  })

const [mix, robyn, meridian] = [
  dataFile('pymc_mmm', 'mmm_example.csv'),
  dataFile('robyn', 'dt_simulated_weekly.csv'),
  dataFile('meridian', 'national_all_channels.csv'),
]
if (mix === null)
  process.stdout.write('The data set pymc_mmm is not beside the project: nothing to reproduce.\n')
else printVerdicts('Curves and optimum of the pymc-marketing example', await mixExample(mix))
if (robyn !== null && meridian !== null)
  printVerdicts('Public samples without a known truth', [
    await smoke('robyn', robyn, {
      date: 'DATE',
      outcome: 'revenue',
      lines: ['tv_S', 'ooh_S', 'print_S', 'facebook_S', 'search_S'],
    }),
    await smoke('meridian', meridian, {
      date: 'time',
      outcome: 'conversions',
      lines: [0, 1, 2, 3, 4].map((c) => `Channel${c}_spend`),
    }),
  ])
printVerdicts('Allocation by size', sizes())
const numberAfter = (word: string, usual: number): number => {
  const asked = process.argv.indexOf(word)
  return asked < 0 ? usual : Number(process.argv[asked + 1])
}
const seeds = numberAfter('confounded', 20)
if (seeds > 0)
  printVerdicts(
    `The confounded market, ${seeds} seeds: demand drives spend and sales`,
    await confounded(seeds),
  )
const count = numberAfter('worlds', 4)
if (count > 0)
  printVerdicts(
    `The simulated market, ${count} worlds of ${DAYS} days, lying platform`,
    await adWorlds(count, DAYS),
  )
