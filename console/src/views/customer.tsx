// One person: who, what they allowed, what is known, what happened, and why there was nothing.

import type { ReactNode } from 'react'
import { useCustomer, usePersonDecisions } from '../data/queries.ts'
import { pathOf } from '../data/route.ts'
import { showValue } from '../data/show.ts'
import { VerdictMark } from '../parts/icons.tsx'
import { Link } from '../parts/link.tsx'
import { PersonRights } from '../parts/person-rights.tsx'
import { PersonScoresPart } from '../parts/person-scores.tsx'
import { PersonTone } from '../parts/person-tone.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { Timeline } from '../parts/timeline.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { Customer } from '../../../src/api/contract.ts'

const NOTHINGS_SHOWN = 5

export function CustomerView({ id }: { readonly id: string }) {
  const { t } = useWords()
  const { data, error, refetch } = useCustomer(id)
  return (
    <>
      <p>
        <Link href={pathOf('customers')}>{t('customer.back')}</Link>
      </p>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={10} />}
      {data === undefined && <h1 className="visually-hidden">{t('customers.person')}</h1>}
      {data !== undefined && <Person customer={data} />}
    </>
  )
}

function Person({ customer }: { readonly customer: Customer }) {
  const { t, format, named } = useWords()
  return (
    <>
      <header className="person-head">
        <h1>{customer.person}</h1>
        <span className="tag">{t(`group.${customer.group}`)}</span>
        {customer.segments.map((segment) => (
          <span key={segment} className="tag">
            {segment}
          </span>
        ))}
        <Link href={`${pathOf('decisions')}?profile=${encodeURIComponent(customer.profileId)}`}>
          {t('customer.decisions')}
        </Link>
      </header>
      <div className="person">
        <div className="person-facts">
          <PersonScoresPart scores={customer.scores} />
          <PersonTone tone={customer.tone} />
          <Facts title={t('customer.identifiers')}>
            {customer.identifiers.map(({ kind, value }) => (
              <Fact key={`${kind} ${value}`} label={named('identifier', kind)}>
                {value}
              </Fact>
            ))}
            <Fact label={t('customer.timeZone')}>{customer.timeZone}</Fact>
          </Facts>
          <section>
            <h2>{t('customer.consents')}</h2>
            {customer.consents.length === 0 ? (
              <p className="muted">{t('customer.consents.none')}</p>
            ) : (
              <ul className="consents">
                {customer.consents.map((consent) => (
                  <li key={`${consent.channel} ${consent.purpose}`}>
                    <p>
                      <strong>{named('channel', consent.channel)}</strong>, {consent.purpose}:{' '}
                      <span className={consent.state === 'granted' ? 'good' : 'bad'}>
                        {named('consent', consent.state)}
                      </span>
                    </p>
                    <p className="muted">
                      {t('customer.consent.proof', {
                        time: format.dateTime(consent.at),
                        source: consent.source,
                        version: consent.textVersion || t('customer.consent.unknownText'),
                      })}
                    </p>
                    {consent.text !== '' && <blockquote className="muted">{consent.text}</blockquote>}
                  </li>
                ))}
              </ul>
            )}
          </section>
          <Facts title={t('customer.features')}>
            {customer.features.map(({ name, value }) => (
              <Fact key={name} label={name}>
                {typeof value === 'number' ? format.decimal(value) : value}
              </Fact>
            ))}
          </Facts>
          <Facts title={t('customer.traits')}>
            {Object.entries(customer.traits).map(([name, value]) => (
              <Fact key={name} label={name}>
                {showValue(value)}
              </Fact>
            ))}
          </Facts>
          <PersonRights profileId={customer.profileId} />
        </div>
        <Timeline items={customer.timeline} />
        <WhyNothing profileId={customer.profileId} />
      </div>
    </>
  )
}

function Facts({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h2>{title}</h2>
      <dl className="pairs">{children}</dl>
    </section>
  )
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** Answers "why did this person get nothing?" from the decisions that ended so. */
function WhyNothing({ profileId }: { readonly profileId: string }) {
  const { t, format } = useWords()
  const { data, error, refetch } = usePersonDecisions(profileId)
  const rows = data?.items ?? []
  const quiet = rows.filter((row) => row.verdict !== 'act')
  return (
    <section className="why-nothing" aria-labelledby="why-nothing-title">
      <h2 id="why-nothing-title">{t('customer.whyNothing')}</h2>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={3} />}
      {data !== undefined && <p>{t('customer.whyNothing.sum', { quiet: quiet.length, all: rows.length })}</p>}
      <ul>
        {quiet.slice(0, NOTHINGS_SHOWN).map((row) => (
          <li key={row.decisionId}>
            <p className="ticker-head">
              <VerdictMark verdict={row.verdict} />
              <Link href={pathOf('decisions', row.decisionId)}>{t(`decision.${row.verdict}`)}</Link>
              <span className="ticker-action">{row.campaignId}</span>
              <time dateTime={new Date(row.at).toISOString()}>{format.dateTime(row.at)}</time>
            </p>
            <p className="ticker-why">{row.why}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
