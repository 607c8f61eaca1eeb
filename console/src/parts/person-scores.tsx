// What models expect of one person, with intervals, and why something is missing or an average.

import { useWords } from './words-context.tsx'
import type { Scores } from '../../../src/api/contract.ts'

export function PersonScoresPart({ scores }: { readonly scores: Scores }) {
  const { t, format } = useWords()
  const { churn, purchase, alive, orders, clv, nextOrderDays, intervals } = scores
  const values = [churn, purchase, orders]
  if (values.every((value) => value === null))
    return (
      <section>
        <h2>{t('scores.title')}</h2>
        <p className="muted">{t('scores.none')}</p>
      </section>
    )
  const within = (days: number) => t('scores.within', { days })
  const interval = (
    of: { readonly low: number; readonly high: number } | null | undefined,
    show: (value: number) => string,
  ) =>
    of === null || of === undefined || intervals === null
      ? []
      : [
          t('scores.interval', {
            low: show(of.low),
            high: show(of.high),
            level: format.percent(intervals.level),
          }),
        ]
  return (
    <section className="person-scores">
      <h2>{t('scores.title')}</h2>
      <dl className="pairs">
        {churn !== null && (
          <Score
            label={t('scores.churn')}
            value={format.percent(churn)}
            notes={[t('scores.churn.note', { days: scores.churnAfterDays }), ...driftOf(scores, 'churn', t)]}
          />
        )}
        {purchase !== null && (
          <Score
            label={t('scores.purchase')}
            value={format.percent(purchase)}
            notes={[
              t('scores.purchase.note', { days: scores.purchaseWithinDays }),
              ...driftOf(scores, 'purchase', t),
            ]}
          />
        )}
        {alive !== null && <Score label={t('scores.alive')} value={format.percent(alive)} notes={[]} />}
        {orders !== null && (
          <Score
            label={t('scores.orders')}
            value={format.decimal(orders)}
            notes={[within(scores.valueDays), ...interval(intervals?.orders, format.number)]}
          />
        )}
        {clv !== null && (
          <Score
            label={t('scores.clv')}
            value={format.money(clv)}
            notes={[
              within(scores.valueDays),
              ...interval(intervals?.clv, format.money),
              ...driftOf(scores, 'value', t),
            ]}
          />
        )}
        {orders !== null && (
          <Score
            label={t('scores.next')}
            value={
              nextOrderDays === null
                ? t('scores.next.never')
                : t('scores.next.in', { days: Math.max(1, Math.round(nextOrderDays)) })
            }
            notes={[]}
          />
        )}
      </dl>
    </section>
  )
}

type Translate = ReturnType<typeof useWords>['t']

/** Why the figure is not the model's own. */
function driftOf({ fallbacks }: Scores, key: string, t: Translate): readonly string[] {
  const found = fallbacks.find((fallback) => fallback.key === key)
  if (found === undefined) return []
  return [t(found.reason === 'drift' ? 'scores.drift' : 'scores.average')]
}

type ScoreProps = { readonly label: string; readonly value: string; readonly notes: readonly string[] }

function Score({ label, value, notes }: ScoreProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {value}
        {notes.map((note) => (
          <small key={note}>{note}</small>
        ))}
      </dd>
    </div>
  )
}
