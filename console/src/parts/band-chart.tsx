// A figure over time with the range it is expected in: what it was as a line, the range as a band, what is
// expected ahead as a dashed line.

import { useState, type PointerEvent } from 'react'
import { niceTicks, timeTicks } from '../data/ticks.ts'
import { TimeAxis, ValueAxis } from './chart-axes.tsx'

export type BandPoint = {
  readonly at: number
  /** What it was; null ahead. */
  readonly value: number | null
  /** What is expected, drawn ahead; null where nothing is. */
  readonly mean: number | null
  readonly low: number | null
  readonly high: number | null
}

type BandChartProps = {
  readonly points: readonly BandPoint[]
  readonly width: number
  readonly height: number
  readonly label: string
  readonly timeZone: string
  readonly show: (value: number) => string
  readonly readout: (point: BandPoint) => string
}

const EDGE = { left: 56, right: 12, top: 8, bottom: 22 }

export function BandChart({ points, width, height, label, timeZone, show, readout }: BandChartProps) {
  const [hovered, setHovered] = useState<number | null>(null)
  const from = points[0]?.at ?? 0
  const to = points.at(-1)?.at ?? 1
  const all = points.flatMap(({ value, mean, low, high }) =>
    [value, mean, low, high].filter((one): one is number => one !== null),
  )
  const values = niceTicks(Math.min(0, ...all), Math.max(1e-9, ...all), 4)
  const bottom = values[0] ?? 0
  const top = Math.max(values.at(-1) ?? 1, bottom + 1e-9)
  const x = (at: number) => EDGE.left + ((at - from) / (to - from || 1)) * (width - EDGE.left - EDGE.right)
  const y = (value: number) => EDGE.top + ((top - value) / (top - bottom)) * (height - EDGE.top - EDGE.bottom)
  const times = timeTicks(from, to, Math.max(2, Math.floor(width / 110)), timeZone)
  const line = (pick: (point: BandPoint) => number | null) => pathOf(points, { pick, x, y })
  const near = hovered === null ? undefined : points[hovered]
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left
    const at = from + ((left - EDGE.left) / (width - EDGE.left - EDGE.right)) * (to - from)
    setHovered(nearest(points, at))
  }
  return (
    <>
      <svg
        className="chart"
        width={width}
        height={height}
        role="img"
        aria-label={label}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setHovered(null)}
      >
        <ValueAxis values={values} y={y} left={EDGE.left} right={width - EDGE.right} show={show} />
        <TimeAxis times={times} x={x} y={height - 6} width={width} />
        {bandsOf(points).map((run) => (
          <path
            key={run[0]?.at}
            className="band"
            d={`M${run.map(({ at, high }) => `${x(at).toFixed(1)},${y(high ?? 0).toFixed(1)}`).join('L')}L${[
              ...run,
            ]
              .reverse()
              .map(({ at, low }) => `${x(at).toFixed(1)},${y(low ?? 0).toFixed(1)}`)
              .join('L')}Z`}
          />
        ))}
        <path className="line" d={line(({ value }) => value)} />
        <path className="line line-ahead" d={line(({ value, mean }) => (value === null ? mean : null))} />
        {near !== undefined && (
          <g className="hover">
            <line x1={x(near.at)} x2={x(near.at)} y1={EDGE.top} y2={height - EDGE.bottom} />
            <circle cx={x(near.at)} cy={y(near.value ?? near.mean ?? 0)} r="3.5" />
          </g>
        )}
      </svg>
      <p className="chart-readout" aria-hidden="true">
        {near === undefined ? '\u00a0' : readout(near)}
      </p>
    </>
  )
}

type Scales = {
  readonly pick: (point: BandPoint) => number | null
  readonly x: (at: number) => number
  readonly y: (value: number) => number
}

/** A line that breaks where there is nothing. */
function pathOf(points: readonly BandPoint[], { pick, x, y }: Scales): string {
  let open = false
  let path = ''
  for (const point of points) {
    const value = pick(point)
    if (value !== null) path += `${open ? 'L' : 'M'}${x(point.at).toFixed(1)},${y(value).toFixed(1)}`
    open = value !== null
  }
  return path
}

/** Stretches of points that have a range. */
function bandsOf(points: readonly BandPoint[]): readonly (readonly BandPoint[])[] {
  const runs: BandPoint[][] = []
  let run: BandPoint[] = []
  for (const point of points) {
    if (point.low !== null && point.high !== null) run.push(point)
    else if (run.length > 0) {
      runs.push(run)
      run = []
    }
  }
  return run.length > 0 ? [...runs, run] : runs
}

function nearest(points: readonly BandPoint[], at: number): number {
  let best = 0
  for (const [index, point] of points.entries())
    if (Math.abs(point.at - at) < Math.abs((points[best]?.at ?? 0) - at)) best = index
  return best
}
