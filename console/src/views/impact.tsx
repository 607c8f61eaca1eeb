// What it brought: treated against held out, in all and per campaign, with the numbers behind.

import { useState } from 'react'
import { useLifts } from '../data/queries.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { GatePanel } from '../parts/gate-panel.tsx'
import { LiftChart } from '../parts/lift-chart.tsx'
import { LiftVerdict } from '../parts/lift-verdict.tsx'
import { useLive } from '../parts/live-context.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { Lift } from '../../../src/api/contract.ts'

/** Below that the groups' sizes are not what chance explains. */
const SAMPLE_RATIO_P_MIN = 0.001

export function ImpactView() {
  const { t } = useWords()
  const { brief, briefError, retryBrief } = useLive()
  const campaigns = brief?.campaigns ?? []
  const lifts = useLifts(campaigns.map((campaign) => campaign.campaignId))
  const [chosen, setChosen] = useState('')
  if (brief === undefined) {
    return (
      <>
        <h1 className="visually-hidden">{t('nav.impact')}</h1>
        {briefError === null ? <Loading rows={8} /> : <Failed error={briefError} onRetry={retryBrief} />}
      </>
    )
  }
  const known = lifts.flatMap((query) => (query.data === undefined ? [] : [query.data]))
  const failed = lifts.find((query) => query.error !== null)
  const nameOf = (id: string) =>
    id === '' ? t('impact.all') : (campaigns.find((campaign) => campaign.campaignId === id)?.name ?? id)
  const shown = known.find((lift) => lift.campaignId === chosen) ?? brief.lift
  const isAll = shown === brief.lift
  const truth = isAll ? (brief.truth?.difference ?? null) : null
  const rows = [{ ...brief.lift, campaignId: '' }, ...known]
  return (
    <>
      <header className="view-head">
        <h1>{t('nav.impact')}</h1>
        <label className="filters">
          <span className="visually-hidden">{t('impact.choose')}</span>
          <select value={isAll ? '' : chosen} onChange={(event) => setChosen(event.target.value)}>
            <option value="">{t('impact.all')}</option>
            {known.map((lift) => (
              <option key={lift.campaignId} value={lift.campaignId}>
                {nameOf(lift.campaignId)}
              </option>
            ))}
          </select>
        </label>
      </header>
      <div className="impact">
        <section aria-label={t('working.title')}>
          <LiftVerdict lift={shown} truth={truth} />
        </section>
        <LiftChart
          title={isAll ? t('lift.title') : t('lift.of', { campaign: nameOf(shown.campaignId) })}
          lift={shown}
          truth={truth}
          height={300}
        />
      </div>
      <section aria-labelledby="numbers-title">
        <header className="section-head">
          <h2 id="numbers-title">{t('impact.numbers')}</h2>
        </header>
        {failed?.error !== undefined && failed.error !== null && (
          <Failed error={failed.error} onRetry={() => void failed.refetch()} />
        )}
        <LiftTable rows={rows} nameOf={nameOf} />
        {campaigns.length === 0 && (
          <Empty title={t('campaigns.empty.title')} detail={t('campaigns.empty.detail')} />
        )}
        <p className="muted note">{t('impact.note', { confidence: brief.lift.confidence * 100 })}</p>
      </section>
      <GatePanel />
    </>
  )
}

function LiftTable({
  rows,
  nameOf,
}: {
  readonly rows: readonly Lift[]
  readonly nameOf: (id: string) => string
}) {
  const { t, format } = useWords()
  const money = (value: number | null, signed: boolean) =>
    value === null ? t('common.unknown') : signed ? format.moneySigned(value) : format.money(value)
  const number = (id: string, label: string, pick: (lift: Lift) => string): Column<Lift> => ({
    id,
    label,
    cell: pick,
    numeric: true,
  })
  return (
    <DataTable
      caption={t('impact.numbers')}
      rows={rows}
      rowId={(lift) => lift.campaignId}
      columns={[
        { id: 'campaign', label: t('decisions.campaign'), cell: (lift) => nameOf(lift.campaignId) },
        {
          id: 'verdict',
          label: t('impact.verdict'),
          cell: (lift) => (
            <span className={`verdict-word-${lift.verdict}`}>{t(`verdict.${lift.verdict}`)}</span>
          ),
        },
        number('treated', t('impact.treated'), (lift) => format.number(lift.treated.people)),
        number('holdout', t('impact.holdout'), (lift) => format.number(lift.holdout.people)),
        number('treatedMean', t('impact.treatedMean'), (lift) => format.money(lift.treated.mean)),
        number('holdoutMean', t('impact.holdoutMean'), (lift) => format.money(lift.holdout.mean)),
        number('difference', t('impact.difference'), (lift) => money(lift.difference, true)),
        number('low', t('impact.low'), (lift) => money(lift.low, true)),
        number('high', t('impact.high'), (lift) => money(lift.high, true)),
        number('earned', t('impact.earned'), (lift) => money(lift.earned, true)),
        number('smallest', t('impact.smallest'), (lift) => money(lift.smallestDetectable, false)),
        {
          id: 'ratio',
          label: t('impact.sampleRatio'),
          numeric: true,
          cell: (lift) =>
            lift.sampleRatioP === null ? (
              t('common.unknown')
            ) : (
              <span className={lift.sampleRatioP < SAMPLE_RATIO_P_MIN ? 'bad' : undefined}>
                {format.score(lift.sampleRatioP)}
              </span>
            ),
        },
      ]}
    />
  )
}
