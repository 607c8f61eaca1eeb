// When people answer: a week of hours, how much it rests on, and whether choosing the hour beats sending at once.

import { useSendTime } from '../data/queries.ts'
import { Failed } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { SendTimeCampaign, SendTimeView } from '../../../src/api/contract.ts'

export function SendTimePanel() {
  const { t } = useWords()
  const { data, error, refetch } = useSendTime()
  return (
    <section className="model" aria-labelledby="send-time">
      <header className="model-head">
        <h2 id="send-time">{t('sendTime.title')}</h2>
        {data !== undefined && (
          <span className={`tag model-${data.answers >= data.answersMin ? 'in_use' : 'not_yet'}`}>
            {t(data.answers >= data.answersMin ? 'model.state.in_use' : 'model.state.not_yet')}
          </span>
        )}
      </header>
      <p>{t('sendTime.lead')}</p>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {data !== undefined && <Learnt data={data} />}
    </section>
  )
}

function Learnt({ data }: { readonly data: SendTimeView }) {
  const { t } = useWords()
  const { sends, people, answers, answersMin, left, campaigns } = data
  const taughtNothing = left.otherHour + left.notSent + left.noRoom
  if (sends === 0 && campaigns.length === 0)
    return (
      <div className="empty">
        <p className="empty-title">{t('sendTime.empty')}</p>
        <p className="empty-detail">{t('sendTime.emptyDetail')}</p>
      </div>
    )
  return (
    <>
      <p className="muted">
        {t('sendTime.evidence', { sends, people })}{' '}
        {answers < answersMin && t('sendTime.learning', { answers, min: answersMin })}{' '}
        {taughtNothing > 0 && t('sendTime.left', { count: taughtNothing })}
      </p>
      <Week data={data} />
      {campaigns.map((campaign) => (
        <Compared key={campaign.campaignId} campaign={campaign} />
      ))}
    </>
  )
}

/** From Monday. */
const WEEK = [1, 2, 3, 4, 5, 6, 0] as const
/** From the first hour with enough sends to the last: the night of quiet hours is left out. */
const hoursShown = (rates: SendTimeView['rates']): readonly number[] => {
  const seen = Array.from({ length: 24 }, (_, hour) => rates.some((row) => typeof row[hour] === 'number'))
  return Array.from({ length: 24 }, (_, hour) => hour).slice(seen.indexOf(true), seen.lastIndexOf(true) + 1)
}
/** 1970-01-04 was a Sunday. */
const dayAt = (day: number): Date => new Date(Date.UTC(1970, 0, 4 + day))

function Week({ data: { rates, sendsByHour } }: { readonly data: SendTimeView }) {
  const { t, lang, format } = useWords()
  const known = rates.flat().filter((rate) => rate !== null)
  if (known.length === 0) return <p>{t('sendTime.noHour')}</p>
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const hours = hoursShown(rates)
  const nameOf = (day: number, weekday: 'short' | 'long') =>
    new Intl.DateTimeFormat(lang, { weekday, timeZone: 'UTC' }).format(dayAt(day))
  return (
    <>
      {/* A table wider than a phone is scrolled by keyboard, too. */}
      <section className="week-scroll" aria-label={t('sendTime.week')} tabIndex={0}>
        <table className="week">
          <caption className="visually-hidden">{t('sendTime.week')}</caption>
          <thead>
            <tr>
              <td />
              {hours.map((hour) => (
                <th key={hour} scope="col">
                  {hour}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {WEEK.map((day) => (
              <tr key={day}>
                <th scope="row" aria-label={nameOf(day, 'long')}>
                  {nameOf(day, 'short')}
                </th>
                {hours.map((hour) => (
                  <Hour
                    key={hour}
                    rate={rates[day]?.[hour] ?? null}
                    range={[least, most]}
                    title={`${nameOf(day, 'long')} ${hour}:00`}
                    sends={sendsByHour[hour] ?? 0}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="muted">
        {t('sendTime.key', { least: format.percent(least), most: format.percent(most) })}
      </p>
    </>
  )
}

type HourProps = {
  readonly rate: number | null
  readonly range: readonly [number, number]
  readonly title: string
  readonly sends: number
}

function Hour({ rate, range: [least, most], title, sends }: HourProps) {
  const { t, format } = useWords()
  if (rate === null) return <td className="week-unknown">·</td>
  const share = most > least ? (rate - least) / (most - least) : 0
  return (
    <td
      style={{
        backgroundColor: `color-mix(in srgb, var(--bar) ${Math.round(8 + 62 * share)}%, var(--surface))`,
      }}
      title={t('sendTime.hour', { when: title, rate: format.percent(rate), sends })}
    >
      <span className="visually-hidden">{format.percent(rate)}</span>
    </td>
  )
}

function Compared({ campaign }: { readonly campaign: SendTimeCampaign }) {
  const { t, format } = useWords()
  const { name, verdict, stage, difference, detectable, best, atOnce } = campaign
  const points = (share: number) => format.decimal(100 * share)
  const rate = ({ sent, answered }: { readonly sent: number; readonly answered: number }) =>
    sent === 0 ? '—' : format.percent(answered / sent)
  return (
    <div>
      <h3>{name}</h3>
      <p className="model-verdict">{t(`sendTime.verdict.${verdict}`)}</p>
      <p>
        {t('sendTime.rates', {
          best: rate(best),
          bestSends: best.sent,
          once: rate(atOnce),
          onceSends: atOnce.sent,
        })}{' '}
        {difference !== null &&
          t('sendTime.difference', {
            value: points(difference.value),
            low: points(difference.low),
            high: points(difference.high),
          })}{' '}
        {verdict === 'not_known_yet' &&
          (detectable === null
            ? t('sendTime.tooFew')
            : t('sendTime.detectable', { value: points(detectable) }))}{' '}
        {stage === 'no_better' && t('sendTime.noBetter')}
      </p>
    </div>
  )
}
