// How long a whole answer of the product takes with 5,000 products: scores of all voices, what may be shown, the pool, and
// the draw with its exact propensities; beside one pass over the trained weights alone, which a bare model would need.

import { createRng } from '../../src/kernel/rng.ts'
import { createMemoryLog } from '../../src/log/index.ts'
import { createLoop, createState } from '../../src/loop.ts'
import { RECOMMEND_TRAINED, scoreHistory, trainedFact, type Recommender } from '../../src/model/index.ts'
import { recommendNow } from '../../src/stages/recommending.ts'
import { printVerdicts } from './peer.ts'

const PRODUCTS = 5_000
const PEOPLE = 300
const PER_PRODUCT = 50
const ANSWERS = 1_500
const P99_MS_MAX = 5
const NOW = Date.UTC(2026, 0, 15)

const rng = createRng('serving')
let ids = 0
const ctx = { now: () => NOW, rng, newId: () => `id${ids++}` }
const loop = createLoop({ log: createMemoryLog(), ctx, state: createState() })
const id = (product: number): string => `sku-${product}`

const products = Array.from({ length: PRODUCTS }, (_product, k) => ({
  id: id(k),
  name: `Product ${k}`,
  category: `shelf-${k % 20}`,
  price: 10,
  url: '',
  image: '',
  stock: k % 10 === 0 ? 0 : 5,
  margin: null,
  launchedAt: k % 50 === 0 ? NOW - 1_000 : 1,
}))
const listed = { source: 'bench', products }
await loop.record([
  { id: 'list', type: 'catalogue.products_listed.v1', key: '', at: NOW - 1_000, data: listed },
])
for (let person = 0; person < PEOPLE; person++) {
  const batch = Array.from({ length: 24 }, (_view, k) => ({
    type: 'track',
    userId: `u${person}`,
    event: 'Product Viewed',
    timestamp: new Date(NOW - (24 - k) * 60_000).toISOString(),
    properties: { product_id: id(rng.below(PRODUCTS)) },
  }))
  const value = { batch }
  const body = { text: JSON.stringify(value), value, bytes: 5_000 }
  await loop.receive({ endpoint: 'batch', body, source: 'bench', strict: false })
}
const trained: Recommender = {
  card: { kind: 'ease', backtest: [], split: 'time', people: 0, items: PRODUCTS, rows: 0, fallback: null },
  items: products.map((product) => product.id),
  popularity: [],
  weights: {
    itemCount: PRODUCTS,
    start: Int32Array.from({ length: PRODUCTS + 1 }, (_row, i) => i * PER_PRODUCT),
    targets: Int32Array.from({ length: PRODUCTS * PER_PRODUCT }, () => rng.below(PRODUCTS)),
    weights: Float32Array.from({ length: PRODUCTS * PER_PRODUCT }, () => rng.uniform()),
  },
}
const fact = trainedFact(trained, 0)
await loop.record([{ id: 'train', type: RECOMMEND_TRAINED, key: '', at: NOW, data: fact }])

/** Of its own thread, ms: what other programs on the machine take is not the answer's. */
const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
type Times = { readonly cpu: readonly [number, number]; readonly wall: readonly [number, number] }

/** At p50 and p99 of many runs. */
const timed = (run: (k: number) => void): Times => {
  const taken = Array.from({ length: ANSWERS }, (_answer, k) => {
    const [cpu, wall] = [cpuMs(), performance.now()]
    run(k)
    return [cpuMs() - cpu, performance.now() - wall] as const
  }).slice(ANSWERS / 10)
  const at = (which: 0 | 1): readonly [number, number] => {
    const times = taken.map((one) => one[which]).toSorted((left, right) => left - right)
    return [times[times.length >> 1] ?? 0, times[Math.floor(times.length * 0.99)] ?? 0]
  }
  return { cpu: at(0), wall: at(1) }
}

const whole = timed((k) => {
  recommendNow(loop.state, {
    recommendationId: `r${k}`,
    ref: k % PEOPLE,
    placement: 'home',
    page: '',
    productId: k % 3 === 0 ? id(k % PRODUCTS) : '',
    cart: [],
    slots: 8,
    filter: {},
    now: NOW,
  })
})
const bare = timed(() => {
  const history = Array.from({ length: 24 }, () => rng.below(PRODUCTS))
  if (trained.weights !== null) scoreHistory(trained.weights, history, new Float64Array(PRODUCTS))
})
const show = ([half, tail]: readonly [number, number]): string => `${half.toFixed(3)} / ${tail.toFixed(3)}`
printVerdicts('A list of 8 of 5,000 products, drawn with propensities, p50 / p99 ms', [
  {
    what: 'time of its own thread',
    ours: show(whole.cpu),
    known: `under ${P99_MS_MAX} at p99`,
    peer: `bare weights ${show(bare.cpu)}`,
    ok: whole.cpu[1] < P99_MS_MAX,
  },
  {
    what: 'by the clock, whatever else runs',
    ours: show(whole.wall),
    known: '',
    peer: `bare weights ${show(bare.wall)}`,
    ok: null,
  },
])
loop.close()
