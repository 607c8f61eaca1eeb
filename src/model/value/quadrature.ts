// Gauss–Legendre quadrature: integrals of smooth functions to many digits from few values.

const NODES = 32

/** Nodes and weights on [−1, 1], by Newton's method on the Legendre polynomial. */
const legendre = (): { readonly nodes: Float64Array; readonly weights: Float64Array } => {
  const nodes = new Float64Array(NODES)
  const weights = new Float64Array(NODES)
  for (let i = 0; i < NODES; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (NODES + 0.5))
    let slope = 1
    for (let step = 0; step < 20; step++) {
      let [before, value] = [1, x]
      for (let k = 2; k <= NODES; k++)
        [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k]
      slope = (NODES * (x * value - before)) / (x * x - 1)
      const move = value / slope
      x -= move
      if (Math.abs(move) < 1e-16) break
    }
    nodes[i] = x
    weights[i] = 2 / ((1 - x * x) * slope * slope)
  }
  return { nodes, weights }
}

const { nodes, weights } = legendre()

/**
 * ln ∫ e^g(u) du over [low, high], without overflow.
 * @example logIntegral((u) => -u, 0, 1).toFixed(10) === Math.log(1 - Math.exp(-1)).toFixed(10) // true
 */
export const logIntegral = (g: (u: number) => number, low: number, high: number): number => {
  if (!(high > low)) return -Infinity
  const half = (high - low) / 2
  let top = -Infinity
  let sum = 0
  for (let i = 0; i < NODES; i++) {
    const value = g(low + half * (1 + (nodes[i] as number)))
    if (value > top) {
      sum = sum * Math.exp(top - value) + (weights[i] as number)
      top = value
    } else sum += (weights[i] as number) * Math.exp(value - top)
  }
  return top + Math.log(sum * half)
}
