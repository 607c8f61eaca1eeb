// The last two product days, hour by hour: what came in, what was decided and done, what it brought.
// Small rows of bars, each from its own zero.

import { useState, type PointerEvent } from 'react'
import { timeTicks } from '../data/ticks.ts'
import { TimeAxis } from './chart-axes.tsx'
import { ChartFrame } from './chart-frame.tsx'
import { DataTable } from './data-table.tsx'
import { useWords } from './words-context.tsx'
import type { WordKey } from '../words/en.ts'
import type { Brief } from '../../../src/api/contract.ts'

type Hour = Brief['hourly'][number]
type Strip = {
  readonly id: 'events' | 'decisions' | 'sent' | 'conversions'
  readonly label: WordKey
  readonly part?: (hour: Hour) => number
}

const STRIPS: readonly Strip[] = [
  { id: 'events', label: 'hourly.events' },
  { id: 'decisions', label: 'hourly.decisions', part: (hour) => hour.acted },
  { id: 'sent', label: 'hourly.sent' },
  { id: 'conversions', label: 'hourly.conversions' },
]
const STRIP_HEIGHT = 42
const BAR_HEIGHT = 30
const LEFT = 104
const FOOT = 20
const HOUR_MS = 3_600_000

export function HourlyChart({
  hourly,
  timeZone,
}: {
  readonly hourly: readonly Hour[]
  readonly timeZone: string
}) {
  const { t, format } = useWords()
  if (hourly.length === 0) {
    return <ChartFrame title={t('hourly.title')} summary={t('hourly.empty')} table={null} draw={() => null} />
  }
  const sum = (pick: (hour: Hour) => number) => hourly.reduce((total, hour) => total + pick(hour), 0)
  const table = (
    <DataTable
      caption={t('hourly.title')}
      rows={[...hourly].reverse()}
      rowId={(hour) => String(hour.at)}
      columns={[
        { id: 'at', label: t('common.time'), cell: (hour) => format.dateTime(hour.at) },
        ...(['events', 'decisions', 'acted', 'sent', 'conversions'] as const).map((id) => ({
          id,
          label: t(`hourly.${id}`),
          cell: (hour: Hour) => format.number(hour[id]),
          numeric: true,
        })),
      ]}
    />
  )
  return (
    <ChartFrame
      title={t('hourly.title')}
      summary={t('hourly.summary', {
        hours: hourly.length,
        decisions: sum((hour) => hour.decisions),
        acted: sum((hour) => hour.acted),
        conversions: sum((hour) => hour.conversions),
      })}
      table={table}
      draw={(width) => <Drawing hourly={hourly} width={width} timeZone={timeZone} />}
    />
  )
}

type DrawingProps = { readonly hourly: readonly Hour[]; readonly width: number; readonly timeZone: string }

function Drawing({ hourly, width, timeZone }: DrawingProps) {
  const { t, format } = useWords()
  const [hovered, setHovered] = useState<number | null>(null)
  if (hourly.length === 0) return null
  const from = hourly[0]?.at ?? 0
  const to = (hourly.at(-1)?.at ?? 0) + HOUR_MS
  const slot = (width - LEFT - 4) / hourly.length
  const height = STRIPS.length * STRIP_HEIGHT + FOOT
  const times = timeTicks(from, to, Math.max(2, Math.floor((width - LEFT) / 70)), timeZone)
  const near = hovered === null ? undefined : hourly[hovered]
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const index = Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT) / slot)
    setHovered(index >= 0 && index < hourly.length ? index : null)
  }
  return (
    <>
      <svg
        className="chart"
        width={width}
        height={height}
        role="img"
        aria-label={t('hourly.title')}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setHovered(null)}
      >
        {hovered !== null && (
          <rect className="bar-hover" x={LEFT + hovered * slot} y={0} width={slot} height={height - FOOT} />
        )}
        {STRIPS.map((strip, row) => {
          const most = Math.max(0, ...hourly.map((hour) => hour[strip.id]))
          const base = (row + 1) * STRIP_HEIGHT - 4
          const bar = (value: number) => (value / Math.max(1, most)) * BAR_HEIGHT
          return (
            <g key={strip.id}>
              <text className="strip-text" x={0} y={base - 14}>
                {t(strip.label)}
              </text>
              <text className="axis-text" x={0} y={base}>
                {t('hourly.most', {
                  count: format.compact(near === undefined ? most : near[strip.id]),
                  near: near === undefined ? 'no' : 'yes',
                })}
              </text>
              {hourly.map((hour, index) => (
                <g key={hour.at}>
                  <rect
                    className={strip.part === undefined ? 'bar' : 'bar bar-rest'}
                    x={LEFT + index * slot + 0.5}
                    width={Math.max(1, slot - 1)}
                    y={base - bar(hour[strip.id])}
                    height={bar(hour[strip.id])}
                  />
                  {strip.part !== undefined && (
                    <rect
                      className="bar"
                      x={LEFT + index * slot + 0.5}
                      width={Math.max(1, slot - 1)}
                      y={base - bar(strip.part(hour))}
                      height={bar(strip.part(hour))}
                    />
                  )}
                </g>
              ))}
              <line className="axis-zero" x1={LEFT} x2={width - 4} y1={base} y2={base} />
            </g>
          )
        })}
        <TimeAxis
          times={times}
          x={(at) => LEFT + ((at - from) / (to - from)) * (width - LEFT - 4)}
          y={height - 4}
          width={width}
        />
      </svg>
      <p className="chart-readout" aria-hidden="true">
        {near === undefined
          ? t('hourly.key')
          : t('hourly.readout', {
              time: format.dateTime(near.at),
              decisions: near.decisions,
              acted: near.acted,
              conversions: near.conversions,
            })}
      </p>
    </>
  )
}
