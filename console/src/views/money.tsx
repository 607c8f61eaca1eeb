// Ad money: what it costs and may cost, what each line brings, what was moved and why, what needs a person.

import { useRef, useState } from 'react'
import { createFormat, type Format } from '../data/format.ts'
import { useCloseIncident, useMoney, useSettings } from '../data/queries.ts'
import { Figures } from '../parts/figures.tsx'
import { GeoExperiments } from '../parts/geo-experiments.tsx'
import { LineMonth } from '../parts/line-month.tsx'
import { MoneyLines } from '../parts/money-lines.tsx'
import { OwnedChannels } from '../parts/owned-channels.tsx'
import { ResponseCurve } from '../parts/response-curve.tsx'
import { SpendEffect } from '../parts/spend-effect.tsx'
import { SpendChart } from '../parts/spend-chart.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { WordKey } from '../words/en.ts'
import type { Money } from '../../../src/api/contract.ts'

export function MoneyView() {
  const { t } = useWords()
  const { data, error, refetch } = useMoney()
  return (
    <>
      <header className="view-head">
        <h1>{t('nav.money')}</h1>
      </header>
      {data === undefined ? (
        error === null ? (
          <Loading rows={8} />
        ) : (
          <Failed error={error} onRetry={() => void refetch()} />
        )
      ) : data.configured ? (
        <Page data={data} />
      ) : (
        <>
          <Empty title={t('money.empty.title')} detail={t('money.empty.detail')} />
          <OwnedChannels owned={data.owned} timeZone={data.timeZone} />
        </>
      )}
    </>
  )
}

function Page({ data }: { readonly data: Money }) {
  const { t } = useWords()
  const { lang } = useSettings()
  const [chosen, setChosen] = useState('')
  const charts = useRef<HTMLDivElement>(null)
  const money = createFormat({ lang, currency: data.currency, timeZone: data.timeZone })
  const sorted = data.lines.toSorted((left, right) => (right.budget ?? 0) - (left.budget ?? 0))
  const line = sorted.find(({ id }) => id === chosen) ?? sorted[0]
  return (
    <>
      {data.stopped && <p className="money-stopped">{t('money.stopped')}</p>}
      <MoneyFigures data={data} money={money} />
      <Incidents data={data} />
      <div className="money-charts" ref={charts}>
        {line !== undefined && (
          <div>
            <label className="filters money-line-choice">
              <span>{t('money.line')}</span>
              <select value={line.id} onChange={(event) => setChosen(event.target.value)}>
                {sorted.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            <ResponseCurve key={line.id} line={line} money={money} />
            <LineMonth line={line} money={money} />
            <SpendEffect line={line} money={money} />
          </div>
        )}
        <SpendChart data={data} money={money} />
      </div>
      <section aria-labelledby="money-lines">
        <header className="section-head">
          <h2 id="money-lines">{t('money.lines')}</h2>
        </header>
        <MoneyLines
          lines={data.lines}
          money={money}
          chosen={line?.id ?? ''}
          onChoose={(lineId) => {
            setChosen(lineId)
            charts.current?.scrollIntoView({ block: 'nearest' })
          }}
        />
      </section>
      <GeoExperiments data={data} money={money} />
      <OwnedChannels owned={data.owned} timeZone={data.timeZone} />
      <Moves data={data} money={money} />
    </>
  )
}

function MoneyFigures({ data, money }: { readonly data: Money; readonly money: Format }) {
  const { t } = useWords()
  const figures = [
    {
      id: 'today',
      label: t('money.today'),
      value: money.money(data.spentToday),
      note: t('money.today.note', { worst: money.money(data.todayWorst), cap: money.money(data.dayMax) }),
      alarm: data.todayWorst > data.dayMax,
    },
    {
      id: 'month',
      label: t('money.month'),
      value: money.money(data.spentMonth),
      note: t('money.month.note', { worst: money.money(data.monthWorst), cap: money.money(data.monthMax) }),
      alarm: data.monthWorst > data.monthMax,
    },
    { id: 'target', label: t('money.target'), value: money.money(data.dayTarget) },
    {
      id: 'gain',
      label: t('money.gain'),
      value: data.plan === null ? t('common.unknown') : money.moneySigned(data.plan.gain),
      note: t('money.gain.note'),
    },
    {
      id: 'price',
      label: t('money.price'),
      value: data.plan === null ? t('common.unknown') : money.decimal(data.plan.price),
      note: t('money.price.note'),
    },
    {
      id: 'demand',
      label: t('money.demand'),
      value: data.demand === null ? t('common.unknown') : signedShare(data.demand.index - 1, money),
      note: t(data.demand === null ? 'money.demand.unknown' : 'money.demand.note'),
    },
  ]
  return <Figures label={t('money.figures')} figures={figures} />
}

const signedShare = (share: number, { percent }: Format): string => `${share > 0 ? '+' : ''}${percent(share)}`

function Incidents({ data }: { readonly data: Money }) {
  const { t, format } = useWords()
  const close = useCloseIncident()
  if (data.incidents.length === 0) return null
  const nameOf = (id: string) =>
    id === '' ? t('money.incident.all') : (data.lines.find((line) => line.id === id)?.name ?? id)
  return (
    <section aria-labelledby="money-incidents" className="money-incidents">
      <h2 id="money-incidents">{t('money.incidents')}</h2>
      <ul>
        {data.incidents.map((incident) => (
          <li key={incident.incidentId}>
            <div>
              <p className="money-incident-name">
                {t(`money.incident.${incident.kind}` as WordKey, { line: nameOf(incident.lineId) })}
              </p>
              <p className="muted">
                <time dateTime={new Date(incident.at).toISOString()}>{format.dateTime(incident.at)}</time>{' '}
                {incident.detail}
              </p>
            </div>
            {!['tracking', 'unreachable', 'sign_in'].includes(incident.kind) && (
              <button
                type="button"
                className="button"
                disabled={close.isPending}
                onClick={() => close.mutate(incident.incidentId)}
              >
                {t('money.incident.seen')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {close.isError && <p role="alert">{t('money.incident.failed')}</p>}
    </section>
  )
}

function Moves({ data, money }: { readonly data: Money; readonly money: Format }) {
  const { t, format } = useWords()
  const nameOf = (id: string) => data.lines.find((line) => line.id === id)?.name ?? id
  const amount = (value: number) => (value === 0 ? t('money.budget.paused') : money.money(value))
  return (
    <section aria-labelledby="money-moves">
      <header className="section-head">
        <h2 id="money-moves">{t('money.moves')}</h2>
      </header>
      {data.moves.length === 0 ? (
        <p className="muted">{t('money.moves.empty')}</p>
      ) : (
        <ol className="money-moves">
          {data.moves.map((move) => (
            <li key={move.moveId}>
              <time dateTime={new Date(move.at).toISOString()}>{format.dateTime(move.at)}</time>
              <span>
                {t('money.move', { line: nameOf(move.lineId), from: amount(move.from), to: amount(move.to) })}
              </span>
              <span className="muted">{t(`money.why.${move.why}` as WordKey)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
