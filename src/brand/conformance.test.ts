// Rules LN1 to LN7 of the model slice for the learners of this one, in the same suite.

import { learnerConformance } from '../model/testing/learner-conformance.ts'
import type { Dump } from '../log/dump.ts'
import { createRng } from '../kernel/rng.ts'
import type { Heard } from './spike/heard.ts'
import {
  createSpikes,
  dumpSpikes,
  foldHeard,
  judgeSpikes,
  restoreSpikes,
  type Spikes,
} from './spike/spikes.ts'
import { fitLinearText, scoreLinearText, type LinearText, type TextExample } from './tone/linear-text.ts'

const BITS = 8

const texts = (seed: string, many: number): readonly TextExample[] => {
  const rng = createRng(`text:${seed}`)
  return Array.from({ length: 120 * many }, () => {
    const first = rng.below(2 ** BITS)
    const at = Int32Array.of(first, (first + 1 + rng.below(200)) % 2 ** BITS, 7)
    return {
      row: { at, value: Float32Array.of(0.5, 0.5, rng.uniform()) },
      labels: Uint8Array.of(first % 2 === (rng.below(10) === 0 ? 1 : 0) ? 1 : 0),
    }
  })
}

const turned = ({ row, labels }: TextExample): TextExample => ({
  row: { at: row.at.toReversed(), value: row.value.toReversed() },
  labels,
})

learnerConformance<readonly TextExample[], LinearText>({
  name: 'brand tone',
  dataOf: texts,
  learn: (examples) =>
    fitLinearText(examples, { bits: BITS, heads: 1, l2: 1, evenness: 0.5, balance: 0.5, iterationsMax: 40 }),
  answer: (model, examples) =>
    examples.map(({ row }) => {
      const out = new Float64Array(1)
      scoreLinearText(model, row, out)
      // Sums of floats in another order differ in their last digits.
      return Math.round((out[0] as number) * 1e6)
    }),
  reordered: (examples) => examples.map(turned),
  changed: (examples) => [
    examples.map((example) => ({ ...example, row: { at: new Int32Array(0), value: new Float32Array(0) } })),
    examples.map((example) => ({
      ...example,
      row: { at: Int32Array.of(3, 200), value: Float32Array.of(1, 1) },
    })),
  ],
  kept: { dump: (model) => model, restore: (kept: LinearText) => kept },
  memory: { bytesMax: 4 * 2 ** BITS + 200, many: 5 },
  broken: (examples) =>
    [Number.NaN, Infinity, -Infinity].map((bad) => [
      `a feature of ${bad}`,
      examples.map((example, i) =>
        i === 3
          ? { ...example, row: { at: Int32Array.of(1), value: [bad] as unknown as Float32Array } }
          : example,
      ),
    ]),
})

const stream = (seed: string, many: number): readonly Heard[] => {
  const rng = createRng(`stream:${seed}`)
  let at = 18_000 * 86_400_000
  return Array.from({ length: 900 * many }, (_, i) => {
    at += Math.floor(rng.uniform() * 1_200_000)
    return {
      id: `m${i}`,
      at,
      subject: many > 1 ? `s${rng.below(3_000)}` : 'shop',
      author: `a${rng.below(500)}`,
      voice: i,
      isEcho: rng.below(5) === 0,
      isRepost: false,
      score: rng.uniform() - 0.5,
      risks: [],
      text: `слово${rng.below(50)} и ещё слово${rng.below(50)}`,
    }
  })
}

const hear = (spikes: Spikes, heard: readonly Heard[]): void => {
  for (const mention of heard) foldHeard(spikes, mention)
}

learnerConformance<readonly Heard[], Spikes>({
  name: 'brand spikes',
  dataOf: stream,
  learn: (heard) => {
    const spikes = createSpikes()
    hear(spikes, heard)
    return spikes
  },
  answer: (spikes, heard) => [
    judgeSpikes(spikes, heard.at(-1)?.at ?? 0),
    [...(spikes.subjects.get('shop')?.usual ?? [])],
  ],
  reordered: { doesNotApply: 'A stream is learnt in the order of its time; there are no columns to turn.' },
  changed: (heard) => [heard.slice(0, 10), [...heard, ...heard.map((one) => ({ ...one, subject: 'new' }))]],
  kept: { dump: dumpSpikes, restore: (kept: Dump) => restoreSpikes(kept), learnOn: hear },
  memory: { bytesMax: 500 * (4 * 8 * (288 + 168) + 200 * 900) + 1_000_000, many: 8 },
  broken: (heard) =>
    [Number.NaN, Infinity, -Infinity].map((bad) => [
      `a tone of ${bad}`,
      heard.map((one, i) => (i === 5 ? { ...one, score: bad } : one)),
    ]),
})
