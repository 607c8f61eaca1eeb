// Recommendation on the public Epinions trust data beside figures recomputed with independent code, at random and by
// time, and how long an answer takes with 5,000 items.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { createRng } from '../../src/kernel/rng.ts'
import {
  createWeightTable,
  learnItemKnn,
  learnRp3,
  popularity,
  rankingScore,
  recommendFor,
  scoreByPeople,
  scoreHistory,
  tabulate,
  visitEase,
  type Interactions,
  type InteractionRow,
  type ItemWeights,
  type Recommender,
  type Scorer,
} from '../../src/model/index.ts'
import { answerTimes, showTimes } from './answer-times.ts'
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
  const ease = easeOnce(train, easePenalty)
  yield { name: 'EASE', run: () => rankingScore(train, test, ease().all) }
  for (const [k, kept] of KEPT.entries())
    yield { name: cutName(kept), run: () => rankingScore(train, test, ease().cut[k] ?? ease().all) }
}

/** Strongest weights of each item: what the product keeps of up to 2,600 items, of 5,000, and a third of that. */
const KEPT = [300, 160, 50] as const
const cutName = (kept: number): string => `EASE, ${kept} weights an item`

/** Solved at the first call: with all weights, and with the strongest of each item. */
const easeOnce = (train: Interactions, penalty: number) => {
  const size = train.itemCount
  let solved: { readonly all: Scorer; readonly cut: readonly Scorer[] } | null = null
  return () => {
    if (solved !== null) return solved
    const dense = new Float32Array(size * size)
    const strongest = KEPT.map((kept) => createWeightTable(size, kept))
    visitEase(train, { penalty }, (target, sources, weights) => {
      for (let k = 0; k < sources.length; k++) {
        const [source, weight] = [sources[k] ?? 0, weights[k] ?? 0]
        dense[source * size + target] = weight
        for (const table of strongest) table.add(source, target, weight)
      }
    })
    const all: Scorer = (_user, history, scores) => {
      for (const item of history) {
        const row = dense.subarray(item * size, (item + 1) * size)
        for (let k = 0; k < size; k++) scores[k] = (scores[k] as number) + (row[k] as number)
      }
    }
    solved = { all, cut: strongest.map((table) => byWeights(table.finish())) }
    return solved
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
    const cut = !(name in KNOWN)
    verdicts.push({
      what: `${name}, nDCG@10 / recall@10 (${((performance.now() - started) / 1_000).toFixed(0)} s)`,
      ours: `${ndcg.toFixed(4)} / ${recall.toFixed(4)}`,
      known: cut ? 'what cutting costs' : `${knownNdcg} / ${knownRecall}`,
      peer: '',
      ok: cut ? null : ndcg >= knownNdcg - WITHIN && recall >= knownRecall - WITHIN,
    })
  }
  return verdicts
}

/** All rows of both parts, the last periods held out: the trust of a period is judged by those before it. */
const temporal = (trainFile: string, testFile: string): Verdict[] => {
  const { train, test, shape } = read(trainFile, testFile)
  const all = [...train, ...test]
  const last = all.reduce((latest, { at }) => Math.max(latest, at), 0)
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
  let popular = { ndcg: 0, recall: 0 }
  for (const { name, run } of contest({ train: before, test: after, easePenalty: 238.56 })) {
    const { ndcg, recall, people } = run()
    if (name === 'popularity') popular = { ndcg, recall }
    // No figure is published for this split: what is learnt must at least beat what everybody likes.
    const judged = name !== 'popularity' && name in KNOWN
    verdicts.push({
      what: `${name}, by time (${people} people)`,
      ours: `${ndcg.toFixed(4)} / ${recall.toFixed(4)}`,
      known: judged ? `above popularity's ${popular.ndcg.toFixed(4)} / ${popular.recall.toFixed(4)}` : '',
      peer: '',
      ok: judged ? ndcg > popular.ndcg && recall > popular.recall : null,
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
  const histories = Array.from({ length: 5_000 }, () => Array.from({ length: 20 }, () => rng.below(count)))
  const ours = answerTimes(histories.length, (k) => {
    const history = (histories[k] ?? []).map((item) => `sku-${item}`)
    recommendFor(recommender, { history, except: new Set(history), count: 10 })
  })
  const full = Array.from({ length: count }, () => Float32Array.from({ length: count }, () => rng.uniform()))
  const plain = answerTimes(500, (k) => {
    const items = histories[k] ?? []
    const scores = new Float64Array(count)
    for (const item of items) {
      const row = full[item] ?? new Float32Array(0)
      for (let target = 0; target < count; target++)
        scores[target] = (scores[target] ?? 0) + (row[target] ?? 0)
    }
    const had = new Set(items)
    Array.from(scores, (score, item) => ({ item, score }))
      .filter(({ item }) => !had.has(item))
      .toSorted((left, right) => right.score - left.score)
      .slice(0, 10)
  })
  return (['least', 'clock'] as const).map((way) => ({
    what: `answer with 5,000 items, p50 / p99 / p99.9 ms, ${way === 'least' ? 'least of three' : 'by the clock'}`,
    ours: showTimes(ours[way]),
    known: way === 'least' ? 'under 2.5 at p99' : '',
    peer: `all weights, all sorted: ${showTimes(plain[way])}`,
    ok: way === 'least' ? ours.least(0.99) < 2.5 : null,
  }))
}

const [trainFile, testFile] = ['fold0_train.tsv.gz', 'fold0_test.tsv.gz'].map((name) =>
  dataFile('epinions', name),
)
printVerdicts('Speed', speed())
if (typeof trainFile === 'string' && typeof testFile === 'string') {
  printVerdicts('Epinions, split at random', random(trainFile, testFile))
  printVerdicts('Epinions, split by time', temporal(trainFile, testFile))
} else process.stdout.write('The data set epinions is not beside the project: nothing to reproduce.\n')
