// The first page. In five seconds: what it did, why, whether it works, what it needs from a person.

import { useEffect, useMemo, useState } from 'react'
import { awaySince, loadSeen, storeSeen } from '../data/away.ts'
import { ActionMix } from '../parts/action-mix.tsx'
import { AttentionList } from '../parts/attention-list.tsx'
import { DecisionTicker } from '../parts/decision-ticker.tsx'
import { Figures } from '../parts/figures.tsx'
import { HourlyChart } from '../parts/hourly-chart.tsx'
import { LiftChart, useLiftSentence } from '../parts/lift-chart.tsx'
import { LiftVerdict } from '../parts/lift-verdict.tsx'
import { useLive } from '../parts/live-context.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { Brief } from '../../../src/api/contract.ts'

export function BriefView() {
  const { t } = useWords()
  const { brief, briefError, retryBrief } = useLive()
  if (brief === undefined) {
    return (
      <>
        <h1 className="visually-hidden">{t('nav.brief')}</h1>
        {briefError === null ? <Loading rows={8} /> : <Failed error={briefError} onRetry={retryBrief} />}
      </>
    )
  }
  return (
    <>
      <h1 className="visually-hidden">{t('brief.title', { business: brief.business.name })}</h1>
      <div className="brief-top">
        <Away brief={brief} />
        <section aria-labelledby="working-title">
          <h2 id="working-title">{t('working.title')}</h2>
          <LiftVerdict lift={brief.lift} truth={brief.truth?.difference ?? null} />
        </section>
        <section id="needs" aria-labelledby="needs-title">
          <h2 id="needs-title">{t('needs.title')}</h2>
          <AttentionList attention={brief.attention} />
        </section>
      </div>
      <LiveCounts brief={brief} />
      <div className="brief-main">
        <div className="brief-charts">
          <LiftChart title={t('lift.title')} lift={brief.lift} truth={brief.truth?.difference ?? null} />
          <HourlyChart hourly={brief.hourly} timeZone={brief.business.timeZone} />
          <Campaigns campaigns={brief.campaigns} />
        </div>
        <DecisionTicker />
      </div>
    </>
  )
}

function Away({ brief }: { readonly brief: Brief }) {
  const { t, format } = useWords()
  // What was seen last is read once: it must not move while the page is open.
  const [seen] = useState(loadSeen)
  useEffect(() => {
    const leave = () => storeSeen(brief)
    addEventListener('pagehide', leave)
    return () => removeEventListener('pagehide', leave)
  }, [brief])
  const away = useMemo(() => awaySince(seen, brief), [seen, brief])
  const sentences = useSentences(brief, away)
  return (
    <section className="away" aria-labelledby="away-title">
      <h2 id="away-title">
        {away === null ? t('away.title.today') : t('away.title', { since: format.dateTime(away.since) })}
      </h2>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  )
}

/** At most five, each from counts. */
function useSentences(brief: Brief, away: ReturnType<typeof awaySince>): readonly string[] {
  const { t, format } = useWords()
  const liftSentence = useLiftSentence()
  const { counts } = brief
  if (counts.decisionsTotal === 0)
    return [t('away.idle', { people: counts.people }), t('away.needs', { count: brief.attention.length })]
  const busiest = [...brief.campaigns].sort((a, b) => b.decisions - a.decisions)[0]
  const favourite = busiest?.actions[0]
  return [
    away === null
      ? t('away.did.today', {
          decisions: counts.decisionsToday,
          acted: counts.actedToday,
          nothing: counts.nothingToday,
          withheld: counts.withheldToday,
        })
      : t('away.did', { decisions: away.decisions, sent: away.sent }),
    ...(busiest === undefined || favourite === undefined
      ? []
      : [
          t(favourite.actionId === 'nothing' ? 'away.why.nothing' : 'away.why', {
            campaign: busiest.name,
            action: favourite.actionId,
            share: format.percent(favourite.share),
          }),
        ]),
    away === null
      ? t('away.brought.all', {
          opened: counts.opened,
          clicked: counts.clicked,
          conversions: counts.conversions,
        })
      : t('away.brought', { conversions: away.conversions, unsubscribed: away.unsubscribed }),
    liftSentence(brief.lift, null),
    t('away.needs', { count: brief.attention.length }),
  ]
}

function LiveCounts({ brief }: { readonly brief: Brief }) {
  const { t, format } = useWords()
  const { counts } = brief
  return (
    <Figures
      label={t('counts.label')}
      figures={[
        { id: 'people', label: t('counts.people'), value: format.number(counts.people) },
        {
          id: 'events',
          label: t('counts.events'),
          value: format.compact(counts.eventsPerMinute),
          note: t('counts.total', { total: format.compact(counts.eventsTotal) }),
        },
        {
          id: 'decisions',
          label: t('counts.decisions'),
          value: format.number(counts.decisionsToday),
          note: t('counts.total', { total: format.compact(counts.decisionsTotal) }),
        },
        {
          id: 'sent',
          label: t('counts.sent'),
          value: format.number(counts.sentToday),
          note: t('counts.total', { total: format.compact(counts.sentTotal) }),
        },
        { id: 'conversions', label: t('counts.conversions'), value: format.number(counts.conversions) },
        { id: 'queued', label: t('counts.queued'), value: format.number(counts.queued) },
        {
          id: 'failed',
          label: t('counts.failed'),
          value: format.number(counts.failedToday),
          alarm: counts.failedToday > 0,
        },
        {
          id: 'unknown',
          label: t('counts.unknown'),
          value: format.number(counts.unknown),
          alarm: counts.unknown > 0,
        },
        {
          id: 'unsubscribed',
          label: t('counts.unsubscribed'),
          value: format.number(counts.unsubscribed),
          note: t('counts.complained', { count: counts.complained }),
        },
      ]}
    />
  )
}

function Campaigns({ campaigns }: { readonly campaigns: Brief['campaigns'] }) {
  const { t } = useWords()
  return (
    <section aria-labelledby="mix-title">
      <header className="section-head">
        <h2 id="mix-title">{t('mix.title')}</h2>
      </header>
      {campaigns.length === 0 ? (
        <Empty title={t('campaigns.empty.title')} detail={t('campaigns.empty.detail')} />
      ) : (
        <div className="mixes">
          {campaigns.map((campaign) => (
            <ActionMix key={campaign.campaignId} campaign={campaign} />
          ))}
        </div>
      )}
    </section>
  )
}
