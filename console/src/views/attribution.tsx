// Who was there before orders, by several rules side by side, and beside them what holdouts measured. Credit is not
// cause: the page says so before any number.

import { useState } from 'react'
import { useAttribution } from '../data/queries.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { useLive } from '../parts/live-context.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { AttributionView as Attribution } from '../../../src/api/contract.ts'

type Row = Attribution['rows'][number]
type Measured = Attribution['measured']
type Method = keyof Row['margin']

const METHODS: readonly Method[] = [
  'first',
  'last',
  'linear',
  'position',
  'decay',
  'markov1',
  'markov2',
  'shapley',
]

export function AttributionView() {
  const { t } = useWords()
  const [by, setBy] = useState<Attribution['by']>('channel')
  const [touches, setTouches] = useState<Attribution['touches']>('all')
  const [what, setWhat] = useState<'margin' | 'orders'>('margin')
  const { data, error, refetch } = useAttribution(by, touches)
  return (
    <>
      <header className="view-head">
        <h1>{t('nav.attribution')}</h1>
        <div className="filters">
          <Choice label={t('attribution.by')} value={by} onChoose={setBy} options={['channel', 'campaign']} />
          <Choice
            label={t('attribution.touches')}
            value={touches}
            onChoose={setTouches}
            options={['all', 'clicks']}
          />
          <Choice
            label={t('attribution.what')}
            value={what}
            onChoose={setWhat}
            options={['margin', 'orders']}
          />
        </div>
      </header>
      <p className="model-warning">{t('attribution.warning')}</p>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={8} />}
      {data !== undefined && <Credits found={data} what={what} />}
    </>
  )
}

type Option = 'channel' | 'campaign' | 'all' | 'clicks' | 'margin' | 'orders'

function Choice<T extends Option>({
  label,
  value,
  options,
  onChoose,
}: {
  readonly label: string
  readonly value: T
  readonly options: readonly T[]
  readonly onChoose: (value: T) => void
}) {
  const { t } = useWords()
  return (
    <label>
      <span className="visually-hidden">{label}</span>
      <select
        value={value}
        onChange={({ target }) => {
          const chosen = options.find((option) => option === target.value)
          if (chosen !== undefined) onChoose(chosen)
        }}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {t(`attribution.option.${option}`)}
          </option>
        ))}
      </select>
    </label>
  )
}

function Credits({ found, what }: { readonly found: Attribution; readonly what: 'margin' | 'orders' }) {
  const { t, format } = useWords()
  const { brief } = useLive()
  const nameOf = (id: string): string =>
    brief?.campaigns.find(({ campaignId }) => campaignId === id)?.name ?? id
  const figure = (value: number | null): string =>
    value === null ? t('common.unknown') : what === 'margin' ? format.money(value) : format.decimal(value)
  const measured = (one: Measured | null): string =>
    one === null || one.margin === null || one.low === null || one.high === null
      ? t('attribution.unmeasured')
      : t('attribution.measured.value', {
          value: format.moneySigned(one.margin),
          low: format.moneySigned(one.low),
          high: format.moneySigned(one.high),
        })
  const columns: readonly Column<Row>[] = [
    { id: 'id', label: t(`attribution.option.${found.by}`), cell: (row) => nameOf(row.id) },
    {
      id: 'measured',
      label: t('attribution.measured'),
      cell: (row) => <strong>{measured(row.measured)}</strong>,
      numeric: true,
    },
    ...METHODS.map((method) => ({
      id: method,
      label: t(`attribution.method.${method}`),
      cell: (row: Row) => figure(row[what][method]),
      numeric: true,
    })),
    {
      id: 'removal',
      label: t('attribution.removal'),
      cell: (row) => format.percent(row.removal),
      numeric: true,
    },
  ]
  return (
    <div className="offers">
      <p>
        {t('attribution.sum', {
          orders: format.number(found.orders),
          margin: format.money(found.margin),
          alone: format.number(found.alone.orders),
          days: found.lookbackDays,
        })}{' '}
        {t('attribution.all', { measured: measured(found.measured) })}
      </p>
      {found.rows.length === 0 ? (
        <Empty title={t('attribution.empty')} detail={t('attribution.empty.detail')} />
      ) : (
        <DataTable
          caption={t('nav.attribution')}
          columns={columns}
          rows={found.rows}
          rowId={({ id }) => id}
        />
      )}
      <p className="muted note">{t('attribution.note')}</p>
    </div>
  )
}
