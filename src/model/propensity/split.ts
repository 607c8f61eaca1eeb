// The best way to cut a leaf in two, read off its histograms: numbers at a threshold, categories as a set
// of levels (sorted by gradient over hessian, Fisher 1958), what is missing to whichever side gains more.

export type Split = {
  readonly feature: number
  readonly gain: number
  /** Bins up to this go left; of a category: how many of the sorted levels do. */
  readonly threshold: number
  /** 256 marks for a category, null for a number. */
  readonly leftBins: Uint8Array | null
  readonly missingLeft: boolean
  readonly leftG: number
  readonly leftH: number
}

export type SplitLimits = {
  readonly l2: number
  readonly leafRowsMin: number
  readonly hessianMin: number
  readonly categoryL2: number
  readonly gainMin: number
}

export type LeafSums = { readonly g: number; readonly h: number; readonly rows: number }

/** Numbers per feature in a histogram: 256 bins, gradient and hessian. */
export const STRIDE = 512
const CATEGORY_SMOOTHING = 10
const CATEGORY_ROWS_MIN = 5

export type FeatureShape = { readonly bins: number; readonly isCategory: boolean }

/** The best split of a leaf over all features, or null. Ties go to the first feature and the lowest threshold. */
export const bestSplit = (
  histogram: Float64Array,
  shapes: readonly FeatureShape[],
  sums: LeafSums,
  limits: SplitLimits,
): Split | null => {
  let best: Split | null = null
  for (let feature = 0; feature < shapes.length; feature++) {
    const { bins, isCategory } = shapes[feature] as FeatureShape
    const at = feature * STRIDE
    const found = isCategory
      ? splitCategory(histogram, at, bins, sums, limits)
      : splitNumber(histogram, at, bins, sums, limits)
    if (found !== null && (best === null || found.gain > best.gain)) best = { feature, ...found }
  }
  return best
}

type Found = Omit<Split, 'feature'>

const splitNumber = (
  histogram: Float64Array,
  at: number,
  bins: number,
  { g, h, rows }: LeafSums,
  { l2, leafRowsMin, hessianMin, gainMin }: SplitLimits,
): Found | null => {
  const missingG = histogram[at] as number
  const missingH = histogram[at + 1] as number
  // Rows are told from hessians by the leaf's own ratio: exact enough, and the histogram stays small.
  const leafHessianMin = Math.max(hessianMin, ((leafRowsMin - 0.5) * h) / rows)
  const parent = (g * g) / (h + l2)
  const hasMissing = missingH > 1e-9
  let gain = gainMin
  let threshold = -1
  let missingLeft = false
  let bestG = 0
  let bestH = 0
  let cumulativeG = 0
  let cumulativeH = 0
  const last = hasMissing ? bins - 1 : bins - 2
  for (let bin = 1; bin <= last; bin++) {
    const place = at + 2 * bin
    const binH = histogram[place + 1] as number
    cumulativeG += histogram[place] as number
    cumulativeH += binH
    const rightH = h - cumulativeH
    if (cumulativeH >= leafHessianMin && rightH >= leafHessianMin) {
      const rightG = g - cumulativeG
      const value =
        (cumulativeG * cumulativeG) / (cumulativeH + l2) + (rightG * rightG) / (rightH + l2) - parent
      if (value > gain) {
        gain = value
        threshold = bin
        missingLeft = false
        bestG = cumulativeG
        bestH = cumulativeH
      }
    }
    if (!hasMissing || bin === bins - 1) continue
    const leftG = cumulativeG + missingG
    const leftH = cumulativeH + missingH
    const restH = h - leftH
    if (leftH < leafHessianMin || restH < leafHessianMin) continue
    const restG = g - leftG
    const value = (leftG * leftG) / (leftH + l2) + (restG * restG) / (restH + l2) - parent
    if (value > gain) {
      gain = value
      threshold = bin
      missingLeft = true
      bestG = leftG
      bestH = leftH
    }
  }
  if (threshold < 0) return null
  // Nothing missing here: what will be missing later goes with the many.
  const toLeft = hasMissing ? missingLeft : bestH * 2 > h
  return { gain, threshold, leftBins: null, missingLeft: toLeft, leftG: bestG, leftH: bestH }
}

const splitCategory = (
  histogram: Float64Array,
  at: number,
  bins: number,
  { g, h, rows }: LeafSums,
  { l2, leafRowsMin, hessianMin, categoryL2, gainMin }: SplitLimits,
): Found | null => {
  const penalty = l2 + categoryL2
  const perRow = h / rows
  const leafHessianMin = Math.max(hessianMin, (leafRowsMin - 0.5) * perRow)
  const used: number[] = []
  for (let bin = 0; bin < bins; bin++)
    if ((histogram[at + 2 * bin + 1] as number) >= CATEGORY_ROWS_MIN * perRow) used.push(bin)
  const ratio = (bin: number): number =>
    (histogram[at + 2 * bin] as number) /
    ((histogram[at + 2 * bin + 1] as number) + CATEGORY_SMOOTHING * perRow)
  used.sort((a, b) => ratio(a) - ratio(b) || a - b)
  const parent = (g * g) / (h + penalty)
  let gain = gainMin
  let count = 0
  let bestG = 0
  let bestH = 0
  let leftG = 0
  let leftH = 0
  for (let i = 0; i < used.length; i++) {
    const place = at + 2 * (used[i] as number)
    leftG += histogram[place] as number
    leftH += histogram[place + 1] as number
    const rightH = h - leftH
    if (leftH < leafHessianMin || rightH < leafHessianMin) continue
    const rightG = g - leftG
    const value = (leftG * leftG) / (leftH + penalty) + (rightG * rightG) / (rightH + penalty) - parent
    if (value > gain) {
      gain = value
      count = i + 1
      bestG = leftG
      bestH = leftH
    }
  }
  if (count === 0) return null
  const leftBins = new Uint8Array(256)
  for (let i = 0; i < count; i++) leftBins[used[i] as number] = 1
  // Levels too rare to be sorted are not marked and go right, as do those never seen.
  return { gain, threshold: count, leftBins, missingLeft: leftBins[0] === 1, leftG: bestG, leftH: bestH }
}
