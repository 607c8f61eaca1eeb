// How one is told outside the console: ways, quiet hours, a daily brief; and whom something urgent would call.

import { useState, type FormEvent, type ReactNode } from 'react'
import {
  useChooseNotices,
  useNotices,
  useOwnNotices,
  useTelegramCode,
  useTelegramOff,
  useTestNotice,
} from '../data/notice-queries.ts'
import { DataTable } from './data-table.tsx'
import { Dialog } from './dialog.tsx'
import { FailureLine } from './field.tsx'
import { Empty, Failed, Loading } from './states.tsx'
import { useWords } from './words-context.tsx'
import type {
  NoticesView,
  NoticeView,
  NoticeWay,
  OwnNotices,
  PreferencesRequest,
} from '../../../src/api/contract.ts'

export function NoticesSection() {
  const { t } = useWords()
  const { data, error, refetch } = useOwnNotices()
  return (
    <section aria-labelledby="notices-title">
      <header className="section-head">
        <h2 id="notices-title">{t('notices.title')}</h2>
      </header>
      <p className="muted">{t('notices.says')}</p>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={4} />}
      {data !== undefined && <Ways own={data} />}
      {data !== undefined && <Choices own={data} />}
      <Called />
    </section>
  )
}

function Ways({ own }: { readonly own: OwnNotices }) {
  const { t } = useWords()
  const test = useTestNotice()
  const off = useTelegramOff()
  const [connecting, setConnecting] = useState(false)
  return (
    <>
      <dl className="access-facts">
        {own.known.map(({ way, isSetUp, reaches }) => (
          <WayRow
            key={way}
            way={way}
            state={isSetUp ? (reaches ? 'reaches' : 'not_connected') : 'not_set_up'}
          >
            {reaches && (
              <button
                type="button"
                className="button"
                aria-label={t('notices.test.of', { way: t(`notices.way.${way}`) })}
                disabled={test.isPending}
                onClick={() => test.mutate({ way })}
              >
                {t('notices.test')}
              </button>
            )}{' '}
            {way === 'telegram' && isSetUp && !reaches && (
              <button type="button" className="button" onClick={() => setConnecting(true)}>
                {t('notices.connect')}
              </button>
            )}
            {way === 'telegram' && reaches && (
              <button type="button" className="button" onClick={() => off.mutate({})}>
                {t('notices.disconnect')}
              </button>
            )}
          </WayRow>
        ))}
      </dl>
      <p role="status">
        {test.data !== undefined && t(`notices.tested.${test.data.outcome}`, { detail: test.data.detail })}
      </p>
      <FailureLine error={test.error ?? off.error} />
      {connecting && <ConnectDialog onClose={() => setConnecting(false)} />}
    </>
  )
}

function WayRow({
  way,
  state,
  children,
}: {
  readonly way: NoticeWay
  readonly state: 'reaches' | 'not_connected' | 'not_set_up'
  readonly children: ReactNode
}) {
  const { t } = useWords()
  return (
    <>
      <dt>{t(`notices.way.${way}`)}</dt>
      <dd>{t(`notices.state.${state}`)}</dd>
      <dd>{children}</dd>
    </>
  )
}

function ConnectDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords()
  const code = useTelegramCode()
  const { data } = code
  return (
    <Dialog title={t('notices.connect.title')} onClose={onClose}>
      <div className="access-form">
        <p>{t('notices.connect.says')}</p>
        {data === undefined && (
          <button
            type="button"
            className="button button-primary"
            data-first-focus
            disabled={code.isPending}
            onClick={() => code.mutate({})}
          >
            {t('notices.connect.make')}
          </button>
        )}
        {data !== undefined && (
          <>
            <p>
              <code className="secret-text">/start {data.code}</code>
            </p>
            {data.bot !== '' && (
              <a
                className="button button-primary"
                href={`https://t.me/${encodeURIComponent(data.bot)}?start=${encodeURIComponent(data.code)}`}
                target="_blank"
                rel="noreferrer"
              >
                {t('notices.connect.open', { bot: data.bot })}
              </a>
            )}
            <p className="muted">{t('notices.connect.once')}</p>
          </>
        )}
        <FailureLine error={code.error} />
      </div>
    </Dialog>
  )
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const hourText = (hour: number): string => `${String(hour).padStart(2, '0')}:00`

function Choices({ own }: { readonly own: OwnNotices }) {
  const { t } = useWords()
  const choose = useChooseNotices()
  const [chosen, setChosen] = useState<PreferencesRequest>({
    ways: own.ways,
    quiet: own.quiet,
    briefHour: own.briefHour,
  })
  const { ways, quiet, briefHour } = chosen
  const change = (part: Partial<PreferencesRequest>) => setChosen({ ...chosen, ...part })
  const toggle = (way: NoticeWay) =>
    change({ ways: ways.includes(way) ? ways.filter((one) => one !== way) : [...ways, way] })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    choose.mutate(chosen)
  }
  return (
    <form className="access-form notices-form" onSubmit={submit}>
      <fieldset>
        <legend>{t('notices.by')}</legend>
        {own.known.map(({ way }) => (
          <label key={way} className="notices-check">
            <input type="checkbox" checked={ways.includes(way)} onChange={() => toggle(way)} />{' '}
            {t(`notices.way.${way}`)}
          </label>
        ))}
      </fieldset>
      {ways.length > 1 && (
        <label className="field">
          <span>{t('notices.first')}</span>
          <select
            value={ways[0]}
            onChange={({ target }) => {
              const first = target.value as NoticeWay
              change({ ways: [first, ...ways.filter((way) => way !== first)] })
            }}
          >
            {ways.map((way) => (
              <option key={way} value={way}>
                {t(`notices.way.${way}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label className="notices-check">
        <input
          type="checkbox"
          checked={quiet !== null}
          onChange={() => change({ quiet: quiet === null ? { fromHour: 21, toHour: 9 } : null })}
        />{' '}
        {t('notices.quiet')}
      </label>
      {quiet !== null && (
        <div className="notices-hours">
          <HourField
            label={t('notices.from')}
            value={quiet.fromHour}
            onHour={(fromHour) => change({ quiet: { ...quiet, fromHour } })}
          />
          <HourField
            label={t('notices.to')}
            value={quiet.toHour}
            onHour={(toHour) => change({ quiet: { ...quiet, toHour } })}
          />
        </div>
      )}
      <label className="notices-check">
        <input
          type="checkbox"
          checked={briefHour !== null}
          onChange={() => change({ briefHour: briefHour === null ? 9 : null })}
        />{' '}
        {t('notices.brief')}
      </label>
      {briefHour !== null && (
        <HourField
          label={t('notices.briefAt')}
          value={briefHour}
          onHour={(hour) => change({ briefHour: hour })}
        />
      )}
      <p className="muted">{t('notices.zone', { zone: own.timeZone })}</p>
      <FailureLine error={choose.error} />
      <div>
        <button type="submit" className="button button-primary" disabled={choose.isPending}>
          {t('notices.save')}
        </button>{' '}
        <span role="status">{choose.isSuccess && t('notices.saved')}</span>
      </div>
    </form>
  )
}

function HourField({
  label,
  value,
  onHour,
}: {
  readonly label: string
  readonly value: number
  readonly onHour: (hour: number) => void
}) {
  return (
    <label className="field">
      <span>{label}</span>
      <select value={value} onChange={({ target }) => onHour(Number(target.value))}>
        {HOURS.map((hour) => (
          <option key={hour} value={hour}>
            {hourText(hour)}
          </option>
        ))}
      </select>
    </label>
  )
}

function Called() {
  const { t } = useWords()
  const { data, error } = useNotices()
  if (error !== null || data === undefined) return null
  const { perHour, perDay } = data.budget
  return (
    <>
      <h3>{t('notices.preview')}</h3>
      {data.preview.length === 0 && <p>{t('notices.preview.nobody')}</p>}
      <ol className="notices-preview">
        {data.preview.map(({ round, afterMs, calls }) => (
          <li key={round}>
            {afterMs === 0 ? t('notices.now') : t('notices.after', { minutes: Math.round(afterMs / 60_000) })}{' '}
            {calls
              .map(({ name, way, why }) => `${name}, ${t(`notices.way.${way}`)} (${whyText(t, why)})`)
              .join('; ')}
          </li>
        ))}
      </ol>
      <p className="muted">{t('notices.budget', { perHour, perDay })}</p>
      <h3>{t('notices.told')}</h3>
      <CalledTable data={data} />
    </>
  )
}

type Words = ReturnType<typeof useWords>['t']
const WHYS = ['named', 'on_call', 'role', 'owner', 'told_before', 'asked'] as const
const whyText = (t: Words, why: string): string => {
  const known = WHYS.find((one) => one === why)
  return known === undefined ? why : t(`notices.why.${known}`)
}

const SHOWN_MAX = 20

function CalledTable({ data }: { readonly data: NoticesView }) {
  const { t, format } = useWords()
  const rows = [...data.open, ...data.closed].slice(0, SHOWN_MAX)
  if (rows.length === 0) return <Empty title={t('notices.none')} detail={t('notices.none.detail')} />
  return (
    <DataTable
      caption={t('notices.told')}
      rows={rows}
      rowId={({ noticeId }) => noticeId}
      columns={[
        {
          id: 'what',
          label: t('notices.what'),
          cell: ({ title, isUrgent }) => (isUrgent ? `${t('notices.urgent')} ${title}` : title),
        },
        { id: 'when', label: t('notices.when'), cell: ({ at }) => format.dateTime(at) },
        { id: 'whom', label: t('notices.whom'), cell: (notice) => whomText(t, notice) },
      ]}
    />
  )
}

const whomText = (t: Words, { calls, withheld }: NoticeView): string => {
  if (calls.length > 0)
    return calls
      .map(({ name, way, status }) => `${name}, ${t(`notices.way.${way}`)}: ${t(`notices.call.${status}`)}`)
      .join('; ')
  if (withheld === 'budget') return t('notices.withheld.budget')
  return withheld === 'nobody' ? t('notices.withheld.nobody') : t('notices.withheld.waits')
}
