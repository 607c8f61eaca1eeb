// The list itself: only the rows in sight are in the page, more are fetched towards the end, new ones
// come in at the top while one looks at the top and wait behind a button otherwise.

import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useDecisions } from '../data/queries.ts'
import { EVERY_DECISION, passes, queryOf, type DecisionFilter } from '../data/decision-filter.ts'
import { go, pathOf } from '../data/route.ts'
import { mergeRows } from '../data/rows.ts'
import { VerdictMark } from './icons.tsx'
import { Link } from './link.tsx'
import { useLive } from './live-context.tsx'
import { Empty, Failed, Loading } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { DecisionRow } from '../../../src/api/contract.ts'

const ROW_HEIGHT = 52
const OVERSCAN_ROWS = 12
const NEAR_TOP_PX = 40

type DecisionListProps = { readonly filter: DecisionFilter; readonly openId: string | null }

export function DecisionList({ filter, openId }: DecisionListProps) {
  const { t } = useWords()
  const scroller = useRef<HTMLDivElement>(null)
  const query = useDecisions(filter)
  const { rows, waiting, atTop, onScroll } = useLiveRows(filter, query.data?.pages, scroller)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN_ROWS,
    getItemKey: (index) => rows[index]?.decisionId ?? index,
  })
  const shown = virtual.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  useEffect(() => {
    if (last >= rows.length - OVERSCAN_ROWS && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage])

  if (query.isPending) return <Loading rows={10} />
  if (query.isError && rows.length === 0)
    return <Failed error={query.error} onRetry={() => void query.refetch()} />
  if (rows.length === 0) return <NoRows filter={filter} />
  return (
    <>
      {!atTop && waiting > 0 && (
        <button
          type="button"
          className="button new-rows"
          onClick={() => scroller.current?.scrollTo({ top: 0 })}
        >
          {t('decisions.new', { count: waiting })}
        </button>
      )}
      <div className="rows-frame">
        <RowsHead />
        <div
          ref={scroller}
          className="rows"
          role="region"
          aria-label={t('decisions.list')}
          tabIndex={0}
          onScroll={onScroll}
        >
          <ol style={{ blockSize: virtual.getTotalSize() }}>
            {shown.map((item) => {
              const row = rows[item.index]
              if (row === undefined) return null
              return (
                <li
                  key={item.key}
                  aria-setsize={hasNextPage ? -1 : rows.length}
                  aria-posinset={item.index + 1}
                  style={{ transform: `translateY(${item.start}px)`, blockSize: ROW_HEIGHT }}
                >
                  <Row row={row} open={row.decisionId === openId} filter={filter} />
                </li>
              )
            })}
          </ol>
        </div>
      </div>
      <p className="rows-foot muted">
        {isFetchingNextPage
          ? t('common.loading')
          : t('decisions.shown', { count: rows.length, more: hasNextPage ? 'yes' : 'no' })}
      </p>
    </>
  )
}

/** Stored pages with live rows on top; away from the top, the live rows stand still and are counted. */
function useLiveRows(
  filter: DecisionFilter,
  pages: readonly { readonly items: readonly DecisionRow[] }[] | undefined,
  scroller: React.RefObject<HTMLDivElement | null>,
) {
  const { decisions } = useLive()
  const [atTop, setAtTop] = useState(true)
  const frozen = useRef(decisions)
  if (atTop) frozen.current = decisions
  const live = atTop ? decisions : frozen.current
  const rows = useMemo(() => {
    const stored = pages?.flatMap((page) => page.items) ?? []
    return mergeRows(
      live.filter((row) => passes(filter, row)),
      stored,
    )
  }, [live, pages, filter.campaign, filter.verdict, filter.profile])
  const waiting = atTop
    ? 0
    : decisions.filter(
        (row) => passes(filter, row) && !live.some((known) => known.decisionId === row.decisionId),
      ).length
  const onScroll = () => setAtTop((scroller.current?.scrollTop ?? 0) < NEAR_TOP_PX)
  return { rows, waiting, atTop, onScroll }
}

function NoRows({ filter }: { readonly filter: DecisionFilter }) {
  const { t } = useWords()
  if (queryOf(filter) === '')
    return <Empty title={t('decisions.empty.title')} detail={t('decisions.empty.detail')} />
  return (
    <Empty
      title={t('decisions.noMatch.title')}
      detail={t('decisions.noMatch.detail')}
      action={
        <button
          type="button"
          className="button"
          onClick={() => go(pathOf('decisions') + queryOf(EVERY_DECISION), 'replace')}
        >
          {t('decisions.noMatch.clear')}
        </button>
      }
    />
  )
}

/** For the eye alone: each row says its own words to a screen reader. */
function RowsHead() {
  const { t } = useWords()
  return (
    <div className="row rows-head" aria-hidden="true">
      <span>{t('common.time')}</span>
      <span>{t('decision.person')}</span>
      <span>{t('decisions.verdict')}</span>
      <span>{t('mix.action')}</span>
      <span className="row-campaign">{t('decisions.campaign')}</span>
      <span className="row-figure">{t('decision.probability')}</span>
      <span className="row-delivery">{t('decisions.delivery')}</span>
      <span className="row-figure row-reward">{t('campaigns.reward')}</span>
    </div>
  )
}

type RowProps = { readonly row: DecisionRow; readonly open: boolean; readonly filter: DecisionFilter }

function Row({ row, open, filter }: RowProps) {
  const { t, format, named } = useWords()
  const campaign =
    useLive().brief?.campaigns.find((known) => known.campaignId === row.campaignId)?.name ?? row.campaignId
  return (
    <article className={open ? 'row row-open' : 'row'}>
      <time dateTime={new Date(row.at).toISOString()}>{format.dateTime(row.at)}</time>
      <p className="row-person">
        <Link
          href={pathOf('decisions', row.decisionId) + queryOf(filter)}
          aria-current={open ? 'true' : undefined}
        >
          {row.person}
        </Link>
      </p>
      <p className="row-verdict">
        <VerdictMark verdict={row.verdict} />
        <span>{t(`decision.${row.verdict}`)}</span>
      </p>
      <p className="row-action" title={row.actionId}>
        {row.verdict === 'nothing' ? '' : row.actionId}
      </p>
      <p className="row-campaign" title={campaign}>
        {campaign}
      </p>
      <p className="row-figure" title={t('decision.propensity')}>
        <span className="visually-hidden">{t('decision.propensity')}</span> {format.percent(row.propensity)}
      </p>
      <p className="row-delivery">{row.delivery === null ? '' : named('delivery', row.delivery)}</p>
      <p className="row-figure row-reward">{row.reward === null ? '' : format.moneySigned(row.reward)}</p>
      <p className="row-why" title={row.why}>
        {row.why}
      </p>
    </article>
  )
}
