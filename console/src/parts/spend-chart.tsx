// Where the money went, day by day: each day a bar, parted by line. The largest lines keep a shade of their own, the
// others share the last one.

import { niceTicks } from '../data/ticks.ts'
import { ValueAxis } from './chart-axes.tsx'
import { ChartFrame } from './chart-frame.tsx'
import { DataTable } from './data-table.tsx'
import { useWords } from './words-context.tsx'
import type { Format } from '../data/format.ts'
import type { Money } from '../../../src/api/contract.ts'

const EDGE = { left: 64, right: 12, top: 10, bottom: 24 }
const HEIGHT = 220
const SHADES = 6
const DAY_MS = 86_400_000
const sum = (amounts: readonly number[]): number => amounts.reduce((all, one) => all + one, 0)

export function SpendChart({ data, money }: { readonly data: Money; readonly money: Format }) {
  const { t, format } = useWords()
  const { days, lines } = data
  const title = t('money.days')
  const last = days.at(-1)
  if (last === undefined)
    return <ChartFrame title={title} summary={t('money.days.empty')} table={null} draw={() => null} />
  const order = lines
    .map((line, index) => ({ line, index, sum: days.reduce((all, day) => all + (day.spend[index] ?? 0), 0) }))
    .toSorted((left, right) => right.sum - left.sum)
  const shown = order.length > SHADES ? order.slice(0, SHADES - 1) : order
  const others = order.length - shown.length
  const total = sum(last.spend)
  const most = last.spend.indexOf(Math.max(...last.spend))
  const summary = t('money.days.summary', {
    days: days.length,
    line: lines[most]?.name ?? '',
    share: format.percent(total > 0 ? (last.spend[most] ?? 0) / total : 0),
  })
  const table = (
    <DataTable
      caption={title}
      rows={[...days].reverse()}
      rowId={(day) => String(day.day)}
      columns={[
        { id: 'day', label: t('money.day'), cell: (day) => money.day(day.day * DAY_MS) },
        ...shown.map(({ line, index }) => ({
          id: line.id,
          label: line.name,
          cell: (day: Money['days'][number]) => money.money(day.spend[index] ?? 0),
          numeric: true,
        })),
      ]}
    />
  )
  const legend = (
    <ul className="legend">
      {shown.map(({ line }, rank) => (
        <li key={line.id}>
          <span className={`key key-share share-${rank}`} aria-hidden="true" />
          {line.name}
        </li>
      ))}
      {others > 0 && (
        <li>
          <span className={`key key-share share-${SHADES - 1}`} aria-hidden="true" />
          {t('money.days.others', { count: others })}
        </li>
      )}
    </ul>
  )
  return (
    <ChartFrame
      title={title}
      summary={summary}
      table={table}
      legend={legend}
      draw={(width) => (
        <Bars
          days={days}
          ranks={shown.map(({ index }) => index)}
          width={width}
          label={summary}
          money={money}
        />
      )}
    />
  )
}

type BarsProps = {
  readonly days: Money['days']
  /** Places of the lines with a shade of their own, the largest first. */
  readonly ranks: readonly number[]
  readonly width: number
  readonly label: string
  readonly money: Format
}

function Bars({ days, ranks, width, label, money }: BarsProps) {
  const top = Math.max(...days.map(({ spend }) => sum(spend)), 1)
  const step = (width - EDGE.left - EDGE.right) / days.length
  const y = (value: number) => EDGE.top + (1 - value / top) * (HEIGHT - EDGE.top - EDGE.bottom)
  const every = Math.max(1, Math.ceil(70 / step))
  return (
    <svg className="chart" width={width} height={HEIGHT} role="img" aria-label={label}>
      <ValueAxis
        values={niceTicks(0, top, 4).filter((value) => value <= top)}
        y={y}
        left={EDGE.left}
        right={width - EDGE.right}
        show={money.compact}
      />
      {days.map(({ day, spend }, place) => {
        let from = 0
        const own = ranks.map((line) => spend[line] ?? 0)
        const rest = Math.max(0, sum(spend) - sum(own))
        return (
          <g key={day}>
            {[...own, rest].map((amount, rank) => {
              const start = from
              from += amount
              return amount <= 0 ? null : (
                <rect
                  key={rank}
                  className={`share-${rank}`}
                  x={EDGE.left + place * step + step * 0.1}
                  width={Math.max(1, step * 0.8)}
                  y={y(from)}
                  height={Math.max(0, y(start) - y(from))}
                />
              )
            })}
            {place % every === 0 && (
              <text className="axis-text" x={EDGE.left + place * step} y={HEIGHT - 6}>
                {money.day(day * DAY_MS)}
              </text>
            )}
          </g>
        )
      })}
    </svg>
  )
}
