// One decision, fully: why, what else could have been done, what forbade it, what came of it, and the
// record it is all rendered from.

import { useState, type ReactNode } from 'react'
import { useDecision } from '../data/queries.ts'
import { queryOf, type DecisionFilter } from '../data/decision-filter.ts'
import { pathOf } from '../data/route.ts'
import { showValue } from '../data/show.ts'
import { DataTable } from '../parts/data-table.tsx'
import { CloseIcon, VerdictMark } from '../parts/icons.tsx'
import { Link } from '../parts/link.tsx'
import { ScoreBars } from '../parts/score-bars.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { DecisionDetail } from '../../../src/api/contract.ts'

const FEATURES_SHOWN = 12

export function DecisionPanel({ id, filter }: { readonly id: string; readonly filter: DecisionFilter }) {
  const { t } = useWords()
  const { data, error, refetch } = useDecision(id)
  return (
    <section className="panel" aria-label={t('decision.title')}>
      <header className="panel-head">
        <h1>{t('decision.title')}</h1>
        <Link
          className="button-quiet button-icon"
          href={pathOf('decisions') + queryOf(filter)}
          aria-label={t('common.back')}
        >
          <CloseIcon />
        </Link>
      </header>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={10} />}
      {data !== undefined && <Detail detail={data} />}
    </section>
  )
}

function Detail({ detail }: { readonly detail: DecisionDetail }) {
  const { t, format, named } = useWords()
  const { row } = detail
  return (
    <>
      <p className="panel-verdict">
        <VerdictMark verdict={row.verdict} /> <strong>{t(`decision.${row.verdict}`)}</strong>{' '}
        <span>{row.actionId === 'nothing' ? t('action.nothing') : row.actionId}</span>
      </p>
      <p className="panel-why">{row.why}</p>
      {detail.reasons.length > 0 && (
        <ul className="panel-reasons">
          {detail.reasons
            .filter((reason) => reason !== row.why)
            .map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
        </ul>
      )}
      <dl className="pairs">
        <Pair label={t('decision.person')}>
          <Link href={pathOf('customers', row.profileId)}>{row.person}</Link>
        </Pair>
        <Pair label={t('decision.at')}>{format.dateTime(row.at)}</Pair>
        <Pair label={t('decision.sendAt')}>
          {row.verdict === 'act' ? format.dateTime(detail.sendAt) : t('common.unknown')}
        </Pair>
        <Pair label={t('decision.group')}>{t(`group.${row.group}`)}</Pair>
        <Pair label={t('decision.propensity')}>{format.percent(row.propensity)}</Pair>
        <Pair label={t('decision.replay')}>
          <span className={detail.replays ? 'good' : 'bad'}>
            {detail.replays ? t('decision.replays') : t('decision.replaysNot')}
          </span>
        </Pair>
      </dl>
      {detail.scores.length > 0 && (
        <section className="panel-part">
          <h2>{t('decision.scores')}</h2>
          <ul className="panel-reasons">
            {detail.scores.map((score) => (
              <li key={score}>{score}</li>
            ))}
          </ul>
        </section>
      )}
      <ScoreBars candidates={detail.candidates} chosen={row.actionId} />
      <Rejected detail={detail} />
      <After detail={detail} />
      <details className="more">
        <summary>{t('decision.features')}</summary>
        <DataTable
          caption={t('decision.features')}
          rows={[...detail.features]
            .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
            .slice(0, FEATURES_SHOWN)}
          rowId={(feature) => feature.name}
          columns={[
            { id: 'name', label: t('common.name'), cell: (feature) => feature.name },
            {
              id: 'value',
              label: t('common.value'),
              cell: (feature) => format.score(feature.value),
              numeric: true,
            },
          ]}
        />
      </details>
      <details className="more">
        <summary>{t('decision.context')}</summary>
        <dl className="pairs">
          {Object.entries(detail.context).map(([name, value]) => (
            <Pair key={name} label={name}>
              {showValue(value)}
            </Pair>
          ))}
          {Object.entries(detail.versions).map(([name, value]) => (
            <Pair key={`version ${name}`} label={t('decision.version', { of: named('versionOf', name) })}>
              {value}
            </Pair>
          ))}
          <Pair label={t('decision.seed')}>{detail.seed}</Pair>
          <Pair label={t('decision.asOf')}>{format.number(detail.asOf)}</Pair>
        </dl>
      </details>
      <RawRecord record={detail.record} />
    </>
  )
}

function Pair({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** Why not: what was never in the draw, and what stopped the drawn action afterwards. */
function Rejected({ detail }: { readonly detail: DecisionDetail }) {
  const { t, named } = useWords()
  if (detail.rejected.length === 0 && detail.vetoes.length === 0) return null
  return (
    <section className="panel-part">
      {detail.vetoes.length > 0 && (
        <>
          <h2>{t('decision.vetoes')}</h2>
          <ul className="why-not">
            {detail.vetoes.map((reason) => (
              <li key={reason.code}>
                {named('reason', reason.code)} <span className="muted">{reason.detail}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {detail.rejected.length > 0 && (
        <>
          <h2>{t('decision.whyNot')}</h2>
          <ul className="why-not">
            {detail.rejected.map(({ actionId, reasons }) => (
              <li key={actionId}>
                <strong>{actionId}</strong>
                <ul>
                  {reasons.map((reason) => (
                    <li key={reason.code}>
                      {named('reason', reason.code)} <span className="muted">{reason.detail}</span>
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

/** What was done and what it brought, in order. */
function After({ detail }: { readonly detail: DecisionDetail }) {
  const { t, format, named } = useWords()
  const steps = [
    ...detail.deliveries.map((delivery) => ({
      at: delivery.at,
      what: named('delivery', delivery.type),
      note: delivery.detail,
    })),
    ...detail.outcomes.map((outcome) => ({
      at: outcome.at,
      what: named('outcome', outcome.kind),
      note: format.moneySigned(outcome.reward),
    })),
  ].sort((a, b) => a.at - b.at)
  if (steps.length === 0) return null
  return (
    <section className="panel-part">
      <h2>{t('decision.after')}</h2>
      <ol className="steps">
        {steps.map((step, index) => (
          <li key={index}>
            <time dateTime={new Date(step.at).toISOString()}>{format.dateTime(step.at)}</time>
            <span>
              {step.what} <span className="muted">{step.note}</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function RawRecord({ record }: { readonly record: unknown }) {
  const { t } = useWords()
  const [copied, setCopied] = useState(false)
  const text = JSON.stringify(record, null, 2)
  const copy = async () => {
    // Outside HTTPS and localhost there is no clipboard: the text is there to be selected.
    await navigator.clipboard?.writeText(text)
    setCopied(navigator.clipboard !== undefined)
  }
  return (
    <details className="more">
      <summary>{t('decision.record')}</summary>
      <button type="button" className="button" onClick={() => void copy()}>
        {copied ? t('common.copied') : t('common.copy')}
      </button>
      <pre className="record" tabIndex={0}>
        {text}
      </pre>
    </details>
  )
}
