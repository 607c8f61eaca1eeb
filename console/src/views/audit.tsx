// The audit: who did what, when, why and on whose yes; all of it as a file; and the end of the chain it stands in.

import { useDeferredValue, useState } from 'react'
import { useActs, useAnchor, useExportActs, useTip } from '../data/audit-queries.ts'
import { pathOf } from '../data/route.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Link } from '../parts/link.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { Act } from '../../../src/api/contract.ts'

const GROUPS = ['rules', 'approvals', 'autonomy', 'stop', 'money', 'brand', 'people', 'access'] as const

export function AuditView() {
  const { t } = useWords()
  const [group, setGroup] = useState('')
  const [who, setWho] = useState('')
  const filter = { group, who: useDeferredValue(who.trim()) }
  return (
    <>
      <header className="view-head">
        <h1>{t('nav.audit')}</h1>
        <p className="muted">{t('audit.lead')}</p>
        <div className="filters">
          <label>
            <span className="visually-hidden">{t('audit.group')}</span>
            <select value={group} onChange={(event) => setGroup(event.target.value)}>
              <option value="">{t('common.all')}</option>
              {GROUPS.map((one) => (
                <option key={one} value={one}>
                  {t(`audit.group.${one}`)}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span className="visually-hidden">{t('audit.who')}</span>
            <input
              type="search"
              value={who}
              placeholder={t('audit.who.hint')}
              onChange={(event) => setWho(event.target.value)}
            />
          </label>
          <ExportButtons />
        </div>
      </header>
      <Acts filter={filter} />
      <Chain />
    </>
  )
}

function ExportButtons() {
  const { t } = useWords()
  const file = useExportActs()
  return (
    <>
      {(['csv', 'ndjson'] as const).map((format) => (
        <button
          key={format}
          type="button"
          className="button"
          disabled={file.isPending}
          onClick={() => file.mutate(format)}
        >
          {file.isPending && file.variables === format ? t('audit.exporting') : t(`audit.${format}`)}
        </button>
      ))}
      {file.error !== null && <Failed error={file.error} onRetry={() => file.reset()} />}
    </>
  )
}

function Acts({ filter }: { readonly filter: { readonly group: string; readonly who: string } }) {
  const { t, format } = useWords()
  const query = useActs(filter)
  const acts = query.data?.pages.flatMap(({ items }) => items) ?? []
  if (query.isPending) return <Loading rows={10} />
  if (query.isError && acts.length === 0)
    return <Failed error={query.error} onRetry={() => void query.refetch()} />
  const more = query.hasNextPage && (
    <button
      type="button"
      className="button"
      disabled={query.isFetchingNextPage}
      onClick={() => void query.fetchNextPage()}
    >
      {query.isFetchingNextPage ? t('common.loading') : t('audit.more')}
    </button>
  )
  if (acts.length === 0) {
    const which = filter.group === '' && filter.who === '' ? 'empty' : 'none'
    return (
      <>
        <Empty title={t(`audit.${which}.title`)} detail={t(`audit.${which}.detail`)} />
        {more}
      </>
    )
  }
  return (
    <section className="acts" aria-label={t('nav.audit')}>
      <DataTable
        caption={t('audit.lead')}
        rows={acts}
        rowId={({ offset }) => String(offset)}
        columns={[
          { id: 'at', label: t('audit.at'), cell: ({ at }) => format.dateTime(at) },
          {
            id: 'who',
            label: t('audit.who'),
            cell: ({ who }) => <Who who={who} />,
          },
          { id: 'what', label: t('audit.what'), cell: (act) => <What act={act} /> },
        ]}
      />
      {more}
    </section>
  )
}

/** As facts spell whoever sits at the machine, and what makes the first keys. */
const LOCAL = 'local operator'
const FIRST = 'the first start'

function Who({ who }: Pick<Act, 'who'>) {
  const { t } = useWords()
  if (who.name === '') return t('audit.who.machine')
  if (who.id === '' && who.name === FIRST) return t('audit.who.first')
  return who.id === '' && who.name === LOCAL ? t('audit.who.local') : who.name
}

function What({ act }: { readonly act: Act }) {
  const { t, format } = useWords()
  return (
    <div className="act">
      <p>
        {act.proposalId === null ? (
          act.text
        ) : (
          <Link href={pathOf('approvals', act.proposalId)}>{act.text}</Link>
        )}
      </p>
      {act.reason !== '' && <p className="muted">{act.reason}</p>}
      {act.changes.length > 0 && (
        <ul>
          {act.changes.map(({ path, is, willBe }, index) => (
            <li key={index}>{is === '' && willBe === '' ? path : `${path}: ${is} → ${willBe}`}</li>
          ))}
        </ul>
      )}
      {act.approvals.map(({ name, via, at }, index) => (
        <p key={index} className="muted">
          {t('audit.yes', { name, via, at: format.dateTime(at) })}
        </p>
      ))}
      <p className="muted act-place">{t('audit.place', { offset: format.number(act.offset) })}</p>
    </div>
  )
}

function Chain() {
  const { t, format } = useWords()
  const tip = useTip()
  const anchor = useAnchor()
  return (
    <section aria-labelledby="chain-title">
      <header className="section-head">
        <h2 id="chain-title">{t('audit.chain')}</h2>
      </header>
      <p className="muted">{t('audit.chain.detail')}</p>
      {tip.error !== null && <Failed error={tip.error} onRetry={() => void tip.refetch()} />}
      {tip.data !== undefined && (
        <>
          <dl className="act-chain">
            <dt>{t('audit.chain.end')}</dt>
            <dd>{format.number(tip.data.offset)}</dd>
            <dt>{t('audit.chain.hash')}</dt>
            <dd>
              <code>{tip.data.hash}</code>
            </dd>
          </dl>
          <button
            type="button"
            className="button"
            disabled={anchor.isPending}
            onClick={() => anchor.mutate()}
          >
            {t('audit.anchor')}
          </button>
        </>
      )}
      <div role="status">
        {anchor.data !== undefined && (
          <p>{t('audit.anchored', { offset: format.number(anchor.data.offset) })}</p>
        )}
      </div>
      {anchor.error !== null && <Failed error={anchor.error} onRetry={() => anchor.mutate()} />}
    </section>
  )
}
