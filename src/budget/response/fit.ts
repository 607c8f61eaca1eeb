// Learns the curves of all lines together from a history of spend and results: carryover and steepness by
// coordinate search, ceilings by least squares that may not be negative, with trend, season and events taken out.
// What experiments measured outweighs what only went together.

import { Failure } from '../../kernel/failure.ts'
import { adstock, saturation, type Curve } from './curve.ts'
import { dot, nonNegative, orthonormal, without } from './least-squares.ts'

export type LineHistory = { readonly name: string; readonly spend: Float64Array }

/** What an experiment found the line's spend in steps [from, to) to have brought, beyond what would have come anyway. */
export type Experiment = {
  readonly line: string
  readonly from: number
  readonly to: number
  readonly effect: number
  readonly standardError: number
}

export type ResponseHistory = {
  /** Result of each step (revenue, margin, conversions). */
  readonly outcome: Float64Array
  readonly lines: readonly LineHistory[]
  /** Whatever else moves the outcome: events, prices, weather. A constant and a trend are added. */
  readonly controls?: readonly Float64Array[]
  /** Length of the season in steps and how many waves of it; left out for none. */
  readonly season?: { readonly steps: number; readonly waves: number }
  readonly experiments?: readonly Experiment[]
}

export type ResponseFit = {
  readonly curves: readonly Curve[]
  /** What the curves, trend, season and controls leave unexplained, per step. */
  readonly residuals: Float64Array
  readonly fitted: Float64Array
  /** Standard deviation of the residuals. */
  readonly noise: number
  readonly evaluations: number
}

export type FitOptions = {
  readonly family: Curve['family']
  /** Where the search begins; else a grid. A fit from a neighbouring history ends much sooner. */
  readonly start?: readonly Curve[]
  readonly sweepsMax: number
}

const DEFAULTS: FitOptions = { family: 'logistic', sweepsMax: 40 }
const CARRYOVER_MAX = 0.95
const STEEPNESS = { low: 0.1, high: 30 }
const STEPS_MIN = 20

/** Fits all curves. Throws Failures `budget.history_*` for histories that cannot be learnt from. */
export const fitResponse = (history: ResponseHistory, options: Partial<FitOptions> = {}): ResponseFit => {
  const settings = { ...DEFAULTS, ...options }
  checkHistory(history)
  const fit = search(history, settings)
  return (history.experiments ?? []).length === 0 ? fit : pinned(history, settings, fit)
}

/**
 * Lines with experiments get the ceiling that the experiments measured, whatever went together with their spend; the
 * other lines are learnt again from what is left. The shape of a line stays as the history has it.
 */
const pinned = (history: ResponseHistory, settings: FitOptions, fit: ResponseFit): ResponseFit => {
  const { lines, outcome, experiments = [] } = history
  const ceilings = lines.map(({ name, spend }, c) => {
    const curve = fit.curves[c] as Curve
    let [moment, weight] = [0, 0]
    for (const { line, from, to, effect, standardError } of experiments) {
      if (line !== name) continue
      const share = shareIn(spend, curve, { from, to })
      moment += (effect * share) / standardError ** 2
      weight += share ** 2 / standardError ** 2
    }
    return weight > 0 ? Math.max(0, moment / weight) : null
  })
  const left = Float64Array.from(outcome)
  ceilings.forEach((ceiling, c) => {
    if (ceiling === null) return
    const curve = fit.curves[c] as Curve
    adstock(lines[c]?.spend ?? [], curve.carryover).forEach((felt, t) => {
      left[t] = (left[t] ?? 0) - ceiling * saturation(curve, felt)
    })
  })
  const rest = [...lines.keys()].filter((c) => ceilings[c] === null)
  const again = search(
    { ...history, outcome: left, lines: rest.map((c) => lines[c] as LineHistory) },
    { ...settings, start: rest.map((c) => fit.curves[c] as Curve) },
  )
  return {
    ...again,
    fitted: Float64Array.from(outcome, (y, t) => y - (again.residuals[t] ?? 0)),
    curves: lines.map((_line, c) => {
      const ceiling = ceilings[c] ?? null
      return ceiling === null
        ? (again.curves[rest.indexOf(c)] as Curve)
        : { ...(fit.curves[c] as Curve), ceiling }
    }),
  }
}

type Parameters = { carryover: number; steepness: number; shape: number }

const search = (history: ResponseHistory, settings: FitOptions): ResponseFit => {
  const { lines, outcome } = history
  const problem = createProblem(history, settings)
  const parameters: Parameters[] = lines.map((_line, c) => {
    const start = settings.start?.[c]
    return start === undefined ? { carryover: 0.3, steepness: 2, shape: 1 } : { ...start }
  })
  lines.forEach((_line, c) => problem.place(c, parameters[c] as Parameters))
  let best = problem.error()
  if (settings.start === undefined) best = gridStart(problem, parameters, best)
  for (let sweep = 0, width = 0.25; sweep < settings.sweepsMax; sweep++) {
    const before = best
    for (let c = 0; c < lines.length; c++)
      for (const axis of axesOf(settings.family)) best = refine(problem, parameters, c, axis, width, best)
    if (before - best <= 1e-9 * before) {
      if (width < 1e-4) break
      width /= 4
    }
  }
  const ceilings = problem.solve()
  const curves = lines.map((line, c): Curve => {
    const { carryover, steepness, shape } = parameters[c] as Parameters
    return {
      family: settings.family,
      carryover,
      steepness,
      shape,
      ceiling: ceilings[c] ?? 0,
      scale: scaleOf(line.spend),
    }
  })
  const residuals = problem.residuals(ceilings)
  const freedom = Math.max(1, outcome.length - problem.controls - 3 * lines.length)
  return {
    curves,
    residuals,
    fitted: Float64Array.from(outcome, (y, t) => y - (residuals[t] ?? 0)),
    noise: Math.sqrt(dot(residuals, residuals) / freedom),
    evaluations: problem.evaluations(),
  }
}

type Problem = {
  readonly place: (line: number, parameters: Parameters) => void
  readonly error: () => number
  readonly solve: () => Float64Array
  readonly residuals: (ceilings: Float64Array) => Float64Array
  readonly controls: number
  readonly evaluations: () => number
}

/** The separable least-squares problem: for given shapes the ceilings follow by themselves. */
const createProblem = (history: ResponseHistory, { family }: FitOptions): Problem => {
  const { outcome, lines } = history
  const rows = outcome.length
  const basis = orthonormal(controlColumns(history))
  const y = without(outcome, basis)
  const columns: Float64Array[] = lines.map(() => new Float64Array(rows))
  const gram = lines.map(() => new Float64Array(lines.length))
  const moment = new Float64Array(lines.length)
  const total = dot(y, y)
  let evaluations = 0
  const place = (c: number, parameters: Parameters): void => {
    const line = lines[c] as LineHistory
    const shape = { family, scale: scaleOf(line.spend), ...parameters }
    const column = adstock(line.spend, shape.carryover).map((felt) => saturation(shape, felt))
    const projected = without(column, basis)
    columns[c] = projected
    for (let k = 0; k < lines.length; k++) {
      const product = dot(projected, columns[k] as Float64Array)
      ;(gram[c] as Float64Array)[k] = product
      ;(gram[k] as Float64Array)[c] = product
    }
    moment[c] = dot(projected, y)
  }
  const solve = () => nonNegative(gram, moment)
  return {
    place,
    solve,
    error: () => {
      evaluations++
      const b = solve()
      // |y − Xb|² = yᵀy − 2bᵀXᵀy + bᵀXᵀXb
      let sum = total
      for (let j = 0; j < b.length; j++) {
        sum -= 2 * (b[j] ?? 0) * (moment[j] ?? 0)
        for (let k = 0; k < b.length; k++) sum += (b[j] ?? 0) * (gram[j]?.[k] ?? 0) * (b[k] ?? 0)
      }
      return Math.max(0, sum)
    },
    residuals: (ceilings) => {
      const rest = Float64Array.from(y)
      columns.forEach((column, c) => {
        for (let t = 0; t < rows; t++) rest[t] = (rest[t] ?? 0) - (ceilings[c] ?? 0) * (column[t] ?? 0)
      })
      return rest
    },
    controls: basis.length,
    evaluations: () => evaluations,
  }
}

/** Σ over the experiment's steps of the saturation with the line's spend there, less without it. */
const shareIn = (
  spend: Float64Array,
  shape: Omit<Curve, 'ceiling'>,
  { from, to }: Pick<Experiment, 'from' | 'to'>,
): number => {
  const silent = spend.map((s, t) => (t >= from && t < to ? 0 : s))
  const [withSpend, withoutSpend] = [adstock(spend, shape.carryover), adstock(silent, shape.carryover)]
  let sum = 0
  // What lingers after the experiment is not in its reading.
  for (let t = from; t < to && t < spend.length; t++)
    sum += saturation(shape, withSpend[t] ?? 0) - saturation(shape, withoutSpend[t] ?? 0)
  return sum
}

const controlColumns = ({ outcome, controls = [], season }: ResponseHistory): Float64Array[] => {
  const steps = outcome.length
  const make = (at: (t: number) => number) => Float64Array.from({ length: steps }, (_step, t) => at(t))
  const waves = Array.from(
    { length: season?.waves ?? 0 },
    (_wave, w) => (2 * Math.PI * (w + 1)) / (season?.steps ?? 1),
  )
  return [
    make(() => 1),
    make((t) => t / steps),
    ...waves.flatMap((turn) => [make((t) => Math.sin(turn * t)), make((t) => Math.cos(turn * t))]),
    ...controls.map((control) => make((t) => control[t] ?? 0)),
  ]
}

const GRID = { carryover: [0, 0.2, 0.4, 0.6, 0.8], steepness: [0.5, 1, 2, 4, 8] }

const gridStart = (problem: Problem, parameters: Parameters[], from: number): number => {
  let best = from
  for (let round = 0; round < 2; round++)
    parameters.forEach((now, c) => {
      let chosen = now
      for (const carryover of GRID.carryover)
        for (const steepness of GRID.steepness) {
          const tried = { ...now, carryover, steepness }
          problem.place(c, tried)
          const error = problem.error()
          if (error < best) {
            best = error
            chosen = tried
          }
        }
      parameters[c] = chosen
      problem.place(c, chosen)
    })
  return best
}

type Axis = keyof Parameters
const axesOf = (family: Curve['family']): readonly Axis[] =>
  family === 'hill' ? ['carryover', 'steepness', 'shape'] : ['carryover', 'steepness']

/** A step of the given width up and down one parameter, kept when it fits better; steepness and shape by factors. */
const refine = (
  problem: Problem,
  parameters: Parameters[],
  c: number,
  axis: Axis,
  width: number,
  from: number,
): number => {
  let best = from
  for (const direction of [1, -1]) {
    for (let tries = 0; tries < 20; tries++) {
      const now = parameters[c] as Parameters
      const moved = { ...now, [axis]: moveOf(axis, now[axis], direction * width) }
      problem.place(c, moved)
      const error = problem.error()
      if (error < best) {
        best = error
        parameters[c] = moved
        continue
      }
      problem.place(c, now)
      break
    }
  }
  return best
}

const moveOf = (axis: Axis, value: number, by: number): number => {
  if (axis === 'carryover') return Math.min(CARRYOVER_MAX, Math.max(0, value + by))
  const [low, high] = axis === 'shape' ? [0.5, 3] : [STEEPNESS.low, STEEPNESS.high]
  return Math.min(high, Math.max(low, value * Math.exp(2 * by)))
}

const scaleOf = (spend: Float64Array): number => Math.max(...spend, 0) || 1

const checkHistory = ({ outcome, lines, controls = [], experiments = [] }: ResponseHistory): void => {
  const refuse = (code: string, message: string, hint: string): never => {
    throw new Failure({ code: `budget.history_${code}`, message, hint })
  }
  if (outcome.length < STEPS_MIN)
    refuse('short', `${outcome.length} steps of history are too few.`, `Bring ${STEPS_MIN} or more.`)
  if (lines.length === 0) refuse('no_lines', 'There is no line with spend.', 'Name the columns of spend.')
  for (const [name, values] of [
    ['the outcome', outcome] as const,
    ...lines.map(({ name, spend }) => [name, spend] as const),
    ...controls.map((control, c) => [`control ${c + 1}`, control] as const),
  ]) {
    if (values.length !== outcome.length)
      refuse(
        'uneven',
        `${name} has ${values.length} steps and the outcome ${outcome.length}.`,
        'Give all the same steps.',
      )
    const bad = values.findIndex((value) => !Number.isFinite(value))
    if (bad >= 0)
      refuse('not_finite', `${name} has no number in step ${bad + 1}.`, 'Fill it in or leave the step out.')
  }
  for (const { name, spend } of lines)
    if (spend.some((s) => s < 0))
      refuse('negative', `${name} has a negative spend.`, 'Spend is 0 or more; take refunds out.')
  for (const { line, from, to, standardError } of experiments) {
    if (!lines.some(({ name }) => name === line))
      refuse(
        'experiment_line',
        `An experiment names the line ${line}, which is not there.`,
        'Name one of the lines.',
      )
    if (!(standardError > 0) || !(from >= 0 && to > from && to <= outcome.length))
      refuse(
        'experiment',
        `The experiment on ${line} has no standard error, or steps outside.`,
        'Give 0 ≤ from < to and an error above 0.',
      )
  }
}
