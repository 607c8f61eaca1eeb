// The rules of propensity models, on seeded customers, and the published figure where the data is present.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'
import { fitInWorker } from './adapters/fit-in-worker.ts'
import { findDrift, findLeaks } from './audit.ts'
import { calibrate, fitCalibration } from './calibrate.ts'
import { renderCard } from './card-text.ts'
import { encode, fitEncoder } from './encoder.ts'
import { fitPropensity, type FitInput } from './fit.ts'
import { allRows, frameOfText, type Frame } from './frame.ts'
import { fitLinear, linearScores, sigmoid } from './linear.ts'
import { auc, ece, liftAt, logLoss, qualityOf } from './metrics.ts'
import { dumpPropensity, predictPropensity, restorePropensity } from './model.ts'
import { createOnline, dumpOnline, learnOnline, predictOnline, restoreOnline } from './online.ts'
import { numbers, someCustomers } from './testing/customers.ts'
import { fitTrees, treeScores } from './trees.ts'

const inputOf = (seed: string, rows: number, bend = 0): FitInput => {
  const { frame, target } = someCustomers(seed, rows, bend)
  return { frame, target, targetName: 'left' }
}
const turned = (frame: Frame): Frame => ({ rows: frame.rows, columns: frame.columns.toReversed() })

describe('propensity: logistic regression', () => {
  it('PR1 learns means, deviations and levels on the rows learnt from only', () => {
    const { frame } = someCustomers('encode', 300)
    const rows = allRows(150)
    const known = { rows: 150, columns: frame.columns.map((column) => cutTo(column, 150)) }
    assert.deepEqual(fitEncoder(frame, rows), fitEncoder(known, rows))
  })

  it('PR2 recovers the coefficients of a world that is logistic', () => {
    const { frame, target } = someCustomers('coefficients', 20_000)
    const encoder = fitEncoder(frame, allRows(frame.rows))
    const design = encode(encoder, frame)
    const { weights } = fitLinear({ design, rows: allRows(frame.rows), target, loss: 'logistic', l2: 1 })
    const at = (name: string) => weights[encoder.parts.find((part) => part.name === name)?.at ?? -1] ?? 0
    // Standard errors are about .02.
    assert.ok(Math.abs(at('tenure') + 1) < 0.08, `tenure ${at('tenure')}`)
    assert.ok(Math.abs(at('spend') - 0.5) < 0.08, `spend ${at('spend')}`)
    assert.ok(Math.abs(at('visits')) < 0.08, `visits ${at('visits')}`)
  })
})

const cutTo = (column: Frame['columns'][number], rows: number): Frame['columns'][number] =>
  column.kind === 'number'
    ? { ...column, values: column.values.slice(0, rows), missing: column.missing.slice(0, rows) }
    : { ...column, codes: column.codes.slice(0, rows) }

describe('propensity: trees', () => {
  const { frame, target, truth } = someCustomers('trees', 6_000, 1.5)
  const rows = allRows(frame.rows)
  const [train, stop, test] = [0, 1, 2].map((k) => rows.filter((row) => row % 3 === k)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ]

  it('PR3 sees an interaction that a line cannot, and comes near the truth', () => {
    const model = fitTrees({ frame, target, rows: train, heldOut: stop })
    const y = Uint8Array.from(test, (row) => target[row] as number)
    const ours = logLoss(treeScores(model, frame, test).map(sigmoid), y)
    const best = logLoss(
      Float64Array.from(test, (row) => truth[row] as number),
      y,
    )
    const design = encode(fitEncoder(frame, train), frame)
    const { weights } = fitLinear({ design, rows: train, target, loss: 'logistic', l2: 1 })
    const line = linearScores(design, weights)
    const linear = logLoss(
      Float64Array.from(test, (row) => sigmoid(line[row] as number)),
      y,
    )
    assert.ok(ours < linear - 0.03, `trees ${ours}, line ${linear}`)
    assert.ok(ours < best + 0.04, `trees ${ours}, truth ${best}`)
  })

  it('PR4 stops at the number of trees that was best on the rows held out', () => {
    const model = fitTrees({ frame, target, rows: train, heldOut: stop, options: { learningRate: 0.3 } })
    const y = Uint8Array.from(stop, (row) => target[row] as number)
    const lossWith = (count: number) =>
      logLoss(treeScores({ ...model, trees: model.trees.slice(0, count) }, frame, stop).map(sigmoid), y)
    const best = lossWith(model.trees.length)
    assert.ok(model.trees.length < 400)
    for (let count = 0; count < model.trees.length; count++) assert.ok(lossWith(count) >= best)
  })

  it('PR5 sends what is missing to the better side, and cuts categories into sets', () => {
    const known = Array.from({ length: 400 }, (_, row) => (row % 4 === 0 ? null : row % 4))
    const outcome = Uint8Array.from(known, (value) => (value === null || value === 1 ? 1 : 0))
    const holed = { rows: 400, columns: [numbers('x', known)] }
    const options = { treesMax: 60, leafRowsMin: 5 }
    const model = fitTrees({ frame: holed, target: outcome, rows: allRows(400), options })
    assert.equal(auc(treeScores(model, holed, allRows(400)), outcome), 1)
    const texts = Array.from({ length: 400 }, (_, row) => `level ${row % 8}`)
    const mixed = frameOfText([{ name: 'c', cells: texts }]).frame
    const odd = Uint8Array.from(texts, (_, row) => ([1, 4, 6].includes(row % 8) ? 1 : 0))
    const once = fitTrees({
      frame: mixed,
      target: odd,
      rows: allRows(400),
      options: { ...options, treesMax: 1, leavesMax: 2 },
    })
    assert.equal(auc(treeScores(once, mixed, allRows(400)), odd), 1, 'one cut is enough')
  })
})

describe('propensity: every learner', () => {
  it('PR6 gives the same bytes again, in any order of columns, and leaves what it was given alone', () => {
    const input = inputOf('same', 1_500, 1)
    const before = structuredClone(input)
    const first = fitPropensity(input)
    assert.deepEqual(input, before)
    const second = fitPropensity({ ...input, frame: turned(input.frame) })
    assert.equal(JSON.stringify(first), JSON.stringify(second))
  })

  it('PR7 refuses NaN and infinity, outcomes that are not 0 and 1, and too few rows', () => {
    const input = inputOf('refuse', 600)
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const frame = {
        rows: 600,
        columns: [
          numbers(
            'x',
            Array.from({ length: 600 }, (_, i) => (i === 7 ? bad : i)),
          ),
        ],
      }
      assert.throws(
        () => fitPropensity({ ...input, frame }),
        (error) => isFailure(error, 'frame.not_finite'),
      )
    }
    assert.throws(
      () => fitPropensity({ ...input, target: new Uint8Array(600) }),
      (error) => isFailure(error, 'frame.target'),
    )
    assert.throws(
      () => fitPropensity(inputOf('few', 60)),
      (error) => isFailure(error, 'propensity.too_few'),
    )
  })

  it('PR8 goes on when columns vanish, appear or bring new values', () => {
    const input = inputOf('vanish', 1_500, 1)
    const { model } = fitPropensity(input)
    const known = predictPropensity(model, input.frame)
    const more = {
      rows: 1_500,
      columns: [
        ...input.frame.columns,
        numbers(
          'new',
          Array.from(known, () => 1),
        ),
      ],
    }
    assert.deepEqual(predictPropensity(model, more), known)
    const fewer = { rows: 1_500, columns: input.frame.columns.slice(1) }
    assert.ok(predictPropensity(model, fewer).every((p) => p > 0 && p < 1))
    const strange = frameOfText([{ name: 'plan', cells: ['never seen', 'month'] }]).frame
    assert.ok(predictPropensity(model, strange).every((p) => p > 0 && p < 1))
  })

  it('PR9 keeps and restores without a difference, and notices a change', () => {
    const input = inputOf('keep', 1_500, 1)
    const { model } = fitPropensity(input)
    const kept = JSON.parse(JSON.stringify(dumpPropensity(model))) as ReturnType<typeof dumpPropensity>
    assert.deepEqual(
      predictPropensity(restorePropensity(kept), input.frame),
      predictPropensity(model, input.frame),
    )
    const changed = { propensity: { ...(kept['propensity'] as object), version: 'logistic-0' } }
    assert.throws(
      () => restorePropensity(changed),
      (error) => isFailure(error, 'propensity.dump'),
    )
  })
})

describe('propensity: online', () => {
  it('PR10 comes near the chance that was drawn with, and is the same after dump and restore', () => {
    const { frame, target, truth } = someCustomers('online', 6_000)
    const features = (row: number) =>
      frame.columns.flatMap((column): readonly (readonly [string, number])[] =>
        column.kind === 'number'
          ? [[column.name, column.values[row] as number]]
          : [[`plan=${column.levels[column.codes[row] as number] ?? ''}`, 1]],
      )
    let model = createOnline({ bucketBits: 14 })
    for (let row = 0; row < 5_000; row++) {
      if (row === 2_500) model = restoreOnline(dumpOnline(model))
      learnOnline(
        model,
        row % 2 === 0 ? features(row) : features(row).toReversed(),
        target[row] === 1 ? 1 : 0,
      )
    }
    const straight = createOnline({ bucketBits: 14 })
    for (let row = 0; row < 5_000; row++) learnOnline(straight, features(row), target[row] === 1 ? 1 : 0)
    assert.deepEqual(dumpOnline(model), dumpOnline(straight))
    const test = Array.from({ length: 1_000 }, (_, i) => 5_000 + i)
    const off = test.reduce(
      (sum, row) => sum + Math.abs(predictOnline(model, features(row)) - (truth[row] as number)),
      0,
    )
    assert.ok(off / 1_000 < 0.06, `mean error ${off / 1_000}`)
    assert.throws(
      () => learnOnline(model, [['x', Number.NaN]], 1),
      (error) => isFailure(error, 'propensity.feature'),
    )
  })
})

describe('propensity: judged', () => {
  it('PR11 measures by their definitions', () => {
    const y = Uint8Array.of(0, 0, 1, 1)
    assert.equal(auc(Float64Array.of(0.1, 0.4, 0.35, 0.8), y), 0.75)
    assert.equal(auc(Float64Array.of(0.5, 0.5, 0.5, 0.5), y), 0.5)
    assert.equal(logLoss(Float64Array.of(0.5, 0.5, 0.5, 0.5), y), Math.log(2))
    assert.equal(ece(Float64Array.of(0, 0, 1, 1), y), 0)
    assert.equal(liftAt(Float64Array.of(0.1, 0.2, 0.8, 0.9), y, 0.5), 2)
    const said = Float64Array.from({ length: 4_000 }, (_, i) => 0.02 + (0.96 * i) / 4_000)
    const came = Uint8Array.from(said, (p, i) => ((i * 0.6180339887) % 1 < p ? 1 : 0))
    assert.ok(Math.abs(qualityOf(said, came).calibrationSlope - 1) < 0.1)
  })

  it('PR12 calibrates by a curve below 1,000 positives and by steps above, without turning the ranking', () => {
    const { truth, target } = someCustomers('calibrate', 8_000)
    const sure = truth.map((p) => p ** 3 / (p ** 3 + (1 - p) ** 3))
    for (const [rows, kind] of [
      [2_000, 'platt'],
      [8_000, 'isotonic'],
    ] as const) {
      const [p, y] = [sure.subarray(0, rows), target.subarray(0, rows)]
      const calibration = fitCalibration(p, y)
      assert.equal(calibration.kind, kind)
      const better = calibrate(calibration, p)
      assert.ok(ece(better, y) < 0.03 && ece(p, y) > 0.06)
      assert.ok(auc(better, y) > auc(p, y) - 0.002)
    }
  })

  it('PR13 promotes the challenger only when its loss on rows not seen is better beyond chance', () => {
    const straight = fitPropensity(inputOf('straight', 3_000)).card
    assert.equal(straight.promoted, false)
    assert.equal(straight.chosen, 'logistic')
    const bent = fitPropensity(inputOf('bent', 3_000, 1.5)).card
    assert.equal(bent.promoted, true)
    assert.ok(bent.challenger.quality.logLoss < bent.champion.quality.logLoss)
  })

  it('PR14 holds out the latest rows where there is a date, else by hash, and says which', () => {
    const { frame, target, time } = someCustomers('time', 1_000)
    const input = { frame, target, targetName: 'left' }
    const timed = fitPropensity({ ...input, time: { column: 'seen', times: time } })
    assert.equal(timed.card.split.how, 'time')
    const testFrom = Date.parse(timed.card.split.testFrom)
    timed.parts.forEach((part, row) => assert.equal(part === 2, (time[row] as number) >= testFrom))
    const keys = Array.from({ length: 1_000 }, (_, row) => `customer ${row % 400}`)
    const hashed = fitPropensity({ ...input, keys })
    assert.equal(hashed.card.split.how, 'hash')
    keys.forEach((key, row) => assert.equal(hashed.parts[row], hashed.parts[keys.indexOf(key)]))
  })

  it('PR15 flags a column that knows too much, and does not learn from it unless told to', () => {
    const { frame, target, time } = someCustomers('leak', 2_000)
    const left = (name: string, of: (y: number, row: number) => number | null) =>
      numbers(name, Array.from(target, of))
    const audited = {
      rows: 2_000,
      columns: [
        ...frame.columns,
        left('days_inactive', (y, row) => y * 100 + (row % 50)),
        left('win_back_call', (y, row) => (y === 1 && row % 10 === 0 ? 1 : 0)),
        left('CancelReason', (_, row) => row % 7),
      ],
    }
    const closedAt = Float64Array.from(time, (at, row) => (row % 3 === 0 ? at + 864e5 : Number.NaN))
    const dates = [{ name: 'closed_at', times: closedAt }]
    const seen = { column: 'seen', times: time }
    const leaks = findLeaks({ frame: audited, dates, target, rows: allRows(2_000), time: seen })
    assert.deepEqual(
      leaks.map(({ column, why }) => [column, why]),
      [
        ['days_inactive', 'alone'],
        ['win_back_call', 'decides'],
        ['CancelReason', 'name'],
        ['closed_at', 'time'],
      ],
    )
    const input = { frame: audited, target, targetName: 'left' }
    const careful = fitPropensity(input).card
    assert.ok(!careful.columns.includes('days_inactive') && careful.champion.quality.auc < 0.9)
    assert.ok(fitPropensity({ ...input, keep: ['days_inactive'] }).card.champion.quality.auc > 0.97)
  })

  it('PR16 flags columns whose distribution moved, and not those that did not', () => {
    const { frame } = someCustomers('drift', 2_000)
    const moved = numbers(
      'moved',
      Array.from({ length: 2_000 }, (_, row) => (row % 100) + (row < 1_000 ? 0 : 40)),
    )
    const rows = allRows(2_000)
    const drift = findDrift(
      { rows: 2_000, columns: [...frame.columns, moved] },
      rows.slice(0, 1_000),
      rows.slice(1_000),
    )
    assert.deepEqual(
      drift.map(({ column }) => column),
      ['moved'],
    )
  })

  it('PR17 fits in a worker to the same model, and brings its failures across', async () => {
    const input = inputOf('worker', 1_000)
    assert.deepEqual(await fitInWorker(input), fitPropensity(input))
    await assert.rejects(fitInWorker(inputOf('small', 60)), (error) => isFailure(error, 'propensity.too_few'))
  })

  it('PR18 writes a card in both languages', () => {
    const { card } = fitPropensity(inputOf('card', 1_000))
    assert.match(renderCard(card, 'en'), /Held out by hash[\s\S]*log-loss[\s\S]*Kept/)
    assert.match(renderCard(card, 'ru'), /Паспорт модели[\s\S]*Отложены по хешу/)
    assert.deepEqual(JSON.parse(JSON.stringify(card)), card)
  })

  it('PR19 has trees beat what is learnt row by row where told to: the oldest rows first, calibrated, and named so', () => {
    const { frame, target, time } = someCustomers('row by row', 4_000)
    // The newest rows stand first. Of old, who leaves now stayed: a line through all rows cannot know which holds.
    const times = { column: 'seen', times: time.map((at) => 4_000 * 3_600_000 - at) }
    const turning = target.map((y, row) => (row > 2_800 ? 1 - y : y))
    const input: FitInput = { frame, target: turning, targetName: 'left', time: times }
    const { model, card } = fitPropensity({ ...input, options: { champion: 'online' } })
    const line = fitPropensity(input).card
    assert.deepEqual([card.champion.kind, card.challenger.kind], ['online', 'trees'])
    assert.match(card.champion.version, /^online-/)
    assert.equal(card.champion.calibration, 'platt')
    const gain = line.champion.quality.logLoss - card.champion.quality.logLoss
    assert.ok(gain > 0.05, `the newest rows are to count for more: ${gain}`)
    const straight: FitInput = { frame, target, targetName: 'left', options: { champion: 'online' } }
    const kept = fitPropensity(straight)
    assert.equal(kept.card.chosen, 'online')
    assert.ok(kept.card.champion.quality.ece < 0.06)
    const best = fitPropensity({ ...straight, options: {} }).card.champion.quality
    assert.ok(kept.card.champion.quality.logLoss < best.logLoss + 0.01)
    assert.deepEqual(fitPropensity({ ...straight, frame: turned(frame) }).model, kept.model)
    assert.deepEqual(restorePropensity(dumpPropensity(model)), model)
    assert.match(renderCard(kept.card, 'en'), /row by row \(champion\)[\s\S]*Kept: the champion/)
    assert.match(renderCard(kept.card, 'ru'), /строка за строкой \(чемпион\)[\s\S]*Остаётся чемпион/)
  })
})

describe('propensity: published figures', () => {
  const data =
    process.env['WINDVANE_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))
  const path = join(data, 'telco', 'Telco-Customer-Churn.csv')
  const skip = existsSync(path) ? false : 'Telco is not here (set WINDVANE_DATA)'

  it('PR2 reproduces the AUC of logistic regression on Telco, five folds', { skip }, () => {
    const lines = readFileSync(path, 'utf8')
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','))
    const [head = [], ...rows] = lines
    const columns = head.map((name, c) => ({ name, cells: rows.map((row) => row[c] ?? '') }))
    const target = Uint8Array.from(columns.at(-1)?.cells ?? [], (cell) => (cell === 'Yes' ? 1 : 0))
    const { frame } = frameOfText(columns.slice(0, -1))
    const aucs = [0, 1, 2, 3, 4].map((k) => {
      const train = allRows(frame.rows).filter((row) => row % 5 !== k)
      const test = allRows(frame.rows).filter((row) => row % 5 === k)
      const design = encode(fitEncoder(frame, train), frame)
      const { weights } = fitLinear({ design, rows: train, target, loss: 'logistic', l2: 1 })
      const scores = linearScores(design, weights)
      return auc(
        Float64Array.from(test, (row) => scores[row] as number),
        Uint8Array.from(test, (row) => target[row] as number),
      )
    })
    const mean = aucs.reduce((sum, x) => sum + x, 0) / 5
    assert.ok(Math.abs(mean - 0.845) <= 0.005, `AUC ${mean}`)
  })
})
