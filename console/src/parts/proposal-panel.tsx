// One proposal whole: what is and will be, whom it touches, cost, expected gain with its interval, risk,
// evidence, until when and what happens then; and what may be answered.

import { pathOf } from '../data/route.ts'
import type { AnswerKind } from './answer-dialog.tsx'
import { DataTable } from './data-table.tsx'
import { Link } from './link.tsx'
import { answersOf, useProposalName, useTouched } from './proposal-words.tsx'
import { useWords } from './words-context.tsx'
import type { ProposalView } from '../../../src/api/contract.ts'

type PanelProps = {
  readonly proposal: ProposalView
  /** How many are chosen beside it. */
  readonly together: number
  readonly onAnswer: (kind: AnswerKind) => void
}

export function ProposalPanel({ proposal, together, onAnswer }: PanelProps) {
  const { t, named, format } = useWords()
  const name = useProposalName()
  return (
    <article className="proposal" aria-label={name(proposal)}>
      <header className="proposal-head">
        <h2>{name(proposal)}</h2>
        <p className="muted">
          {proposal.proposalId} · {named('actionClass', proposal.class)} ·{' '}
          {named('proposalStatus', proposal.status)}
          {proposal.edited && <> · {t('proposal.edited')}</>}
        </p>
      </header>
      <Answers proposal={proposal} together={together} onAnswer={onAnswer} />
      {proposal.question !== '' && (
        <p>
          <strong>{t('proposal.question')}</strong> {proposal.question}
        </p>
      )}
      <Facts proposal={proposal} />
      {proposal.changes.length > 0 && (
        <DataTable
          caption={t('proposal.changes')}
          captionShown
          rows={proposal.changes}
          rowId={({ path }) => path}
          columns={[
            { id: 'path', label: t('proposal.path'), cell: ({ path }) => <code>{path}</code> },
            { id: 'is', label: t('proposal.is'), cell: ({ is }) => <span className="diff-is">{is}</span> },
            {
              id: 'willBe',
              label: t('proposal.willBe'),
              cell: ({ willBe }) => <span className="diff-will">{willBe}</span>,
            },
          ]}
        />
      )}
      <Reasons proposal={proposal} />
      <Evidence proposal={proposal} />
      {proposal.answers.length > 0 && (
        <section>
          <h3>{t('proposal.answers')}</h3>
          <ul className="plain-list">
            {proposal.answers.map(({ by, at, text }) => (
              <li key={`${by.id} ${at}`}>
                {by.name}, {format.dateTime(at)}: {text}
              </li>
            ))}
          </ul>
        </section>
      )}
    </article>
  )
}

function Answers({ proposal, together, onAnswer }: PanelProps) {
  const { t, format } = useWords()
  const answers = answersOf(proposal)
  const waits = proposal.status === 'open'
  return (
    <div className="proposal-answers">
      {waits && (
        <p className="proposal-yes" role="status">
          {t('proposal.yes', { have: proposal.approvals.length, need: proposal.eyes })}
          {proposal.approvals.length > 0 && <>: {proposal.approvals.map(({ by }) => by.name).join(', ')}</>}
        </p>
      )}
      {proposal.undoableUntil !== null && (
        <p>{t('proposal.undoable', { at: format.dateTime(proposal.undoableUntil) })}</p>
      )}
      {waits && !proposal.mayAnswer && (
        <p className="muted">{t('proposal.notYours', { roles: proposal.roles.join(', ') })}</p>
      )}
      <div className="dialog-actions">
        {answers.map((kind) => (
          <button
            key={kind}
            type="button"
            className={kind === 'approve' ? 'button button-primary' : 'button'}
            aria-haspopup="dialog"
            onClick={() => onAnswer(kind)}
          >
            {kind === 'approve' && together > 1
              ? t('proposal.approveMany', { count: together })
              : t(`proposal.${kind}`)}
          </button>
        ))}
      </div>
    </div>
  )
}

function Facts({ proposal }: { readonly proposal: ProposalView }) {
  const { t, named, format } = useWords()
  const touched = useTouched()
  const { gain, risk, onCall, closedAt, closedBy } = proposal
  const money = (value: number) =>
    gain === null || /^[A-Z]{3}$/.test(gain.unit) ? format.moneySigned(value) : format.decimal(value)
  const rows: readonly (readonly [string, string])[] = [
    [t('proposal.touches'), touched(proposal.touches)],
    [t('proposal.cost'), proposal.cost === 0 ? t('proposal.cost.none') : format.money(proposal.cost)],
    [
      t('proposal.gain'),
      gain === null
        ? t('proposal.gain.none')
        : t('proposal.gain.value', { mean: money(gain.mean), low: money(gain.low), high: money(gain.high) }),
    ],
    [
      t('proposal.risk'),
      [named('riskLevel', risk.level), risk.note].filter((part) => part !== '').join('; '),
    ],
    [t('proposal.by'), proposal.by.name],
    ...(onCall.length === 0 ? [] : [[t('proposal.onCall'), onCall.join(', ')] as const]),
    ...(proposal.status === 'open'
      ? [
          [
            t('proposal.expires'),
            t('proposal.expires.value', { at: format.dateTime(proposal.expiresAt) }),
          ] as const,
        ]
      : []),
    ...(proposal.reason === '' ? [] : [[t('proposal.reason'), proposal.reason] as const]),
    ...(proposal.detail === '' && closedAt === 0
      ? []
      : [
          [
            t('proposal.detail'),
            proposal.detail === ''
              ? t('proposal.closed', {
                  status: named('proposalStatus', proposal.status),
                  at: format.dateTime(closedAt),
                  by: closedBy?.name ?? proposal.by.name,
                })
              : proposal.detail,
          ] as const,
        ]),
  ]
  return (
    <dl className="proposal-grid">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Reasons({ proposal }: { readonly proposal: ProposalView }) {
  const { t, named } = useWords()
  return (
    <section>
      <h3>{t('proposal.why')}</h3>
      <ul className="plain-list">
        {proposal.grounds.map(({ code, detail }) => (
          <li key={`${code} ${detail}`}>
            {named('why', code)} <span className="muted">{detail}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Evidence({ proposal }: { readonly proposal: ProposalView }) {
  const { t, named } = useWords()
  const { evidence, touches } = proposal
  const labels = new Map(touches.sample.map(({ ref, label }) => [ref, label]))
  if (evidence.length === 0) return null
  return (
    <section>
      <h3>{t('proposal.evidence')}</h3>
      <ul className="plain-list">
        {evidence.map(({ kind, ref, label }) => (
          <li key={`${kind} ${ref}`}>
            {kind === 'decision' ? (
              <Link href={pathOf('decisions', ref)}>{labels.get(ref) ?? label}</Link>
            ) : kind === 'campaign' || kind === 'plan' ? (
              <Link href={pathOf('campaigns')}>{label}</Link>
            ) : (
              <>
                {named('figure', ref)}: {label}
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
