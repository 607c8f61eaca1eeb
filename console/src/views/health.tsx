// What comes in and whether it is sound: sources, duplicates, refused events, the log behind it all.

import { useDataHealth } from '../data/queries.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Figures } from '../parts/figures.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { DataHealth } from '../../../src/api/contract.ts'

export function HealthView() {
  const { t } = useWords()
  const { data, error, refetch } = useDataHealth()
  return (
    <>
      <header className="view-head">
        <h1>{t('health.title')}</h1>
      </header>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={8} />}
      {data !== undefined && <Health health={data} />}
    </>
  )
}

function Health({ health }: { readonly health: DataHealth }) {
  const { t, format, named } = useWords()
  const { log } = health
  const behind = log.head - log.folded
  return (
    <>
      <Figures
        label={t('health.log')}
        figures={[
          { id: 'head', label: t('health.head'), value: format.number(log.head) },
          {
            id: 'folded',
            label: t('health.folded'),
            value: format.number(log.folded),
            note: t('health.behind', { count: behind }),
          },
          {
            id: 'snapshot',
            label: t('health.snapshot'),
            value: format.number(log.snapshotOffset),
            note: t('health.afterSnapshot', { count: log.head - log.snapshotOffset }),
          },
          {
            id: 'bytes',
            label: t('health.bytes'),
            value: log.bytes === null ? t('common.unknown') : format.bytes(log.bytes),
          },
        ]}
      />
      <div className="health">
        <section aria-labelledby="sources-title">
          <header className="section-head">
            <h2 id="sources-title">{t('health.sources')}</h2>
          </header>
          {health.sources.length === 0 ? (
            <Empty title={t('health.sources.empty.title')} detail={t('health.sources.empty.detail')} />
          ) : (
            <DataTable
              caption={t('health.sources')}
              rows={health.sources}
              rowId={(source) => source.source}
              columns={[
                { id: 'source', label: t('health.source'), cell: (source) => source.source },
                {
                  id: 'events',
                  label: t('hourly.events'),
                  cell: (source) => format.number(source.events),
                  numeric: true,
                },
                {
                  id: 'duplicates',
                  label: t('health.duplicates'),
                  cell: (source) => format.number(source.duplicates),
                  numeric: true,
                },
                {
                  id: 'invalid',
                  label: t('health.invalid'),
                  cell: (source) => format.number(source.invalid),
                  numeric: true,
                },
                {
                  id: 'last',
                  label: t('health.last'),
                  cell: (source) =>
                    source.lastAt === null ? t('health.never') : format.dateTime(source.lastAt),
                  numeric: true,
                },
              ]}
            />
          )}
        </section>
        <section aria-labelledby="invalid-title">
          <header className="section-head">
            <h2 id="invalid-title">{t('health.invalidByCode')}</h2>
          </header>
          {health.invalidByCode.length === 0 ? (
            <p className="muted">{t('health.invalid.none')}</p>
          ) : (
            <DataTable
              caption={t('health.invalidByCode')}
              rows={health.invalidByCode}
              rowId={(row) => row.code}
              columns={[
                { id: 'code', label: t('health.code'), cell: (row) => named('refusal', row.code) },
                {
                  id: 'count',
                  label: t('health.count'),
                  cell: (row) => format.number(row.count),
                  numeric: true,
                },
              ]}
            />
          )}
        </section>
      </div>
    </>
  )
}
