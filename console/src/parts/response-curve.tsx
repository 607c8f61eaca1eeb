// What spend on one line brings, with its interval, and where the line stands now.

import { niceTicks } from '../data/ticks.ts'
import { ValueAxis } from './chart-axes.tsx'
import { ChartFrame } from './chart-frame.tsx'
import { DataTable } from './data-table.tsx'
import { useWords } from './words-context.tsx'
import type { Format } from '../data/format.ts'
import type { MoneyLine } from '../../../src/api/contract.ts'

const EDGE = { left: 64, right: 12, top: 10, bottom: 26 }
const HEIGHT = 240

export function ResponseCurve({ line, money }: { readonly line: MoneyLine; readonly money: Format }) {
  const { t } = useWords()
  const { curve, budget } = line
  const title = t('money.curve', { line: line.name })
  const here = nearest(line)
  if (here === null || budget === null)
    return <ChartFrame title={title} summary={t('money.curve.unknown')} table={null} draw={() => null} />
  const summary = t('money.curve.summary', {
    spend: money.money(here.spend),
    value: money.money(here.value),
    low: money.money(here.low),
    high: money.money(here.high),
    marginal: line.marginal === null ? t('common.unknown') : money.decimal(line.marginal.mean),
  })
  const table = (
    <DataTable
      caption={title}
      rows={curve}
      rowId={(point) => String(point.spend)}
      columns={[
        { id: 'spend', label: t('money.curve.spend'), cell: (point) => money.money(point.spend) },
        ...(['value', 'low', 'high'] as const).map((id) => ({
          id,
          label: t(`money.curve.${id}`),
          cell: (point: MoneyLine['curve'][number]) => money.money(point[id]),
          numeric: true,
        })),
      ]}
    />
  )
  const legend = (
    <ul className="legend">
      <li>
        <span className="key key-line" aria-hidden="true" />
        {t('money.curve.expected')}
      </li>
      <li>
        <span className="key key-band" aria-hidden="true" />
        {t('money.curve.interval')}
      </li>
      <li>
        <span className="key key-here" aria-hidden="true" />
        {t('money.curve.here')}
      </li>
    </ul>
  )
  return (
    <ChartFrame
      title={title}
      summary={summary}
      table={table}
      legend={legend}
      draw={(width) => <Drawing line={line} here={here} width={width} label={summary} money={money} />}
    />
  )
}

type DrawingProps = {
  readonly line: MoneyLine
  readonly here: MoneyLine['curve'][number]
  readonly width: number
  readonly label: string
  readonly money: Format
}

function Drawing({ line, here, width, label, money }: DrawingProps) {
  const { curve } = line
  const right = curve.at(-1)?.spend ?? 1
  const top = Math.max(...curve.map((point) => point.high), 1)
  const x = (spend: number) => EDGE.left + (spend / (right || 1)) * (width - EDGE.left - EDGE.right)
  const y = (value: number) => EDGE.top + (1 - value / top) * (HEIGHT - EDGE.top - EDGE.bottom)
  const path = (points: typeof curve, pick: (point: (typeof curve)[number]) => number) =>
    points.map((point) => `${x(point.spend).toFixed(1)},${y(pick(point)).toFixed(1)}`).join('L')
  return (
    <svg className="chart" width={width} height={HEIGHT} role="img" aria-label={label}>
      <ValueAxis
        values={niceTicks(0, top, 4).filter((value) => value <= top)}
        y={y}
        left={EDGE.left}
        right={width - EDGE.right}
        show={money.compact}
      />
      {niceTicks(0, right, Math.max(2, Math.floor(width / 140)))
        .filter((spend) => spend <= right)
        .map((spend) => (
          <text
            key={spend}
            className="axis-text"
            x={x(spend)}
            y={HEIGHT - 6}
            textAnchor={spend === 0 ? 'start' : x(spend) > width - 40 ? 'end' : 'middle'}
          >
            {money.compact(spend)}
          </text>
        ))}
      <path
        className="band"
        d={`M${path(curve, (point) => point.high)}L${path([...curve].reverse(), (point) => point.low)}Z`}
      />
      <path className="line" d={`M${path(curve, (point) => point.value)}`} />
      <g className="here">
        <line x1={x(here.spend)} x2={x(here.spend)} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} />
        <circle cx={x(here.spend)} cy={y(here.value)} r="4" />
      </g>
    </svg>
  )
}

/** The point of the curve at the budget in force, between its neighbours. */
function nearest({ curve, budget }: MoneyLine): MoneyLine['curve'][number] | null {
  if (budget === null || curve.length < 2) return null
  const after = curve.findIndex((point) => point.spend >= budget)
  const right = curve[after < 0 ? curve.length - 1 : after]
  const left = curve[Math.max(0, (after < 0 ? curve.length - 1 : after) - 1)]
  if (right === undefined || left === undefined) return null
  const share = right.spend > left.spend ? (budget - left.spend) / (right.spend - left.spend) : 0
  const between = (pick: (point: MoneyLine['curve'][number]) => number) =>
    pick(left) + Math.min(1, Math.max(0, share)) * (pick(right) - pick(left))
  return {
    spend: Math.min(budget, curve.at(-1)?.spend ?? budget),
    value: between((point) => point.value),
    low: between((point) => point.low),
    high: between((point) => point.high),
  }
}
