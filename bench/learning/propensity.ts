// Propensity beside scikit-learn and LightGBM: five folds of Telco on the same rows, and the time for
// 100,000 rows x 30 columns, 100 trees, one core. `node bench/learning/propensity.ts`

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTable } from '../../src/connect/index.ts'
import { createRng } from '../../src/kernel/rng.ts'
import { calibrate, fitCalibration } from '../../src/model/propensity/calibrate.ts'
import { encode, fitEncoder } from '../../src/model/propensity/encoder.ts'
import { allRows, frameOfText, type Frame } from '../../src/model/propensity/frame.ts'
import { fitLinear, linearScores, sigmoid } from '../../src/model/propensity/linear.ts'
import { logLoss, qualityOf, type Quality } from '../../src/model/propensity/metrics.ts'
import { fitTrees, treeScores, TREES_DEFAULTS } from '../../src/model/propensity/trees.ts'
import { dataFile, printVerdicts, runPeer, type Verdict } from './peer.ts'

const FOLDS = 5
const dir = mkdtempSync(join(tmpdir(), 'windvane-bench-'))

type TelcoPeer = Readonly<Record<'lr' | 'lrLoss' | 'lgb' | 'lgbLoss' | 'trees', readonly number[]>>
type SpeedPeer = { readonly all: number; readonly train: number; readonly loss: number }

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length
const four = (value: number | undefined): string => (value === undefined ? 'not installed' : value.toFixed(4))

const telco = async (path: string): Promise<readonly Verdict[]> => {
  const table = await readTable(path)
  const churn = table.columns.find(({ name }) => name === 'Churn')?.cells ?? []
  const target = Uint8Array.from(churn, (cell) => (cell === 'Yes' ? 1 : 0))
  const { frame } = frameOfText(table.columns.filter(({ name }) => name !== 'Churn'))
  const rng = createRng('telco folds')
  const part = Int32Array.from({ length: frame.rows }, () => rng.below(FOLDS))
  const held = Int32Array.from({ length: frame.rows }, () => (rng.below(8) === 0 ? 1 : 0))
  const folds = Array.from({ length: FOLDS }, (_, k) => judgeFold(frame, target, { part, held, k }))
  const job = join(dir, 'telco.json')
  writeFileSync(
    job,
    JSON.stringify({ file: path, part: [...part], held: [...held], folds: FOLDS, params: TREES_DEFAULTS }),
  )
  const peer = runPeer<TelcoPeer>('./propensity-peer.py', ['telco', job])
  const of = (pick: (fold: (typeof folds)[number]) => number): number => mean(folds.map(pick))
  const lr = of(({ logistic }) => logistic.auc)
  const trees = of((fold) => fold.trees.auc)
  const lightgbm = peer === null ? undefined : mean(peer.lgb)
  return [
    {
      what: 'Telco, logistic regression, AUC',
      ours: four(lr),
      known: '.8453',
      peer: four(peer === null ? undefined : mean(peer.lr)),
      ok: Math.abs(lr - 0.845) <= 0.005,
    },
    {
      what: 'Telco, logistic regression, log-loss',
      ours: four(of(({ logistic }) => logistic.logLoss)),
      known: '.4174',
      peer: four(peer === null ? undefined : mean(peer.lrLoss)),
      ok: Math.abs(of(({ logistic }) => logistic.logLoss) - 0.4174) <= 0.005,
    },
    {
      what: 'Telco, trees, AUC (peer: LightGBM, same settings and rows)',
      ours: four(trees),
      known: '.8479 (sklearn HGB)',
      peer: four(lightgbm),
      ok: lightgbm === undefined ? null : trees >= lightgbm - 0.003,
    },
    {
      what: 'Telco, trees, log-loss',
      ours: four(of((fold) => fold.trees.logLoss)),
      known: '.4126 (sklearn HGB)',
      peer: four(peer === null ? undefined : mean(peer.lgbLoss)),
      ok: null,
    },
    ...calibrationLines(folds),
  ]
}

const calibrationLines = (folds: readonly ReturnType<typeof judgeFold>[]): readonly Verdict[] =>
  (['logistic', 'trees', 'calibrated'] as const).map((kind) => {
    const show = (pick: (quality: Quality) => number) =>
      mean(folds.map((fold) => pick(fold[kind]))).toFixed(3)
    return {
      what: `Telco, ${kind === 'calibrated' ? 'trees after Platt' : kind}: ECE / Brier / slope / lift@10%`,
      ours: [
        show(({ ece }) => ece),
        show(({ brier }) => brier),
        show(({ calibrationSlope }) => calibrationSlope),
        show(({ liftTopDecile }) => liftTopDecile),
      ].join(' / '),
      known: kind === 'logistic' ? 'Brier .1354' : '',
      peer: '',
      ok: null,
    }
  })

const judgeFold = (
  frame: Frame,
  target: Uint8Array,
  { part, held, k }: { readonly part: Int32Array; readonly held: Int32Array; readonly k: number },
) => {
  const rows = allRows(frame.rows)
  const train = rows.filter((row) => part[row] !== k)
  const test = rows.filter((row) => part[row] === k)
  const stop = train.filter((row) => held[row] === 1)
  const y = (set: Int32Array) => Uint8Array.from(set, (row) => target[row] as number)
  const encoder = fitEncoder(frame, train)
  const design = encode(encoder, frame)
  const { weights } = fitLinear({ design, rows: train, target, loss: 'logistic', l2: 1 })
  const scores = linearScores(design, weights)
  const model = fitTrees({ frame, target, rows: train.filter((row) => held[row] === 0), heldOut: stop })
  const said = treeScores(model, frame, test).map(sigmoid)
  const calibration = fitCalibration(treeScores(model, frame, stop).map(sigmoid), y(stop))
  return {
    logistic: qualityOf(
      Float64Array.from(test, (row) => sigmoid(scores[row] as number)),
      y(test),
    ),
    trees: qualityOf(said, y(test)),
    calibrated: qualityOf(calibrate(calibration, said), y(test)),
  }
}

const speed = (): readonly Verdict[] => {
  const [rows, columns] = [100_000, 30]
  const { frame, target } = syntheticRows(rows, columns)
  let best = Number.POSITIVE_INFINITY
  let loss = 0
  for (let round = 0; round < 2; round++) {
    const before = process.cpuUsage()
    const model = fitTrees({
      frame,
      target,
      rows: allRows(rows),
      options: { treesMax: 100, leavesMax: 31, learningRate: 0.1, l2: 0 },
    })
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1e6)
    loss = logLoss(treeScores(model, frame, allRows(rows)).map(sigmoid), target)
  }
  const file = join(dir, 'speed.f64')
  const values = new Float64Array((columns + 1) * rows)
  frame.columns.forEach((column, c) => {
    if (column.kind === 'number') values.set(column.values, c * rows)
  })
  values.set(target, columns * rows)
  writeFileSync(file, values)
  const peer = runPeer<SpeedPeer>('./propensity-peer.py', ['speed', file, String(rows), String(columns)])
  return [
    {
      what: '100,000 x 30 rows, 100 trees, CPU s (binning in it)',
      ours: best.toFixed(2),
      known: '',
      peer: peer === null ? 'not installed' : `${peer.all.toFixed(2)} (train ${peer.train.toFixed(2)})`,
      ok: peer === null ? null : best <= 5 * peer.all,
    },
    {
      what: 'times LightGBM, goal at most 5',
      ours: peer === null ? '' : `${(best / peer.all).toFixed(2)}x`,
      known: '',
      peer: '1x',
      ok: peer === null ? null : best <= 5 * peer.all,
    },
    {
      what: 'the same, log-loss on what was learnt',
      ours: four(loss),
      known: '',
      peer: four(peer?.loss),
      ok: null,
    },
  ]
}

const syntheticRows = (rows: number, columns: number): { frame: Frame; target: Uint8Array } => {
  const rng = createRng('synthetic')
  const table = Array.from({ length: columns }, (_, c) => ({
    name: `x${String(c).padStart(2, '0')}`,
    kind: 'number' as const,
    values: Float64Array.from({ length: rows }, () => rng.normal()),
    missing: new Uint8Array(rows),
  }))
  const x = (c: number, row: number): number => table[c]?.values[row] ?? 0
  const target = Uint8Array.from({ length: rows }, (_, row) => {
    const side = x(5, row) > 0 ? x(6, row) : -x(6, row)
    const score = x(0, row) + x(1, row) * x(2, row) + Math.sin(2 * x(3, row)) - 0.5 * x(4, row) + side
    return rng.uniform() < sigmoid(score) ? 1 : 0
  })
  return { frame: { rows, columns: table }, target }
}

const path = dataFile('telco', 'Telco-Customer-Churn.csv')
if (path === null) process.stdout.write('Telco is not here (set WINDVANE_DATA): its lines are left out.\n')
const verdicts = path === null ? [] : await telco(path)
printVerdicts('Propensity', [...verdicts, ...speed()])
rmSync(dir, { recursive: true, force: true })
