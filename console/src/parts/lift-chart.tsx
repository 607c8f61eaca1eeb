// How the difference between treated and held-out people moved, with its interval as a band, the zero
// line, and in the demo the planted truth.

import { useId, useState, type PointerEvent } from 'react'
import { liftRange, niceTicks, thin, timeTicks } from '../data/ticks.ts'
import { TimeAxis, ValueAxis } from './chart-axes.tsx'
import { ChartFrame } from './chart-frame.tsx'
import { DataTable } from './data-table.tsx'
import { useLive } from './live-context.tsx'
import { useWords } from './words-context.tsx'
import type { Lift } from '../../../src/api/contract.ts'

const POINTS_MAX = 240
const TABLE_ROWS_MAX = 40
const EDGE = { left: 56, right: 12, top: 8, bottom: 22 }

type LiftChartProps = {
  readonly title: string
  readonly lift: Lift
  readonly truth: number | null
  readonly height?: number
}

export function LiftChart({ title, lift, truth, height = 220 }: LiftChartProps) {
  const { t, format } = useWords()
  const sentence = useLiftSentence()
  const history = thin(lift.history, POINTS_MAX)
  const table = (
    <DataTable
      caption={title}
      rows={[...thin(lift.history, TABLE_ROWS_MAX)].reverse()}
      rowId={(point) => String(point.at)}
      columns={[
        { id: 'at', label: t('common.time'), cell: (point) => format.dateTime(point.at) },
        {
          id: 'difference',
          label: t('lift.difference'),
          cell: (point) => format.moneySigned(point.difference),
          numeric: true,
        },
        { id: 'low', label: t('lift.low'), cell: (point) => format.moneySigned(point.low), numeric: true },
        { id: 'high', label: t('lift.high'), cell: (point) => format.moneySigned(point.high), numeric: true },
      ]}
    />
  )
  if (history.length < 2) {
    return <ChartFrame title={title} summary={t('lift.noHistory')} table={null} draw={() => null} />
  }
  return (
    <ChartFrame
      title={title}
      summary={sentence(lift, truth)}
      table={table}
      legend={<LiftLegend hasTruth={truth !== null} />}
      draw={(width) => (
        <Drawing history={history} truth={truth} width={width} height={height} label={title} />
      )}
    />
  )
}

/** The figure in one sentence, with "not known yet" where it is not. */
export function useLiftSentence(): (lift: Lift, truth: number | null) => string {
  const { t, format } = useWords()
  return (lift, truth) => {
    const interval = {
      low: format.moneySigned(lift.low ?? 0),
      high: format.moneySigned(lift.high ?? 0),
      confidence: format.percent(lift.confidence),
    }
    if (lift.verdict === 'sample_ratio_mismatch') return t('lift.sentence.mismatch')
    if (lift.difference === null || lift.verdict === 'not_known_yet') {
      return lift.smallestDetectable === null
        ? t('lift.sentence.unknownBare')
        : t('lift.sentence.unknown', { smallest: format.money(lift.smallestDetectable) })
    }
    const key = lift.verdict === 'ahead' ? 'lift.sentence.ahead' : 'lift.sentence.behind'
    const sentence = t(key, { difference: format.money(Math.abs(lift.difference)), ...interval })
    return truth === null
      ? sentence
      : t('lift.sentence.withTruth', { sentence, truth: format.moneySigned(truth) })
  }
}

function LiftLegend({ hasTruth }: { readonly hasTruth: boolean }) {
  const { t } = useWords()
  return (
    <ul className="legend">
      <li>
        <span className="key key-line" aria-hidden="true" />
        {t('lift.difference')}
      </li>
      <li>
        <span className="key key-band" aria-hidden="true" />
        {t('lift.interval')}
      </li>
      {hasTruth && (
        <li>
          <span className="key key-truth" aria-hidden="true" />
          {t('lift.truth')}
        </li>
      )}
    </ul>
  )
}

type DrawingProps = {
  readonly history: readonly Lift['history'][number][]
  readonly truth: number | null
  readonly width: number
  readonly height: number
  readonly label: string
}

function Drawing({ history, truth, width, height, label }: DrawingProps) {
  const { t, format } = useWords()
  const zone = useLive().brief?.business.timeZone ?? 'UTC'
  const clipId = useId()
  const [hovered, setHovered] = useState<number | null>(null)
  const from = history[0]?.at ?? 0
  const to = history.at(-1)?.at ?? 1
  const [low, high] = liftRange(history, truth === null ? [] : [truth])
  const x = (at: number) => EDGE.left + ((at - from) / (to - from || 1)) * (width - EDGE.left - EDGE.right)
  const y = (value: number) => EDGE.top + ((high - value) / (high - low)) * (height - EDGE.top - EDGE.bottom)
  const path = (
    pick: (point: Lift['history'][number]) => number,
    points: readonly Lift['history'][number][],
  ) => points.map((point) => `${x(point.at).toFixed(1)},${y(pick(point)).toFixed(1)}`).join('L')
  const times = timeTicks(from, to, Math.max(2, Math.floor(width / 110)), zone)
  const values = niceTicks(low, high, 4).filter((value) => value >= low && value <= high)
  const near = hovered === null ? undefined : history[hovered]

  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    const at =
      from +
      ((event.clientX - event.currentTarget.getBoundingClientRect().left - EDGE.left) /
        (width - EDGE.left - EDGE.right)) *
        (to - from)
    let best = 0
    for (const [index, point] of history.entries())
      if (Math.abs(point.at - at) < Math.abs((history[best]?.at ?? 0) - at)) best = index
    setHovered(best)
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
        <clipPath id={clipId}>
          <rect
            x={EDGE.left}
            y={EDGE.top}
            width={Math.max(0, width - EDGE.left - EDGE.right)}
            height={height - EDGE.top - EDGE.bottom}
          />
        </clipPath>
        <ValueAxis
          values={values}
          y={y}
          left={EDGE.left}
          right={width - EDGE.right}
          show={format.moneyAxis}
        />
        <TimeAxis times={times} x={x} y={height - 6} width={width} />
        <g clipPath={`url(#${clipId})`}>
          <path
            className="band"
            d={`M${path((point) => point.high, history)}L${path((point) => point.low, [...history].reverse())}Z`}
          />
          {truth !== null && (
            <line className="truth" x1={EDGE.left} x2={width - EDGE.right} y1={y(truth)} y2={y(truth)} />
          )}
          <path className="line" d={`M${path((point) => point.difference, history)}`} />
          {near !== undefined && (
            <g className="hover">
              <line x1={x(near.at)} x2={x(near.at)} y1={EDGE.top} y2={height - EDGE.bottom} />
              <circle cx={x(near.at)} cy={y(near.difference)} r="3.5" />
            </g>
          )}
        </g>
      </svg>
      <p className="chart-readout" aria-hidden="true">
        {near === undefined
          ? '\u00a0'
          : t('lift.readout', {
              time: format.dateTime(near.at),
              difference: format.moneySigned(near.difference),
              low: format.moneySigned(near.low),
              high: format.moneySigned(near.high),
            })}
      </p>
    </>
  )
}
