// Minimises a function of a few variables without derivatives (Nelder & Mead 1965), a bounded number of
// looks at it.

export type Minimum = { readonly point: readonly number[]; readonly value: number }
export type SearchOptions = {
  readonly evaluationsMax: number
  /** Size of the first simplex along each axis. */
  readonly step: number
}

/** The lowest point found from `start`. Values that are not finite count as infinitely high. */
export const nelderMead = (
  cost: (point: readonly number[]) => number,
  start: readonly number[],
  { evaluationsMax, step }: SearchOptions,
): Minimum => {
  let evaluations = 0
  const look = (point: readonly number[]): Minimum => {
    evaluations++
    const value = cost(point)
    return { point, value: Number.isFinite(value) ? value : Number.POSITIVE_INFINITY }
  }
  const d = start.length
  const simplex = [
    look(start),
    ...start.map((_, axis) => look(start.map((x, i) => (i === axis ? x + step : x)))),
  ]
  const order = () => simplex.sort((left, right) => left.value - right.value)
  order()
  while (evaluations < evaluationsMax) {
    const best = simplex[0] as Minimum
    const worst = simplex[d] as Minimum
    if (worst.value - best.value <= 1e-10 * (Math.abs(best.value) + 1e-12)) break
    const centre = start.map(
      (_, i) => simplex.slice(0, d).reduce((sum, { point }) => sum + (point[i] as number), 0) / d,
    )
    const towards = (factor: number) =>
      look(centre.map((x, i) => x + factor * ((worst.point[i] as number) - x)))
    const reflected = towards(-1)
    const second = simplex[d - 1] as Minimum
    if (reflected.value < best.value) {
      const expanded = towards(-2)
      simplex[d] = expanded.value < reflected.value ? expanded : reflected
    } else if (reflected.value < second.value) {
      simplex[d] = reflected
    } else {
      const contracted = towards(reflected.value < worst.value ? -0.5 : 0.5)
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex[d] = contracted
      else
        for (let i = 1; i <= d; i++)
          simplex[i] = look(
            (simplex[i] as Minimum).point.map((x, axis) => (x + (best.point[axis] as number)) / 2),
          )
    }
    order()
  }
  return simplex[0] as Minimum
}
