// Recommendation on the public Epinions trust data beside figures recomputed with independent code, at random and by
// time, and how long an answer takes with 5,000 items.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { createRng } from '../../src/kernel/rng.ts'
import {
  learnEase,
  learnItemKnn,
  learnRp3,
  popularity,
  rankingScore,
  recommendFor,
  scoreByPeople,
  scoreHistory,
  tabulate,
  type Interactions,
  type InteractionRow,
  type ItemWeights,
  type Recommender,
  type Scorer,
} from '../../src/model/index.ts'
import { dataFile, printVerdicts, type Verdict } from './peer.ts'

type Raw = readonly (readonly number[])[]
const load = (file: string): Raw =>
  gunzipSync(readFileSync(file))
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split('\t').map(Number))

/** Ids to numbers, the same for both parts. */
const numberer = () => {
  const known = new Map<number, number>()
  return {
    of: (id: number): number => {
      const number = known.get(id) ?? known.size
      known.set(id, number)
      return number
    },
    size: () => known.size,
  }
}

const read = (trainFile: string, testFile: string) => {
  const [users, items] = [numberer(), numberer()]
  const rows = (raw: Raw): InteractionRow[] =>
    raw.map(([user = 0, item = 0, , period = 0]) => ({
      user: users.of(user),
      item: items.of(item),
      at: period,
    }))
  const [train, test] = [rows(load(trainFile)), rows(load(testFile))]
  return { train, test, shape: { userCount: users.size(), itemCount: items.size() } }
}

const byWeights =
  (weights: ItemWeights): Scorer =>
  (_user, history, scores) =>
    scoreHistory(weights, history, scores)

type Contest = {
  readonly train: Interactions
  readonly test: Interactions
  readonly easePenalty: number
}

/** nDCG and recall at 10 of each model, one after the other. */
const contest = function* ({ train, test, easePenalty }: Contest) {
  const popular = popularity(train)
  yield {
    name: 'popularity',
    run: () => rankingScore(train, test, (_user, _history, scores) => scores.set(popular)),
  }
  yield {
    name: 'item-kNN 137',
    run: () => rankingScore(train, test, byWeights(learnItemKnn(train, { neighbours: 137, shrinkage: 0 }))),
  }
  yield {
    name: 'user-kNN 139',
    run: () =>
      rankingScore(train, test, (_user, history, scores) =>
        scoreByPeople(train, history, scores, { neighbours: 139 }),
      ),
  }
  yield {
    name: 'RP3beta',
    run: () => rankingScore(train, test, byWeights(learnRp3(train, { neighbours: 500 }))),
  }
  yield {
    name: 'EASE',
    run: () =>
      rankingScore(train, test, byWeights(learnEase(train, { penalty: easePenalty, perItem: 1_000 }))),
  }
}

const KNOWN: Readonly<Record<string, readonly [number, number]>> = {
  popularity: [0.0449, 0.0363],
  'item-kNN 137': [0.1357, 0.1308],
  'user-kNN 139': [0.1496, 0.1419],
  RP3beta: [0.1561, 0.1566],
  EASE: [0.1582, 0.1488],
}
/** Ties are broken otherwise, and RP3beta's published settings are not known: at or above counts. */
const WITHIN = 0.002

const random = (trainFile: string, testFile: string): Verdict[] => {
  const { train, test, shape } = read(trainFile, testFile)
  const verdicts: Verdict[] = []
  for (const { name, run } of contest({
    train: tabulate(train, shape),
    test: tabulate(test, shape),
    easePenalty: 238.56,
  })) {
    const started = performance.now()
    const { ndcg, recall } = run()
    const [knownNdcg = 0, knownRecall = 0] = KNOWN[name] ?? []
    verdicts.push({
      what: `${name}, nDCG@10 / recall@10 (${((performance.now() - started) / 1_000).toFixed(0)} s)`,
      ours: `${ndcg.toFixed(4)} / ${recall.toFixed(4)}`,
      known: `${knownNdcg} / ${knownRecall}`,
      peer: '',
      ok: ndcg >= knownNdcg - WITHIN && recall >= knownRecall - WITHIN,
    })
  }
  return verdicts
}

/** All rows of both parts, the last periods held out: the trust of a period is judged by those before it. */
const temporal = (trainFile: string, testFile: string): Verdict[] => {
  const { train, test, shape } = read(trainFile, testFile)
  const all = [...train, ...test]
  const last = Math.max(...all.map(({ at }) => at))
  // Periods are numbered from the first; the cut leaves a fifth or less.
  const counts = Array.from({ length: last + 1 }, (_period, at) => all.filter((row) => row.at === at).length)
  let [cut, held] = [last, counts[last] ?? 0]
  while (cut > 1 && held + (counts[cut - 1] ?? 0) <= all.length / 5) held += counts[--cut] ?? 0
  const known = new Set(all.filter(({ at }) => at < cut).map(({ user }) => user))
  const before = tabulate(
    all.filter(({ at }) => at < cut),
    shape,
  )
  const after = tabulate(
    all.filter(({ at, user }) => at >= cut && known.has(user)),
    shape,
  )
  const verdicts: Verdict[] = []
  for (const { name, run } of contest({ train: before, test: after, easePenalty: 238.56 })) {
    const { ndcg, recall, people } = run()
    verdicts.push({
      what: `${name}, by time (${people} people)`,
      ours: `${ndcg.toFixed(4)} / ${recall.toFixed(4)}`,
      known: 'about half of random',
      peer: '',
      ok: null,
    })
  }
  return verdicts
}

/** Answers for people with 20 items, out of 5,000 items with 50 weights each. */
const speed = (): Verdict[] => {
  const rng = createRng('speed')
  const count = 5_000
  const per = 50
  const recommender: Recommender = {
    card: { kind: 'ease', backtest: [], split: 'time', people: 0, items: count, rows: 0, fallback: null },
    items: Array.from({ length: count }, (_item, i) => `sku-${i}`),
    popularity: Array.from({ length: count }, (_item, i) => 1 / (i + 1)),
    weights: {
      itemCount: count,
      start: Int32Array.from({ length: count + 1 }, (_row, i) => i * per),
      targets: Int32Array.from({ length: count * per }, () => rng.below(count)),
      weights: Float32Array.from({ length: count * per }, () => rng.uniform()),
    },
  }
  const times = Array.from({ length: 5_000 }, () => {
    const history = Array.from({ length: 20 }, () => `sku-${rng.below(count)}`)
    const started = performance.now()
    recommendFor(recommender, { history, except: new Set(history), count: 10 })
    return performance.now() - started
  }).toSorted((left, right) => left - right)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
  return [
    {
      what: 'answer with 5,000 items, p50 / p99 ms',
      ours: `${at(0.5).toFixed(2)} / ${at(0.99).toFixed(2)}`,
      known: 'under 5 at p99',
      peer: '',
      ok: at(0.99) < 5,
    },
  ]
}

const [trainFile, testFile] = ['fold0_train.tsv.gz', 'fold0_test.tsv.gz'].map((name) =>
  dataFile('epinions', name),
)
printVerdicts('Speed', speed())
if (typeof trainFile === 'string' && typeof testFile === 'string') {
  printVerdicts('Epinions, split at random', random(trainFile, testFile))
  printVerdicts('Epinions, split by time', temporal(trainFile, testFile))
} else process.stdout.write('The data set epinions is not beside the project: nothing to reproduce.\n')
