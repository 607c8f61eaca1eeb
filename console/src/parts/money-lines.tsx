// All lines of ad money as a table that stays usable with hundreds of them: searched, ordered, a page at a time. A line's
// name chooses it for the curve above.

import { useDeferredValue, useState } from 'react'
import type { Format } from '../data/format.ts'
import { DataTable, type Column, type Sorting } from './data-table.tsx'
import { useWords } from './words-context.tsx'
import type { WordKey } from '../words/en.ts'
import type { MoneyLine } from '../../../src/api/contract.ts'

const PAGE = 25

type LinesProps = {
  readonly lines: readonly MoneyLine[]
  readonly money: Format
  readonly chosen: string
  readonly onChoose: (lineId: string) => void
}

export function MoneyLines({ lines, money, chosen, onChoose }: LinesProps) {
  const { t } = useWords()
  const [text, setText] = useState('')
  const wanted = useDeferredValue(text.trim().toLowerCase())
  const [sorting, setSorting] = useState<Sorting>({ by: 'budget', isDown: true })
  const [page, setPage] = useState(0)
  const found = lines
    .filter(({ name, platform }) => `${name} ${platform}`.toLowerCase().includes(wanted))
    .toSorted(orderOf(sorting))
  const first = Math.min(page, Math.max(0, Math.ceil(found.length / PAGE) - 1)) * PAGE
  const columns = useColumns(money, chosen, onChoose)
  const onSort = (by: string): void => {
    // A name is read from its beginning, an amount from the largest.
    setSorting({ by, isDown: sorting.by === by ? !sorting.isDown : by !== 'name' })
    setPage(0)
  }
  return (
    <>
      {lines.length > PAGE && (
        <div className="filters money-lines-find">
          <input
            type="search"
            className="search"
            aria-label={t('money.lines.search')}
            placeholder={t('money.lines.search')}
            value={text}
            onChange={(event) => {
              setText(event.target.value)
              setPage(0)
            }}
          />
          <label className="money-lines-order">
            {t('money.lines.order')}
            <select value={sorting.by} onChange={(event) => onSort(event.target.value)}>
              {columns
                .filter(({ sortable }) => sortable === true)
                .map(({ id, label }) => (
                  <option key={id} value={id}>
                    {label}
                  </option>
                ))}
            </select>
          </label>
        </div>
      )}
      <DataTable
        caption={t('money.lines')}
        rows={found.slice(first, first + PAGE)}
        rowId={(line) => line.id}
        columns={columns}
        sorting={{ now: sorting, onSort }}
      />
      {found.length === 0 && <p className="muted">{t('money.lines.none')}</p>}
      {lines.length > PAGE && found.length > 0 && (
        <nav className="filters money-lines-pages" aria-label={t('money.lines.pages')}>
          <button
            type="button"
            className="button"
            disabled={first === 0}
            onClick={() => setPage(first / PAGE - 1)}
          >
            {t('money.lines.before')}
          </button>
          <span aria-live="polite">
            {t('money.lines.range', {
              from: money.number(first + 1),
              to: money.number(Math.min(first + PAGE, found.length)),
              total: money.number(found.length),
            })}
          </span>
          <button
            type="button"
            className="button"
            disabled={first + PAGE >= found.length}
            onClick={() => setPage(first / PAGE + 1)}
          >
            {t('money.lines.after')}
          </button>
        </nav>
      )}
    </>
  )
}

const useColumns = (
  money: Format,
  chosen: string,
  onChoose: (lineId: string) => void,
): readonly Column<MoneyLine>[] => {
  const { t } = useWords()
  const unknown = t('common.unknown')
  const decimal = (value: number | null) => (value === null ? unknown : money.decimal(value))
  const number = (id: string, label: string, cell: (line: MoneyLine) => string): Column<MoneyLine> => ({
    id,
    label,
    cell,
    numeric: true,
    sortable: true,
  })
  const budgetOf = ({ budget, pending }: MoneyLine) => {
    const now = budget === null ? unknown : budget === 0 ? t('money.budget.paused') : money.money(budget)
    return pending === null ? now : t('money.budget.pending', { budget: now, pending: money.money(pending) })
  }
  const marginalOf = ({ marginal }: MoneyLine) =>
    marginal === null
      ? unknown
      : t('money.marginal.interval', {
          mean: money.decimal(marginal.mean),
          low: money.decimal(marginal.low),
          high: money.decimal(marginal.high),
        })
  return [
    {
      id: 'name',
      label: t('money.line'),
      sortable: true,
      cell: (line) => (
        <button
          type="button"
          className="button-text money-line-name"
          aria-pressed={line.id === chosen}
          onClick={() => onChoose(line.id)}
        >
          {line.name}
        </button>
      ),
    },
    number('budget', t('money.budget'), budgetOf),
    number('marginal', t('money.marginal'), marginalOf),
    { id: 'evidence', label: t('money.evidence'), cell: (line) => t(`money.evidence.${line.evidence}`) },
    number('claimed', t('money.claimed'), (line) => decimal(line.claimedReturn)),
    number('real', t('money.real'), (line) => decimal(line.realReturn)),
    number('clicks', t('money.clicks'), (line) => money.number(line.clicksMonth)),
    number('today', t('money.today'), (line) => money.money(line.spentToday)),
    number('monthWorst', t('money.monthWorst'), (line) => money.money(line.monthWorst)),
    {
      id: 'reason',
      label: t('money.reason'),
      cell: (line) => t(`money.reason.${line.reason}` as WordKey),
    },
  ]
}

const AMOUNTS: Readonly<Record<string, (line: MoneyLine) => number | null>> = {
  budget: ({ budget }) => budget,
  marginal: ({ marginal }) => marginal?.mean ?? null,
  claimed: ({ claimedReturn }) => claimedReturn,
  real: ({ realReturn }) => realReturn,
  clicks: ({ clicksMonth }) => clicksMonth,
  today: ({ spentToday }) => spentToday,
  monthWorst: ({ monthWorst }) => monthWorst,
}

/** What is not known comes last, whichever way. */
const orderOf = ({ by, isDown }: Sorting): ((left: MoneyLine, right: MoneyLine) => number) => {
  const amount = AMOUNTS[by]
  const sign = isDown ? -1 : 1
  if (amount === undefined) return (left, right) => sign * left.name.localeCompare(right.name)
  return (left, right) => {
    const [a, b] = [amount(left), amount(right)]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return sign * (a - b)
  }
}
