// The plan as text, and what changing it would do.

import { useState } from 'react'
import { useApplyPlan } from '../data/queries.ts'
import { DraftAhead } from './campaign-ahead.tsx'
import { DraftEditor, DraftProblems } from './draft-editor.tsx'
import { useWords } from './words-context.tsx'
import type { Plan, PlanResult } from '../../../src/api/contract.ts'

/** A draft outlives a walk to another view, not a reload. Null: the text is the plan in force. */
let keptDraft: string | null = null

export function PlanEditor({ plan }: { readonly plan: Plan }) {
  const { t } = useWords()
  const [draft, setDraft] = useState(keptDraft)
  const keep = (next: string | null) => {
    keptDraft = next
    setDraft(next)
  }
  return (
    <div className="plan">
      <DraftEditor
        title={t('plan.title')}
        rows={28}
        text={plan.yaml}
        draft={draft}
        onDraft={keep}
        apply={useApplyPlan()}
        words={{
          check: t('plan.check'),
          apply: t('plan.apply'),
          revert: t('plan.revert'),
          changed: t('plan.changed'),
        }}
        version={t('plan.version', { version: plan.version })}
      >
        {(result) => <Result result={result} />}
      </DraftEditor>
    </div>
  )
}

function Result({ result }: { readonly result: PlanResult }) {
  const { t, named } = useWords()
  if (result.problems.length > 0)
    return (
      <DraftProblems
        title={t('plan.problems', { count: result.problems.length })}
        problems={result.problems}
      />
    )
  return (
    <div className="plan-result" role="status">
      <p className="failed-title">
        {result.applied
          ? t('plan.applied', { version: result.version })
          : result.waits !== null
            ? t('plan.waits', { id: result.waits })
            : t('plan.passes', { count: result.changes.length })}
      </p>
      {result.because.length > 0 && (
        <>
          <p>{t('plan.because')}</p>
          <ul className="problems">
            {result.because.map(({ code, detail }) => (
              <li key={`${code} ${detail}`}>
                {named('why', code)} <span className="muted">{detail}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <ul className="problems">
        {result.changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
      <DraftAhead forecasts={result.forecasts} />
    </div>
  )
}
