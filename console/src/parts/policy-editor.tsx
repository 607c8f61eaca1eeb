// The policy as text: tried on last week before it is applied, each change with its direction, and a
// history of who changed what.

import { useState } from 'react'
import { useApplyPolicy } from '../data/govern-queries.ts'
import { pathOf } from '../data/route.ts'
import { DataTable } from './data-table.tsx'
import { DraftEditor, DraftProblems } from './draft-editor.tsx'
import { Link } from './link.tsx'
import { useWords } from './words-context.tsx'
import type { PolicyImpact, PolicyResult, PolicyView } from '../../../src/api/contract.ts'

const HISTORY_SHOWN = 10

export function PolicyEditor({ policy }: { readonly policy: PolicyView }) {
  const { t } = useWords()
  const [draft, setDraft] = useState<string | null>(null)
  return (
    <div className="plan">
      <DraftEditor
        title={t('policy.title')}
        rows={20}
        text={policy.yaml}
        draft={draft}
        onDraft={setDraft}
        apply={useApplyPolicy()}
        passes={({ changes }) => changes.length > 0}
        words={{
          check: t('policy.check'),
          apply: t('policy.apply'),
          revert: t('policy.revert'),
          changed: t('policy.changed'),
        }}
        version={
          policy.version === '' ? t('policy.version.none') : t('policy.version', { version: policy.version })
        }
      >
        {(result) => <Result result={result} />}
      </DraftEditor>
      <History policy={policy} />
    </div>
  )
}

function Result({ result }: { readonly result: PolicyResult }) {
  const { t } = useWords()
  if (result.problems.length > 0)
    return (
      <DraftProblems
        title={t('policy.problems', { count: result.problems.length })}
        problems={result.problems}
      />
    )
  return (
    <div className="plan-result" role="status">
      <p className="failed-title">
        <Verdict result={result} />
      </p>
      {result.changes.length > 0 && <Changes changes={result.changes} />}
      {result.impact !== null && <Impact impact={result.impact} />}
    </div>
  )
}

function Verdict({ result }: { readonly result: PolicyResult }) {
  const { t } = useWords()
  if (result.changes.length === 0) return <>{t('policy.same')}</>
  if (result.waits !== null)
    return <Link href={pathOf('approvals', result.waits)}>{t('policy.waitsAs', { id: result.waits })}</Link>
  if (result.applied) return <>{t('policy.applied')}</>
  return <>{result.because.length > 0 ? t('policy.waits') : t('policy.atOnce')}</>
}

function Changes({ changes }: { readonly changes: PolicyResult['changes'] }) {
  const { t, named } = useWords()
  return (
    <DataTable
      caption={t('proposal.changes')}
      rows={changes}
      rowId={({ path }) => path}
      columns={[
        { id: 'path', label: t('policy.path'), cell: ({ path }) => <code>{path}</code> },
        { id: 'is', label: t('proposal.is'), cell: ({ is }) => <span className="diff-is">{is}</span> },
        {
          id: 'willBe',
          label: t('proposal.willBe'),
          cell: ({ willBe }) => <span className="diff-will">{willBe}</span>,
        },
        {
          id: 'risk',
          label: t('policy.direction'),
          cell: ({ risk }) => (
            <span className={risk === 'raise' ? 'bad' : undefined}>{named('direction', risk)}</span>
          ),
        },
      ]}
    />
  )
}

type Counts = PolicyImpact['rows'][number]['now']

function Impact({ impact }: { readonly impact: PolicyImpact }) {
  const { t, named, format } = useWords()
  const counts = ({ went, undoable, waited, suggested, shadow }: Counts) =>
    t('impact.counts', {
      went: format.number(went),
      undoable: format.number(undoable),
      waited: format.number(waited),
      not: format.number(suggested + shadow),
    })
  return (
    <section>
      <h3>{t('impact.week')}</h3>
      {!impact.complete && (
        <p className="muted">{t('impact.week.partial', { count: format.number(impact.decisions) })}</p>
      )}
      {impact.rows.length === 0 ? (
        <p className="muted">{t('impact.week.none')}</p>
      ) : (
        <DataTable
          caption={t('impact.week')}
          rows={impact.rows}
          rowId={(row) => `${row.class} ${row.campaignId}`}
          columns={[
            {
              id: 'class',
              label: t('impact.class'),
              cell: ({ class: of, campaignId }) => `${named('actionClass', of)}, ${campaignId}`,
            },
            {
              id: 'decisions',
              label: t('impact.decisions'),
              numeric: true,
              cell: ({ decisions }) => format.number(decisions),
            },
            { id: 'was', label: t('impact.was'), cell: ({ now }) => counts(now) },
            { id: 'would', label: t('impact.would'), cell: (row) => counts(row['then']) },
          ]}
        />
      )}
    </section>
  )
}

function History({ policy }: { readonly policy: PolicyView }) {
  const { t, format } = useWords()
  if (policy.versions.length === 0) return null
  return (
    <details className="policy-history">
      <summary>{t('policy.history')}</summary>
      <ul className="plain-list">
        {policy.versions.slice(0, HISTORY_SHOWN).map(({ version, at, by, proposalId, changes }) => (
          <li key={`${version} ${at}`}>
            <strong>
              {proposalId === ''
                ? t('policy.history.line', { at: format.dateTime(at), by: by.name })
                : t('policy.history.by', { at: format.dateTime(at), by: by.name, id: proposalId })}
            </strong>
            {changes.length > 0 && <Changes changes={changes} />}
          </li>
        ))}
      </ul>
    </details>
  )
}
