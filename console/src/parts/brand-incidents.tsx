// Incidents: what they are, why people are told, what Windvane itself did before, what the playbook did, and what a
// person may do now.

import { useState } from 'react'
import { useIncidentAct, useMute } from '../data/brand-queries.ts'
import { useMay } from '../data/queries.ts'
import { BrandLines } from './brand-lines.tsx'
import { MentionsAbout } from './brand-mentions.tsx'
import { Timeline, useDetail } from './brand-timeline.tsx'
import { useWords } from './words-context.tsx'
import type { WordKey } from '../words/en.ts'
import type { Brand, BrandIncident, IncidentAct } from '../../../src/api/contract.ts'

type Entity = Brand['entities'][number]
const OWN_SHOWN = 4

export function BrandIncidents({
  incidents,
  entities,
}: {
  readonly incidents: readonly BrandIncident[]
  readonly entities: Brand['entities']
}) {
  const { t } = useWords()
  if (incidents.length === 0) return null
  return (
    <section aria-labelledby="brand-incidents">
      <h2 id="brand-incidents" className="visually-hidden">
        {t('brand.incidents')}
      </h2>
      {incidents.map((incident) => (
        <IncidentCard
          key={incident.incidentId}
          incident={incident}
          about={entities.find(({ id }) => id === incident.entity)}
        />
      ))}
    </section>
  )
}

function IncidentCard({
  incident,
  about,
}: {
  readonly incident: BrandIncident
  readonly about: Entity | undefined
}) {
  const { t, format } = useWords()
  const [looked, setLooked] = useState(false)
  const { incidentId, kind, severity, status, owner, playbook, evidence } = incident
  return (
    <article className={`brand-incident brand-incident-${kind}`} aria-labelledby={`incident-${incidentId}`}>
      <header>
        <h3 id={`incident-${incidentId}`}>
          {t('brand.incident.title', { id: incidentId, name: incident.name })}
        </h3>
        <p className="brand-incident-what">
          {t(`brand.kind.${kind}` as WordKey)} · {t('brand.severity', { severity })} ·{' '}
          {t(`brand.status.${status}` as WordKey)} · <time>{format.dateTime(incident.at)}</time>
        </p>
        <p className="muted">{owner === '' ? t('brand.nobody') : t('brand.owner', { owner })}</p>
      </header>
      {kind !== 'drill' && (
        <>
          <h4>{t('brand.why')}</h4>
          <p>
            {t('brand.why.text', {
              mentions: format.number(evidence.mentions),
              usual: format.decimal(evidence.usual),
              negative: format.percent(evidence.negativeShare),
              usualNegative: format.percent(evidence.usualNegative),
              voices: format.number(evidence.voices),
              echoes: format.number(evidence.echoes),
            })}
          </p>
          {evidence.phrases.length > 0 && (
            <p>{t('brand.why.phrases', { phrases: evidence.phrases.join('; ') })}</p>
          )}
          {evidence.samples.length > 0 && (
            <ul className="brand-samples" aria-label={t('brand.samples')}>
              {evidence.samples.map(({ key, text }) => (
                <li key={key}>{text}</li>
              ))}
            </ul>
          )}
          <details onToggle={(event) => setLooked(looked || event.currentTarget.open)}>
            <summary>{t('brand.mentions.all')}</summary>
            {looked && (
              <MentionsAbout about={{ entity: incident.entity, phrase: '', incident: incidentId }} />
            )}
          </details>
          <OwnActs incident={incident} />
        </>
      )}
      <h4>{playbook === '' ? t('brand.steps.none') : t('brand.steps', { name: playbook })}</h4>
      <Steps incident={incident} />
      <Acts incident={incident} about={about} />
      <details>
        <summary>{t('brand.timeline')}</summary>
        <Timeline incident={incident} />
      </details>
    </article>
  )
}

function OwnActs({ incident }: { readonly incident: BrandIncident }) {
  const { t, format } = useWords()
  const shown = incident.own.slice(0, OWN_SHOWN)
  return (
    <>
      <h4>{t('brand.own')}</h4>
      {shown.length === 0 ? (
        <p className="muted">{t('brand.own.none')}</p>
      ) : (
        <ul className="brand-list">
          {shown.map(({ at, what, campaignId, creativeId, people, fit, shared }) => (
            <li key={`${at} ${what} ${campaignId} ${creativeId}`}>
              <p>
                <time>{format.dateTime(at)}</time>{' '}
                {t(`brand.own.${what}` as WordKey, {
                  campaign: campaignId,
                  creative: creativeId,
                  people: format.number(people),
                })}
              </p>
              <p className="muted">
                {t('brand.own.fit', { fit: format.percent(fit) })}
                {shared.length > 0 && `: ${shared.join(', ')}`}
              </p>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** What needs a reason beside it. */
const REASONED: ReadonlySet<string> = new Set(['skipped', 'refused', 'failed', 'unknown'])

function Steps({ incident }: { readonly incident: BrandIncident }) {
  const { t, format } = useWords()
  const detailOf = useDetail()
  const act = useIncidentAct()
  const may = useMay('proposals.answer')
  const { incidentId, steps, status } = incident
  return (
    <ol className="brand-steps">
      {steps.map((step, index) => {
        const holds = step.reversible && ['done', 'begun', 'unknown'].includes(step.status)
        return (
          <li key={index} className={`brand-step brand-step-${step.status}`}>
            <span className="brand-step-name">{t(`brand.step.${step.kind}` as WordKey)}</span>
            <span>
              {t(`brand.stepStatus.${step.status}` as WordKey)}
              {step.status === 'due' && step.afterMs > 0
                ? `, ${t('brand.after', { minutes: format.number(Math.round(step.afterMs / 60_000)) })}`
                : ''}
              {step.detail !== '' && REASONED.has(step.status) && ` (${detailOf(step.detail)})`}
              {step.status !== 'due' && step.status !== 'skipped' && (
                <>
                  {' '}
                  <time className="muted">{format.dateTime(step.at)}</time>
                </>
              )}
            </span>
            {holds && may && status !== 'closed' && (
              <button
                type="button"
                className="button-text"
                disabled={act.isPending}
                onClick={() => act.mutate({ incidentId, act: 'take_back', step: index })}
              >
                {t('brand.takeBack')}
                <span className="visually-hidden">: {t(`brand.step.${step.kind}` as WordKey)}</span>
              </button>
            )}
            <BrandLines lines={step.lines} />
          </li>
        )
      })}
    </ol>
  )
}

function Acts({ incident, about }: { readonly incident: BrandIncident; readonly about: Entity | undefined }) {
  const { t } = useWords()
  const act = useIncidentAct()
  const mute = useMute()
  const may = useMay('proposals.answer')
  if (!may) return null
  const { incidentId, owner, status, entity, kind } = incident
  const muted = about?.mutedUntil ?? null
  const button = (name: IncidentAct['act'], label: WordKey) => (
    <button
      type="button"
      className="button"
      disabled={act.isPending}
      onClick={() => act.mutate({ incidentId, act: name })}
    >
      {t(label)}
    </button>
  )
  const failure = act.error ?? mute.error
  return (
    <>
      <div className="brand-acts">
        {owner === '' && button('own', 'brand.take')}
        {status === 'open' && button('stand_down', 'brand.standDown')}
        {status === 'standing_down' && button('close', 'brand.close')}
        {button('false_alarm', 'brand.falseAlarm')}
        {kind !== 'drill' && (
          <button
            type="button"
            className="button"
            disabled={mute.isPending}
            onClick={() => mute.mutate({ entity, days: muted === null ? 7 : 0 })}
          >
            {t(muted === null ? 'brand.mute' : 'brand.unmute')}
          </button>
        )}
      </div>
      {kind !== 'drill' && about !== undefined && (
        <p className="muted">{t('brand.mute.teaches', { voices: about.voicesNeeded })}</p>
      )}
      {failure !== null && <p role="alert">{t('brand.failed', { message: failure.message })}</p>}
    </>
  )
}

/** What is over, with its story. */
export function PastIncidents({ incidents }: { readonly incidents: readonly BrandIncident[] }) {
  const { t, format } = useWords()
  if (incidents.length === 0) return null
  return (
    <section aria-labelledby="brand-past">
      <header className="section-head">
        <h2 id="brand-past">{t('brand.past')}</h2>
      </header>
      <ul className="brand-list">
        {incidents.map((incident) => (
          <li key={incident.incidentId}>
            <p>
              <strong>{t('brand.incident.title', { id: incident.incidentId, name: incident.name })}</strong>{' '}
              {t(`brand.kind.${incident.kind}` as WordKey)}
              {incident.falseAlarm && `, ${t('brand.falseAlarm')}`}
            </p>
            <p className="muted">
              {format.dateTime(incident.at)} – {format.dateTime(incident.closedAt)}
            </p>
            <details>
              <summary>{t('brand.postMortem')}</summary>
              <pre className="brand-story" tabIndex={0}>
                {incident.postMortem}
              </pre>
            </details>
          </li>
        ))}
      </ul>
    </section>
  )
}
