// Campaigns, segments and the plan they come from. The plan is text under version control: checked
// before it is applied, with every problem named by its place.

import { FairnessPanel } from '../parts/fairness-panel.tsx'
import { CampaignAhead } from '../parts/campaign-ahead.tsx'
import { PlanEditor } from '../parts/plan-editor.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { useLive } from '../parts/live-context.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import { useModels, usePlan, useSegments } from '../data/queries.ts'
import type { Models, Segments } from '../../../src/api/contract.ts'

export function CampaignsView() {
  const { t } = useWords()
  const plan = usePlan()
  return (
    <>
      <header className="view-head">
        <h1>{t('campaigns.title')}</h1>
      </header>
      <CampaignTable />
      <div className="campaigns">
        <div className="campaigns-lists">
          <CampaignAhead />
          <SegmentTable />
          <FairnessPanel />
        </div>
        <section aria-labelledby="plan-title">
          <header className="section-head">
            <h2 id="plan-title">{t('plan.title')}</h2>
          </header>
          {plan.isPending && <Loading rows={10} />}
          {plan.isError && <Failed error={plan.error} onRetry={() => void plan.refetch()} />}
          {plan.data !== undefined && <PlanEditor plan={plan.data} />}
        </section>
      </div>
    </>
  )
}

function CampaignTable() {
  const { t, format, named } = useWords()
  const { brief, briefError, retryBrief } = useLive()
  const models = useModels()
  return (
    <section aria-labelledby="campaigns-title">
      <header className="section-head">
        <h2 id="campaigns-title">{t('nav.campaigns')}</h2>
      </header>
      {brief === undefined &&
        (briefError === null ? <Loading /> : <Failed error={briefError} onRetry={retryBrief} />)}
      {brief?.campaigns.length === 0 && (
        <Empty title={t('campaigns.empty.title')} detail={t('campaigns.empty.detail')} />
      )}
      {brief !== undefined && brief.campaigns.length > 0 && (
        <DataTable
          caption={t('nav.campaigns')}
          rows={brief.campaigns}
          rowId={(campaign) => campaign.campaignId}
          columns={[
            { id: 'name', label: t('common.name'), cell: (campaign) => campaign.name },
            {
              id: 'status',
              label: t('campaigns.status'),
              cell: (campaign) => (
                <span className={`tag tag-${campaign.status}`}>{named('status', campaign.status)}</span>
              ),
            },
            {
              id: 'uplift',
              label: t('campaigns.uplift'),
              cell: (campaign) => <Uplift campaignId={campaign.campaignId} models={models.data} />,
            },
            {
              id: 'decisions',
              label: t('hourly.decisions'),
              cell: (campaign) => format.number(campaign.decisions),
              numeric: true,
            },
            {
              id: 'acted',
              label: t('hourly.acted'),
              cell: (campaign) => format.number(campaign.acted),
              numeric: true,
            },
            {
              id: 'conversions',
              label: t('hourly.conversions'),
              cell: (campaign) => format.number(campaign.conversions),
              numeric: true,
            },
            {
              id: 'reward',
              label: t('campaigns.reward'),
              cell: (campaign) => format.money(campaign.reward),
              numeric: true,
            },
            {
              id: 'spent',
              label: t('campaigns.spent'),
              numeric: true,
              cell: (campaign) =>
                campaign.budget === null
                  ? format.money(campaign.spent)
                  : t('campaigns.spentOf', {
                      spent: format.money(campaign.spent),
                      budget: format.money(campaign.budget),
                    }),
            },
          ]}
        />
      )}
    </section>
  )
}

/** To whom the campaign goes, by what its control group shows, with the effect on a person and its interval. */
function Uplift({
  campaignId,
  models,
}: {
  readonly campaignId: string
  readonly models: Models | undefined
}) {
  const { t, format } = useWords()
  const model = models?.models.find(({ key }) => key === `uplift:${campaignId}`)
  if (model?.card?.kind !== 'uplift')
    return (
      <span className="muted">
        {model === undefined ? t('common.unknown') : t('campaigns.uplift.notYet')}
      </span>
    )
  const { targeting, because, targetShare, effect } = model.card
  const verdict =
    model.usedBy.length === 0 || because === 'unknown'
      ? t('campaigns.uplift.unknown')
      : targeting === 'individual'
        ? t('campaigns.uplift.individual', { share: format.percent(targetShare) })
        : t(targeting === 'all' ? 'campaigns.uplift.all' : 'campaigns.uplift.none')
  return (
    <>
      {verdict}{' '}
      <span className="muted">
        {t('campaigns.uplift.effect', {
          value: format.decimal(effect.value),
          low: format.decimal(effect.low),
          high: format.decimal(effect.high),
        })}
      </span>
    </>
  )
}

/** The condition, and which scores it asks for that nobody can say now. */
function SegmentRule({ segment }: { readonly segment: Segments['items'][number] }) {
  const { t, named } = useWords()
  return (
    <div className="act">
      <code>{segment.when}</code>
      {segment.missing.map(({ score, gap }) => (
        <span key={score} className="muted">
          {' '}
          {t('segments.missing', { score, why: named('segmentGap', gap) })}
        </span>
      ))}
    </div>
  )
}

function SegmentTable() {
  const { t, format } = useWords()
  const { data, error, refetch } = useSegments()
  return (
    <section aria-labelledby="segments-title">
      <header className="section-head">
        <h2 id="segments-title">{t('segments.title')}</h2>
      </header>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={3} />}
      {data?.items.length === 0 && (
        <Empty title={t('segments.empty.title')} detail={t('segments.empty.detail')} />
      )}
      {data !== undefined && data.items.length > 0 && (
        <DataTable
          caption={t('segments.title')}
          rows={data.items}
          rowId={(segment) => segment.id}
          columns={[
            { id: 'name', label: t('common.name'), cell: (segment) => segment.name },
            { id: 'when', label: t('segments.when'), cell: (segment) => <SegmentRule segment={segment} /> },
            {
              id: 'size',
              label: t('segments.size'),
              cell: (segment) =>
                segment.whole
                  ? format.number(segment.size)
                  : t('segments.counting', { size: format.number(segment.size) }),
              numeric: true,
            },
          ]}
        />
      )}
    </section>
  )
}
