// The business's figures: what they were beside what is usual, what is expected, and what was out of the usual.

import { useState } from 'react'
import { useKpis } from '../data/queries.ts'
import { BandChart, type BandPoint } from '../parts/band-chart.tsx'
import { ChartFrame } from '../parts/chart-frame.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { useLive } from '../parts/live-context.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { Kpis } from '../../../src/api/contract.ts'

type Figure = Kpis['figures'][number]
type Name = Figure['kpi']

const TABLE_ROWS_MAX = 60
/** Larger amounts do not fit beside the axis. */
const AXIS_MONEY_MAX = 100_000

export function KpisView() {
  const { t } = useWords()
  const { data, error, refetch } = useKpis()
  const [chosen, setChosen] = useState<Name>('revenue')
  const shown = data?.figures.find(({ kpi }) => kpi === chosen)
  return (
    <>
      <header className="view-head">
        <h1>{t('nav.kpis')}</h1>
        {data !== undefined && (
          <label className="filters">
            <span className="visually-hidden">{t('kpis.choose')}</span>
            <select value={chosen} onChange={(event) => setChosen(event.target.value as Name)}>
              {data.figures.map(({ kpi }) => (
                <option key={kpi} value={kpi}>
                  {t(`kpi.${kpi}`)}
                </option>
              ))}
            </select>
          </label>
        )}
      </header>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={8} />}
      {shown !== undefined && (
        <div className="kpis">
          <Days figure={shown} />
          {shown.unit !== 'share' && <Hours figure={shown} />}
        </div>
      )}
      {data !== undefined && <Anomalies kpis={data} onChoose={setChosen} />}
    </>
  )
}

function useShow(unit: Figure['unit']) {
  const { format } = useWords()
  return {
    axis: (value: number) =>
      unit === 'share'
        ? format.percent(value)
        : unit === 'money' && Math.abs(value) < AXIS_MONEY_MAX
          ? format.moneyAxis(value).replace(/^\+/, '')
          : format.compact(value),
    full: (value: number) =>
      unit === 'share'
        ? format.percent(value)
        : unit === 'money'
          ? format.money(value)
          : format.decimal(value),
  }
}

function Hours({ figure }: { readonly figure: Figure }) {
  const { t, format } = useWords()
  const { brief } = useLive()
  const show = useShow(figure.unit)
  const title = t('kpis.hours', { figure: t(`kpi.${figure.kpi}`) })
  const points = figure.hours.map(
    ({ at, value, low, high }): BandPoint => ({ at, value, low, high, mean: null }),
  )
  if (points.length < 2)
    return <ChartFrame title={title} summary={t('kpis.hours.none')} table={null} draw={() => null} />
  const last = figure.hours.at(-1)
  const summary =
    last === undefined || last.low === null || last.high === null
      ? t('kpis.hours.unknown')
      : t('kpis.hours.summary', {
          time: format.dateTime(last.at),
          value: show.full(last.value),
          low: show.full(last.low),
          high: show.full(last.high),
        })
  const range = (low: number | null, high: number | null) =>
    low === null || high === null
      ? t('common.unknown')
      : t('kpis.range', { low: show.full(low), high: show.full(high) })
  return (
    <ChartFrame
      title={title}
      summary={summary}
      legend={<Legend band={t('kpis.usual')} ahead={null} />}
      table={
        <DataTable
          caption={title}
          rows={[...figure.hours].reverse().slice(0, TABLE_ROWS_MAX)}
          rowId={(hour) => String(hour.at)}
          columns={[
            { id: 'at', label: t('common.time'), cell: (hour) => format.dateTime(hour.at) },
            { id: 'value', label: t('kpis.value'), cell: (hour) => show.full(hour.value), numeric: true },
            {
              id: 'usual',
              label: t('kpis.usual'),
              cell: (hour) => range(hour.low, hour.high),
              numeric: true,
            },
          ]}
        />
      }
      draw={(width) => (
        <BandChart
          points={points}
          width={width}
          height={220}
          label={title}
          timeZone={brief?.business.timeZone ?? 'UTC'}
          show={show.axis}
          readout={({ at, value, low, high }) =>
            t('kpis.readout', {
              time: format.dateTime(at),
              value: show.full(value ?? 0),
              range: range(low, high),
            })
          }
        />
      )}
    />
  )
}

function Days({ figure }: { readonly figure: Figure }) {
  const { t, format } = useWords()
  const show = useShow(figure.unit)
  const { forecast } = figure
  const title = t('kpis.days', { figure: t(`kpi.${figure.kpi}`) })
  const past = figure.days.map(
    ({ at, value }): BandPoint => ({ at, value, mean: null, low: null, high: null }),
  )
  const lastAt = past.at(-1)?.at ?? Number.NEGATIVE_INFINITY
  const ahead = (forecast?.days ?? []).filter(({ at }) => at > lastAt)
  const points = [...past, ...ahead.map((day): BandPoint => ({ ...day, value: null }))]
  if (points.length < 2)
    return <ChartFrame title={title} summary={t('kpis.days.none')} table={null} draw={() => null} />
  const range = ({ low, high }: { readonly low: number | null; readonly high: number | null }) =>
    low === null || high === null ? '' : t('kpis.range', { low: show.full(low), high: show.full(high) })
  return (
    <ChartFrame
      title={title}
      summary={useForecastSentence(figure, show.full)}
      legend={<Legend band={t('kpis.interval')} ahead={t('kpis.ahead')} />}
      table={
        <DataTable
          caption={title}
          rows={[...points].reverse()}
          rowId={(point) => String(point.at)}
          columns={[
            { id: 'at', label: t('kpis.day'), cell: (point) => format.day(point.at) },
            {
              id: 'value',
              label: t('kpis.value'),
              cell: ({ value }) => (value === null ? '' : show.full(value)),
              numeric: true,
            },
            {
              id: 'mean',
              label: t('kpis.ahead'),
              cell: ({ mean }) => (mean === null ? '' : show.full(mean)),
              numeric: true,
            },
            { id: 'range', label: t('kpis.interval'), cell: range, numeric: true },
          ]}
        />
      }
      draw={(width) => (
        <BandChart
          points={points}
          width={width}
          height={260}
          label={title}
          timeZone="UTC"
          show={show.axis}
          readout={(point) =>
            t('kpis.readout', {
              time: format.day(point.at),
              value: show.full(point.value ?? point.mean ?? 0),
              range: range(point),
            })
          }
        />
      )}
    />
  )
}

/** What is expected over two and four weeks, by which method, and how such forecasts have done. */
function useForecastSentence({ kpi, forecast }: Figure, show: (value: number) => string): string {
  const { t, format } = useWords()
  if (forecast === null)
    return kpi === 'orders' || kpi === 'revenue' || kpi === 'margin' || kpi === 'visits'
      ? t('kpis.forecast.none')
      : t('kpis.forecast.not')
  const sum = (days: number) =>
    show(forecast.days.slice(0, days).reduce((total, { mean }) => total + mean, 0))
  const expected = t('kpis.forecast.sum', { two: sum(14), four: sum(28) })
  const method =
    forecast.method === 'combination' && forecast.error !== null && forecast.naiveError !== null
      ? t('kpis.forecast.better', {
          share: format.percent(1 - forecast.error / (forecast.naiveError || 1)),
        })
      : forecast.fallback === 'too_short_for_backtest'
        ? t('kpis.forecast.short')
        : t('kpis.forecast.naive')
  const held =
    forecast.held === null || forecast.held.days === 0
      ? ''
      : t('kpis.forecast.held', { inside: forecast.held.inside, days: forecast.held.days })
  return [expected, method, held].filter((part) => part !== '').join(' ')
}

function Legend({ band, ahead }: { readonly band: string; readonly ahead: string | null }) {
  const { t } = useWords()
  return (
    <ul className="legend">
      <li>
        <span className="key key-line" aria-hidden="true" />
        {t('kpis.value')}
      </li>
      {ahead !== null && (
        <li>
          <span className="key key-ahead" aria-hidden="true" />
          {ahead}
        </li>
      )}
      <li>
        <span className="key key-band" aria-hidden="true" />
        {band}
      </li>
    </ul>
  )
}

function Anomalies({ kpis, onChoose }: { readonly kpis: Kpis; readonly onChoose: (kpi: Name) => void }) {
  const { t, format } = useWords()
  const unitOf = (kpi: Name) => kpis.figures.find((figure) => figure.kpi === kpi)?.unit ?? 'count'
  const value = (kpi: Name, amount: number) =>
    unitOf(kpi) === 'share'
      ? format.percent(amount)
      : unitOf(kpi) === 'money'
        ? format.money(amount)
        : format.decimal(amount)
  return (
    <section aria-labelledby="odd-title">
      <header className="section-head">
        <h2 id="odd-title">{t('kpis.odd')}</h2>
      </header>
      {kpis.anomalies.length === 0 ? (
        <Empty title={t('kpis.odd.none')} detail={t('kpis.odd.none.detail')} />
      ) : (
        <DataTable
          caption={t('kpis.odd')}
          rows={kpis.anomalies}
          rowId={(one) => `${one.kpi} ${one.at}`}
          columns={[
            { id: 'at', label: t('common.time'), cell: (one) => format.dateTime(one.at) },
            {
              id: 'kpi',
              label: t('kpis.figure'),
              cell: (one) => (
                <button type="button" className="button-text" onClick={() => onChoose(one.kpi)}>
                  {t(`kpi.${one.kpi}`)}
                </button>
              ),
            },
            {
              id: 'what',
              label: t('kpis.what'),
              cell: (one) => `${one.isRisk ? `${t('severity.risk')} ` : ''}${t(`kpis.cause.${one.cause}`)}`,
            },
            { id: 'value', label: t('kpis.value'), cell: (one) => value(one.kpi, one.value), numeric: true },
            {
              id: 'expected',
              label: t('kpis.expected'),
              cell: (one) => value(one.kpi, one.expected),
              numeric: true,
            },
            {
              id: 'rare',
              label: t('kpis.rare'),
              cell: (one) => t('kpis.rare.value', { count: format.compact(10 ** Math.min(9, one.surprise)) }),
              numeric: true,
            },
          ]}
        />
      )}
      <p className="muted note">{t('kpis.odd.note', { withheld: kpis.withheld })}</p>
    </section>
  )
}
