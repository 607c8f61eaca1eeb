// The axes that charts share: values across, times below.

import { anchorAt, type timeTicks } from '../data/ticks.ts'
import { useWords } from './words-context.tsx'

type ValueAxisProps = {
  readonly values: readonly number[]
  /** CSS pixels from the top at which a value stands. */
  readonly y: (value: number) => number
  readonly left: number
  readonly right: number
  readonly show: (value: number) => string
}

export function ValueAxis({ values, y, left, right, show }: ValueAxisProps) {
  return values.map((value) => (
    <g key={value}>
      <line
        className={value === 0 ? 'axis-zero' : 'axis-rule'}
        x1={left}
        x2={right}
        y1={y(value)}
        y2={y(value)}
      />
      <text className="axis-text" x={left - 8} y={y(value)} textAnchor="end" dominantBaseline="middle">
        {show(value)}
      </text>
    </g>
  ))
}

type TimeAxisProps = {
  readonly times: ReturnType<typeof timeTicks>
  /** CSS pixels from the left at which a time stands. */
  readonly x: (at: number) => number
  readonly y: number
  readonly width: number
}

export function TimeAxis({ times, x, y, width }: TimeAxisProps) {
  const { format } = useWords()
  return times.at.map((at) => (
    <text key={at} className="axis-text" x={x(at)} y={y} textAnchor={anchorAt(x(at), width)}>
      {times.daily ? format.day(at) : format.time(at)}
    </text>
  ))
}
