// Uplift on Hillstrom's e-mail experiment: the published split, ten random splits, and the decision for
// each e-mail. `node bench/learning/uplift.ts`

import { readFileSync } from 'node:fs'
import { readTable } from '../../src/connect/index.ts'
import { assert } from '../../src/kernel/assert.ts'
import { createRng } from '../../src/kernel/rng.ts'
import { assessUplift } from '../../src/model/uplift/assess.ts'
import { qini, summariseCurve } from '../../src/model/uplift/curve.ts'
import { fitDrLearner, fitTLearner, predictUplift, type Trial } from '../../src/model/uplift/learners.ts'
import { allRows, frameOfText } from '../../src/model/propensity/frame.ts'
import { dataFile, printVerdicts, type Verdict } from './peer.ts'

const SPLITS = 10
const PUBLISHED = 0.0661
const TOLERANCE = 0.009

type FileTrial = Trial & { /** Row of the file, from 0, of each row here. */ readonly fileRows: Int32Array }

/** The e-mail against none, in the order of the file; what came after the e-mail is not among the columns. */
const trialOf = async (path: string, arm: string): Promise<FileTrial> => {
  const table = await readTable(path)
  const cells = (name: string) => table.columns.find((column) => column.name === name)?.cells ?? []
  const rows = cells('segment').flatMap((segment, row) =>
    segment.startsWith(arm) || segment.startsWith('No') ? [row] : [],
  )
  const pick = (from: readonly string[]) => rows.map((row) => from[row] ?? '')
  const before = table.columns.filter(
    ({ name }) => !['segment', 'visit', 'conversion', 'spend'].includes(name),
  )
  const treated = Uint8Array.from(pick(cells('segment')), (segment) => (segment.startsWith('No') ? 0 : 1))
  return {
    frame: frameOfText(before.map((column) => ({ name: column.name, cells: pick(column.cells) }))).frame,
    treated,
    outcome: Float64Array.from(pick(cells('visit')), Number),
    propensity: treated.reduce((sum, t) => sum + t, 0) / treated.length,
    fileRows: Int32Array.from(rows),
  }
}

const judge = (trial: Trial, test: Int32Array, scores: Float64Array) => ({
  scores: Float64Array.from(test, (row) => scores[row] as number),
  treated: Uint8Array.from(test, (row) => trial.treated[row] as number),
  outcome: Float64Array.from(test, (row) => trial.outcome[row] as number),
})

/** The list names rows of the whole file, all of them of the women's e-mail or of no e-mail. */
const publishedSplit = (trial: FileTrial, path: string): readonly Verdict[] => {
  const held = new Set(readFileSync(path, 'utf8').trim().split(/\s+/).map(Number))
  const isHeld = (row: number): boolean => held.has(trial.fileRows[row] as number)
  const test = allRows(trial.frame.rows).filter(isHeld)
  const train = allRows(trial.frame.rows).filter((row) => !isHeld(row))
  assert(test.length === held.size, 'each row of the list is of one of the two arms')
  return (['t', 'dr'] as const).map((kind) => {
    const fit = kind === 't' ? fitTLearner : fitDrLearner
    const ranked = judge(trial, test, predictUplift(fit(trial, train), trial.frame))
    const at = summariseCurve(ranked, { shares: [0.3] }).upliftAt[0]
    return {
      what: `women's e-mail, published split, uplift@30 %, ${kind === 't' ? 'T-learner' : 'DR-learner'}`,
      ours: `${at?.value.toFixed(4)} [${at?.low.toFixed(4)}, ${at?.high.toFixed(4)}]`,
      known: kind === 't' ? '.0661 published; .0657 T-LR' : '.0661 published',
      peer: '',
      ok: Math.abs((at?.value ?? 0) - PUBLISHED) <= TOLERANCE,
    }
  })
}

const randomSplits = (trial: Trial, arm: string, known: string): Verdict => {
  const found = { t: 0, dr: 0, chance: 0 }
  for (let split = 0; split < SPLITS; split++) {
    const rng = createRng(`split ${split}`)
    const side = Uint8Array.from({ length: trial.frame.rows }, () => rng.below(2))
    const train = allRows(trial.frame.rows).filter((row) => side[row] === 0)
    const test = allRows(trial.frame.rows).filter((row) => side[row] === 1)
    found.t += qini(judge(trial, test, predictUplift(fitTLearner(trial, train), trial.frame))) / SPLITS
    found.dr += qini(judge(trial, test, predictUplift(fitDrLearner(trial, train), trial.frame))) / SPLITS
    const chance = Float64Array.from({ length: trial.frame.rows }, () => rng.uniform())
    found.chance += qini(judge(trial, test, chance)) / SPLITS
  }
  return {
    what: `${arm} e-mail, ${SPLITS} splits, Qini: T / DR / random`,
    ours: `${found.t.toFixed(4)} / ${found.dr.toFixed(4)} / ${found.chance.toFixed(4)}`,
    known,
    peer: '',
    ok: arm === "women's" ? Math.min(found.t, found.dr) > 0.002 && found.t > found.chance : null,
  }
}

const decision = (trial: Trial, arm: string, wanted: string): Verdict => {
  const { assessment } = assessUplift(trial)
  const { value, low, high } = assessment.dr.qini
  return {
    what: `${arm} e-mail, whom to send it to (Qini, median of halvings)`,
    ours: `${assessment.targeting.decision} (${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}])`,
    known: wanted,
    peer: '',
    ok: assessment.targeting.decision === wanted,
  }
}

const data = dataFile('hillstrom', 'hillstrom_data.csv.gz')
const split = dataFile('hillstrom', 'val_rows_rs42_womens_vs_control.txt')
if (data === null || split === null)
  process.stdout.write('Hillstrom is not here (set WINDVANE_DATA): nothing was measured.\n')
else {
  const women = await trialOf(data, 'Womens')
  const men = await trialOf(data, 'Mens')
  printVerdicts('Uplift', [
    ...publishedSplit(women, split),
    randomSplits(women, "women's", '.0037 / .0036 / .0004'),
    randomSplits(men, "men's", '.0006 / .0006 / -.0001'),
    decision(women, "women's", 'individual'),
    decision(men, "men's", 'all'),
  ])
}
