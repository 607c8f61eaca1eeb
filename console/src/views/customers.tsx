// Find a person by e-mail, id, phone or name.

import { useDeferredValue, useState } from 'react'
import { useCustomers } from '../data/queries.ts'
import { pathOf } from '../data/route.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Link } from '../parts/link.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'

export function CustomersView() {
  const { t, format } = useWords()
  const [text, setText] = useState('')
  const wanted = useDeferredValue(text.trim())
  const { data, error, refetch } = useCustomers(wanted)
  return (
    <>
      <header className="view-head">
        <h1>{t('nav.customers')}</h1>
        <div className="filters">
          <input
            type="search"
            className="search"
            aria-label={t('customers.search')}
            placeholder={t('customers.search')}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          {data !== undefined && <span className="muted">{t('customers.total', { count: data.total })}</span>}
        </div>
      </header>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={8} />}
      {data?.items.length === 0 &&
        (wanted === '' ? (
          <Empty title={t('customers.empty.title')} detail={t('customers.empty.detail')} />
        ) : (
          <Empty title={t('customers.noMatch.title')} detail={t('customers.noMatch.detail')} />
        ))}
      {data !== undefined && data.items.length > 0 && (
        <DataTable
          caption={t('nav.customers')}
          rows={data.items}
          rowId={(hit) => hit.profileId}
          columns={[
            {
              id: 'person',
              label: t('customers.person'),
              cell: (hit) => <Link href={pathOf('customers', hit.profileId)}>{hit.person}</Link>,
            },
            { id: 'id', label: t('customers.id'), cell: (hit) => <code>{hit.profileId}</code> },
            {
              id: 'orders',
              label: t('customers.orders'),
              cell: (hit) => format.number(hit.orders),
              numeric: true,
            },
            {
              id: 'seen',
              label: t('customers.lastSeen'),
              cell: (hit) =>
                hit.lastSeenAt === null ? t('common.unknown') : format.dateTime(hit.lastSeenAt),
              numeric: true,
            },
          ]}
        />
      )}
    </>
  )
}
