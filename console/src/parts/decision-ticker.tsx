// The last decisions as they happen, each with its reason in one sentence.

import { useLive } from './live-context.tsx'
import { Link } from './link.tsx'
import { VerdictMark } from './icons.tsx'
import { Empty, Failed, Loading } from './states.tsx'
import { useWords } from './words-context.tsx'
import { useDecisions } from '../data/queries.ts'
import { EVERY_DECISION } from '../data/decision-filter.ts'
import { pathOf } from '../data/route.ts'
import { mergeRows } from '../data/rows.ts'
import type { DecisionRow } from '../../../src/api/contract.ts'

const ROWS_SHOWN = 14

export function DecisionTicker() {
  const { t } = useWords()
  const { decisions } = useLive()
  const stored = useDecisions(EVERY_DECISION)
  const rows = mergeRows(decisions, stored.data?.pages[0]?.items ?? []).slice(0, ROWS_SHOWN)
  return (
    <section className="ticker" aria-labelledby="ticker-title">
      <header className="section-head">
        <h2 id="ticker-title">{t('ticker.title')}</h2>
        <Link href={pathOf('decisions')}>{t('ticker.all')}</Link>
      </header>
      {rows.length === 0 && stored.isPending && <Loading rows={6} />}
      {rows.length === 0 && stored.isError && (
        <Failed error={stored.error} onRetry={() => void stored.refetch()} />
      )}
      {rows.length === 0 && stored.isSuccess && (
        <Empty title={t('decisions.empty.title')} detail={t('decisions.empty.detail')} />
      )}
      <ol>
        {rows.map((row) => (
          <TickerRow key={row.decisionId} row={row} />
        ))}
      </ol>
    </section>
  )
}

function TickerRow({ row }: { readonly row: DecisionRow }) {
  const { t, format } = useWords()
  return (
    <li>
      <p className="ticker-head">
        <VerdictMark verdict={row.verdict} />
        <Link href={pathOf('decisions', row.decisionId)}>{row.person}</Link>
        <span className="ticker-action">
          {row.actionId === 'nothing' ? t('action.nothing') : row.actionId}
        </span>
        <time dateTime={new Date(row.at).toISOString()}>{format.time(row.at)}</time>
      </p>
      <p className="ticker-why">{row.why}</p>
    </li>
  )
}
