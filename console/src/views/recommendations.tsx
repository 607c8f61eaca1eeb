// What is recommended and what it brings: the model in service and how it was chosen, results by place with their
// intervals, new products' turn, and what goes with what.

import { useRecommendations, useTrainRecommender } from '../data/queries.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { useLive } from '../parts/live-context.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { RecommendationCounts, Recommendations } from '../../../src/api/contract.ts'

export function RecommendationsView() {
  const { t } = useWords()
  const { data, error, refetch } = useRecommendations()
  const train = useTrainRecommender()
  return (
    <>
      <header className="view-head">
        <h1>{t('nav.recommendations')}</h1>
        <button
          type="button"
          className="button"
          disabled={train.isPending || (data?.interests ?? 0) === 0}
          onClick={() => train.mutate()}
        >
          {train.isPending ? t('recommend.training') : t('recommend.train')}
        </button>
      </header>
      {train.error !== null && <Failed error={train.error} />}
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={8} />}
      {data !== undefined && <Found found={data} />}
    </>
  )
}

function Found({ found }: { readonly found: Recommendations }) {
  const { t, format } = useWords()
  const { products, served, empty, exploring } = found
  return (
    <div className="offers">
      <p>
        {t('recommend.sum', {
          served: format.number(served),
          shown: format.number(products.shown),
          known: format.number(products.known),
        })}{' '}
        {t('recommend.kept', { soldOut: format.number(products.soldOut), empty: format.number(empty) })}
      </p>
      <p>
        {t('recommend.fresh', {
          fresh: format.number(products.fresh),
          freshShown: format.number(products.freshShown),
          share: format.percent(exploring),
        })}
      </p>
      <Model model={found.model} />
      <Results title={t('recommend.placements')} first={t('recommend.placement')} rows={found.byPlacement} />
      <Results title={t('recommend.reasons')} first={t('recommend.reason')} rows={found.byReason} words />
      <p className="muted note">{t('recommend.note')}</p>
      <Together rows={found.together} />
    </div>
  )
}

const KINDS = ['ease', 'rp3beta', 'item_knn', 'popularity'] as const
const REASONS = ['learnt', 'goes_together', 'fresh', 'popular'] as const

function Model({ model }: { readonly model: Recommendations['model'] }) {
  const { t, format } = useWords()
  const kindOf = (kind: string): string => {
    const known = KINDS.find((one) => one === kind)
    return known === undefined ? kind : t(`recommend.kind.${known}`)
  }
  if (model === null) return <Empty title={t('recommend.none')} detail={t('recommend.none.detail')} />
  return (
    <section aria-labelledby="model-title">
      <header className="section-head">
        <h2 id="model-title">{t('recommend.model', { kind: kindOf(model.kind) })}</h2>
      </header>
      <p>
        {t('recommend.trained', {
          time: format.dateTime(model.at),
          version: model.version,
          people: format.number(model.people),
          items: format.number(model.items),
        })}{' '}
        {model.fallback !== null && t('recommend.fallback')}
      </p>
      {model.backtest.length > 0 && (
        <DataTable
          caption={t('recommend.backtest')}
          captionShown
          rows={model.backtest}
          rowId={({ kind }) => kind}
          columns={[
            { id: 'kind', label: t('recommend.kind'), cell: ({ kind }) => kindOf(kind) },
            {
              id: 'ndcg',
              label: 'nDCG@10',
              cell: ({ ndcg, error }) => `${format.score(ndcg)} ± ${format.score(error)}`,
              numeric: true,
            },
            {
              id: 'recall',
              label: t('recommend.recall'),
              cell: ({ recall }) => format.percent(recall),
              numeric: true,
            },
            {
              id: 'coverage',
              label: t('recommend.coverage'),
              cell: ({ coverage }) => format.percent(coverage),
              numeric: true,
            },
          ]}
        />
      )}
    </section>
  )
}

type ResultsProps = {
  readonly title: string
  readonly first: string
  readonly rows: readonly RecommendationCounts[]
  /** Keys are reasons, which have words. */
  readonly words?: boolean
}

function Results({ title, first, rows, words = false }: ResultsProps) {
  const { t, format } = useWords()
  const { brief } = useLive()
  /** A message's list stands under its channel and its campaign. */
  const nameOf = (key: string): string => {
    const reason = words ? REASONS.find((one) => one === key) : undefined
    if (reason !== undefined) return t(`recommend.reason.${reason}`)
    const [channel = '', ...rest] = key.split(' ')
    const campaign = brief?.campaigns.find(({ campaignId }) => campaignId === rest.join(' '))
    return campaign === undefined ? key : `${channel}: ${campaign.name}`
  }
  const range = (one: RecommendationCounts['clickRate'], show: (value: number) => string): string =>
    one === null
      ? t('common.unknown')
      : t('recommend.range', { value: show(one.value), low: show(one.low), high: show(one.high) })
  const number = (id: string, label: string, cell: Column<RecommendationCounts>['cell']) => ({
    id,
    label,
    cell,
    numeric: true,
  })
  if (rows.length === 0) return <Empty title={title} detail={t('recommend.results.none')} />
  return (
    <DataTable
      caption={title}
      captionShown
      rows={rows}
      rowId={({ key }) => key}
      columns={[
        { id: 'key', label: first, cell: ({ key }) => nameOf(key) },
        number('shown', t('recommend.shown'), ({ shown }) => format.number(shown)),
        number('rate', t('recommend.rate'), ({ clickRate }) => range(clickRate, format.percent)),
        number('bought', t('recommend.bought'), ({ bought }) => format.number(bought)),
        number('revenue', t('recommend.revenue'), ({ revenue }) => format.money(revenue)),
        number('thousand', t('recommend.thousand'), ({ revenuePerThousand }) =>
          range(revenuePerThousand, format.money),
        ),
      ]}
    />
  )
}

function Together({ rows }: { readonly rows: Recommendations['together'] }) {
  const { t, format } = useWords()
  if (rows.length === 0) return null
  return (
    <DataTable
      caption={t('recommend.together')}
      captionShown
      rows={rows}
      rowId={({ id }) => id}
      columns={[
        { id: 'name', label: t('recommend.product'), cell: ({ name }) => name },
        {
          id: 'with',
          label: t('recommend.with'),
          cell: (row) =>
            row.with
              .map(({ name, together }) => t('recommend.with.one', { name, times: format.number(together) }))
              .join('; '),
        },
      ]}
    />
  )
}
