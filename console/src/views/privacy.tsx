// How long personal data is kept, by class, what is over and what will be next; and letting it go. Never whose it is.

import { useRetention } from '../data/privacy-queries.ts'
import { pathOf } from '../data/route.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Link } from '../parts/link.tsx'
import { RetentionRuns } from '../parts/retention-runs.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { RetentionView } from '../../../src/api/contract.ts'

/** What has no period of its own. */
const KEPT = ['consents', 'results', 'suppressions'] as const

export function PrivacyView() {
  const { t } = useWords()
  const { data, error, refetch } = useRetention()
  return (
    <>
      <header className="view-head">
        <h1>{t('nav.privacy')}</h1>
        <p className="muted">{t('privacy.lead')}</p>
      </header>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={8} />}
      {data !== undefined && (
        <>
          <Classes retention={data} />
          <RetentionRuns retention={data} />
          <KeptLong />
        </>
      )}
    </>
  )
}

type Row = {
  readonly id: RetentionView['classes'][number]['dataClass'] | 'contact'
  readonly period: string
  readonly stored: string
  readonly over: string
  readonly next: string
}

function Classes({ retention }: { readonly retention: RetentionView }) {
  const { t } = useWords()
  const rows = useRows(retention)
  const boundOf = (isMentions: boolean) =>
    retention.classes
      .filter(({ dataClass }) => (dataClass === 'mentions') === isMentions)
      .reduce((sum, one) => sum + one.bound, 0)
  const bound = boundOf(false)
  const stays = boundOf(true)
  return (
    <section aria-labelledby="retention-title">
      <header className="section-head">
        <h2 id="retention-title">{t('retention.title')}</h2>
        <Link href={pathOf('campaigns')}>{t('retention.set')}</Link>
      </header>
      <DataTable
        caption={t('retention.title')}
        rows={rows}
        rowId={({ id }) => id}
        columns={[
          {
            id: 'class',
            label: t('retention.class'),
            cell: ({ id }) => (
              <div>
                {t(`retentionClass.${id}`)}
                <small className="muted retention-is">{t(`retentionClass.${id}.is`)}</small>
              </div>
            ),
          },
          { id: 'period', label: t('retention.period'), cell: ({ period }) => period },
          { id: 'stored', label: t('retention.stored'), numeric: true, cell: ({ stored }) => stored },
          { id: 'over', label: t('retention.over'), cell: ({ over }) => over },
          { id: 'next', label: t('retention.next'), cell: ({ next }) => next },
        ]}
      />
      {bound > 0 && <p className="muted note">{t('retention.bound', { count: bound })}</p>}
      {stays > 0 && <p className="muted note">{t('retention.stays', { count: stays })}</p>}
    </section>
  )
}

/** Each class as it stands on the page; "–" where there is nothing to say. */
function useRows({ classes, contact }: RetentionView): readonly Row[] {
  const { t, format } = useWords()
  const none = t('common.unknown')
  const period = (months: number, kept: string) =>
    months === 0
      ? kept
      : months % 12 === 0
        ? t('retention.years', { years: months / 12 })
        : t('retention.months', { months })
  const dated = classes.map(
    ({ dataClass, months, before, items, stored, next }): Row => ({
      id: dataClass,
      period: period(months, t(dataClass === 'mentions' ? 'retention.keptAll' : 'retention.kept')),
      stored: format.number(stored),
      over:
        items === 0
          ? none
          : t('retention.overBefore', { count: format.number(items), date: format.date(Date.parse(before)) }),
      next:
        next === null
          ? none
          : t('retention.nextMonth', {
              date: format.date(next.at),
              count: format.number(next.items),
              month: format.month(Date.parse(next.month)),
            }),
    }),
  )
  const { months, before, people, soon } = contact
  const persons: Row = {
    id: 'contact',
    period: period(months, t('retention.keptPerson')),
    stored: none,
    over:
      people === 0
        ? none
        : t('retention.overPeople', { count: format.number(people), date: format.date(before) }),
    next: soon === 0 ? none : t('retention.nextPeople', { count: soon }),
  }
  return [...dated, persons]
}

function KeptLong() {
  const { t } = useWords()
  return (
    <section aria-labelledby="kept-title">
      <header className="section-head">
        <h2 id="kept-title">{t('retentionKept.title')}</h2>
      </header>
      <dl className="kept-long">
        {KEPT.map((one) => (
          <div key={one}>
            <dt>{t(`retentionKept.${one}`)}</dt>
            <dd className="muted">{t(`retentionKept.${one}.is`)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
