// Has the world changed under the model? Watched is whether what it expects of actions still goes with what comes. A model
// true to the world errs as often up as down whatever it expected; one that the world has left errs down where it
// expected much and up where it expected little.
//
// Per example: x = (expected effect of the action, standardised) · (residual, standardised), cut. Page's one-sided test on x against
// its own mean so far, at most 0: g ← max(0, g + (mean − x)/deviation − a), a change when g passes h; for large, middling and small falls
// at once. (Page 1954; as a score test of the calibration slope it needs no second model.)

/**
 * a: deviations per example that x may fall without being a change; h: such that with independent errors and no change each is
 * passed once in some 12 million examples, (e^(2·a·h) − 1 − 2·a·h) / (2·a²). A fall of f is found after about h / (f − a).
 */
const TESTS = [
  { allowance: 0.2, threshold: 34.4 },
  { allowance: 0.05, threshold: 110 },
  { allowance: 0.0125, threshold: 329 },
] as const
/** Examples before anything is said: a young model is still finding its feet. */
const YOUNG = 500
/** And before a test speaks: x's own mean is to be known to half of what the test lets pass. */
const SETTLED = TESTS.map(({ allowance }) => Math.max(YOUNG, (2 / allowance) ** 2))
/** In deviations: one wild reward is no change, and rare purchases are not many. */
const CUT = 3

export type ChangeWatch = {
  /** Changes found since the last reset, and product time of the last one. */
  found: number
  foundAt: number
  /** Of the expected effects: count, mean, sum of squares off it. */
  readonly effect: Moments
  /** Sum of squares of what x is before it is brought to its own scale. */
  products: number
  /** Of x. */
  readonly score: Moments
  /** Of each test: Page's sum, and examples since it was last 0. */
  readonly sums: Float64Array
  readonly since: Float64Array
}
type Moments = { n: number; mean: number; squares: number }

const createMoments = (): Moments => ({ n: 0, mean: 0, squares: 0 })

export const createChangeWatch = (): ChangeWatch => ({
  found: 0,
  foundAt: 0,
  effect: createMoments(),
  products: 0,
  score: createMoments(),
  sums: new Float64Array(TESTS.length),
  since: new Float64Array(TESTS.length),
})

/** Takes in one example. Examples since the change that was found by it, and the watch begins anew; 0 when none was. */
export const watchChange = (
  watch: ChangeWatch,
  example: {
    /** What was expected of the action, without what is expected of the person anyway; reward units. */
    readonly effect: number
    /** In standard deviations of a reward. */
    readonly residual: number
    readonly at: number
  },
): number => {
  const { effect, score, sums, since } = watch
  const spread = deviationOf(effect)
  const z = spread > 0 ? cut((example.effect - effect.mean) / spread) : 0
  observe(effect, example.effect)
  const product = z * cut(example.residual)
  watch.products += product * product
  const x = cut((product * Math.sqrt(effect.n)) / Math.max(Math.sqrt(watch.products), Number.MIN_VALUE))
  const deviation = deviationOf(score)
  if (score.n >= YOUNG && deviation > 0) {
    // A model still held back by its prior errs the other way; when that ends nothing has changed.
    const fall = (Math.min(0, score.mean) - x) / deviation
    for (const [i, { allowance }] of TESTS.entries()) {
      if (score.n < (SETTLED[i] ?? Infinity)) continue
      sums[i] = Math.max(0, (sums[i] as number) + fall - allowance)
      since[i] = sums[i] === 0 ? 0 : (since[i] as number) + 1
    }
  }
  observe(score, x)
  const passed = TESTS.findIndex(({ threshold }, i) => (sums[i] as number) >= threshold)
  if (passed < 0) return 0
  const ago = since[passed] as number
  watch.found++
  watch.foundAt = example.at
  beginAnew(watch)
  return ago
}

/** After a change, or after everything was forgotten, old means are no yardstick. */
export const beginAnew = (watch: ChangeWatch): void => {
  Object.assign(watch.effect, createMoments())
  watch.products = 0
  Object.assign(watch.score, createMoments())
  watch.sums.fill(0)
  watch.since.fill(0)
}

const FIELDS = 9

export const dumpChangeWatch = ({
  found,
  foundAt,
  effect,
  products,
  score,
  sums,
  since,
}: ChangeWatch): Float64Array =>
  Float64Array.of(
    found,
    foundAt,
    effect.n,
    effect.mean,
    effect.squares,
    score.n,
    score.mean,
    score.squares,
    products,
    ...sums,
    ...since,
  )

/** False when the dump is not one of a watch. */
export const restoreChangeWatch = (watch: ChangeWatch, dump: unknown): boolean => {
  if (!(dump instanceof Float64Array) || dump.length !== FIELDS + 2 * TESTS.length) return false
  const at = (i: number): number => dump[i] as number
  Object.assign(watch.effect, { n: at(2), mean: at(3), squares: at(4) })
  Object.assign(watch.score, { n: at(5), mean: at(6), squares: at(7) })
  Object.assign(watch, { found: at(0), foundAt: at(1), products: at(8) })
  watch.sums.set(dump.subarray(FIELDS, FIELDS + TESTS.length))
  watch.since.set(dump.subarray(FIELDS + TESTS.length))
  return true
}

const cut = (value: number): number => Math.max(-CUT, Math.min(CUT, value))

const observe = (moments: Moments, value: number): void => {
  moments.n++
  const off = value - moments.mean
  moments.mean += off / moments.n
  moments.squares += off * (value - moments.mean)
}

const deviationOf = ({ n, squares }: Moments): number => (n > 1 ? Math.sqrt(squares / n) : 0)
