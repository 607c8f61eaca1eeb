// What a campaign will bring before it runs: whom it reaches, what comes back, and what it may cost in people who leave.
// Every figure has its interval, or says that it is not known yet and what is missing.

import { useState } from 'react'
import { useCampaignForecast } from '../data/queries.ts'
import { FigureList, type Figure } from './figures.tsx'
import { useLive } from './live-context.tsx'
import { Failed, Loading } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { CampaignForecastView } from '../../../src/api/contract.ts'

/** The forecast of one campaign in force, chosen here. */
export function CampaignAhead() {
  const { t } = useWords()
  const { brief } = useLive()
  const campaigns = brief?.campaigns ?? []
  const [chosen, setChosen] = useState('')
  const campaignId = campaigns.some((one) => one.campaignId === chosen)
    ? chosen
    : (campaigns[0]?.campaignId ?? '')
  const forecast = useCampaignForecast(campaignId)
  if (brief === undefined || campaigns.length === 0) return null
  return (
    <section aria-labelledby="ahead-title">
      <header className="section-head">
        <h2 id="ahead-title">{t('ahead.title')}</h2>
      </header>
      <label className="field">
        <span>{t('ahead.campaign')}</span>
        <select value={campaignId} onChange={(event) => setChosen(event.target.value)}>
          {campaigns.map((campaign) => (
            <option key={campaign.campaignId} value={campaign.campaignId}>
              {campaign.name}
            </option>
          ))}
        </select>
      </label>
      {forecast.error !== null && <Failed error={forecast.error} onRetry={() => void forecast.refetch()} />}
      {forecast.error === null && forecast.data === undefined && <Loading rows={4} />}
      {forecast.data !== undefined && <Outlook of={forecast.data} />}
    </section>
  )
}

/** What the campaigns of a draft would bring, each under its id. */
export function DraftAhead({ forecasts }: { readonly forecasts: readonly CampaignForecastView[] }) {
  const { t } = useWords()
  if (forecasts.length === 0) return null
  return (
    <section aria-label={t('ahead.draft')} className="draft-ahead">
      <h3>{t('ahead.draft')}</h3>
      {forecasts.map((forecast) => (
        <article key={forecast.campaignId} aria-label={forecast.campaignId}>
          <h4>
            <code>{forecast.campaignId}</code>
          </h4>
          <Outlook of={forecast} />
        </article>
      ))}
    </section>
  )
}

function Outlook({ of }: { readonly of: CampaignForecastView }) {
  const { t, named } = useWords()
  const figures = useOutlook(of)
  return (
    <div className="ahead">
      <p className="ahead-of">
        {of.of === 'run' ? t('ahead.of.run') : t('ahead.of.days', { days: of.days })}
      </p>
      {of.forecast === null ? (
        <p>{t('ahead.not')}</p>
      ) : (
        <>
          <FigureList figures={figures} />
          <p className="muted note">
            {named('aheadTimes', of.times)} {named('aheadBasis', of.forecast.basis)} {t('ahead.asIfLive')}
          </p>
        </>
      )}
    </div>
  )
}

type Range = { readonly mean: number; readonly low: number; readonly high: number }

function useOutlook({ forecast, audience, known }: CampaignForecastView): readonly Figure[] {
  const { t, format } = useWords()
  if (forecast === null) return []
  const { messages, buyers, margin, lossChance, risk } = forecast
  const figure = (
    id: string,
    range: Range | null,
    about: { readonly label: string; readonly note?: string; readonly missing?: string },
    show: (value: number) => string = format.number,
  ): Figure =>
    range === null
      ? { id, label: about.label, value: t('ahead.unknown'), note: about.missing ?? '' }
      : {
          id,
          label: about.label,
          value: show(range.mean),
          note: [t('ahead.range', { low: show(range.low), high: show(range.high) }), about.note ?? '']
            .filter((part) => part !== '')
            .join('; '),
        }
  const few = (value: number) => (value < 10 ? format.decimal(value) : format.number(value))
  const missing = t('ahead.unknown.results')
  const riskAbout = {
    note: t('ahead.risk.note', { count: risk?.learntFrom ?? 0 }),
    missing: t('ahead.unknown.risk'),
  }
  return [
    figure('messages', messages, {
      label: t('ahead.messages'),
      note: t('ahead.audience', { audience, known: format.number(known) }),
    }),
    figure('buyers', buyers, { label: t('ahead.buyers'), note: t('ahead.buyers.note'), missing }),
    figure('margin', margin, { label: t('ahead.margin'), missing }, format.moneySigned),
    lossChance === null
      ? { id: 'loss', label: t('ahead.loss'), value: t('ahead.unknown'), note: missing }
      : {
          id: 'loss',
          label: t('ahead.loss'),
          value: format.percent(lossChance),
          note: t('ahead.loss.note'),
          alarm: lossChance > LOSS_ALARM,
        },
    figure('unsubscribes', risk?.unsubscribes ?? null, { label: t('ahead.unsubscribes'), ...riskAbout }, few),
    figure('complaints', risk?.complaints ?? null, { label: t('ahead.complaints'), ...riskAbout }, few),
  ]
}

/** Chance of a loss from which the figure is marked. */
const LOSS_ALARM = 0.5
