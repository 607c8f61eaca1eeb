// The plan as text. "Check" changes nothing; "Apply" is offered for a text that has passed its check.

import { useState } from 'react'
import { useApplyPlan } from '../data/queries.ts'
import { DraftAhead } from './campaign-ahead.tsx'
import { Failed } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { Plan, PlanResult } from '../../../src/api/contract.ts'

/** A draft outlives a walk to another view, not a reload. Null: the text is the plan in force. */
let keptDraft: string | null = null

export function PlanEditor({ plan }: { readonly plan: Plan }) {
  const { t } = useWords()
  const [draft, setDraft] = useState(keptDraft)
  const [checked, setChecked] = useState<PlanResult | null>(null)
  const apply = useApplyPlan()
  const yaml = draft ?? plan.yaml
  const changed = draft !== null && draft !== plan.yaml
  const passed = checked !== null && checked.problems.length === 0
  const keep = (next: string | null) => {
    keptDraft = next
    setDraft(next)
  }
  const edit = (next: string | null) => {
    keep(next)
    setChecked(null)
  }
  const send = (dryRun: boolean) =>
    apply.mutate(
      { yaml, dryRun },
      {
        onSuccess: (result) => {
          setChecked(result)
          if (result.applied || result.waits !== null) keep(null)
        },
      },
    )
  return (
    <div className="plan">
      <textarea
        className="plan-text"
        aria-label={t('plan.title')}
        aria-invalid={checked !== null && !passed}
        spellCheck={false}
        rows={28}
        value={yaml}
        readOnly={apply.isPending}
        onChange={(event) => edit(event.target.value)}
      />
      <div className="plan-actions">
        <button type="button" className="button" disabled={apply.isPending} onClick={() => send(true)}>
          {t('plan.check')}
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={apply.isPending || !passed || !changed}
          onClick={() => send(false)}
        >
          {t('plan.apply')}
        </button>
        {changed && (
          <button type="button" className="button" onClick={() => edit(null)}>
            {t('plan.revert')}
          </button>
        )}
        <span className="muted" role="status">
          {changed ? t('plan.changed') : t('plan.version', { version: plan.version })}
        </span>
      </div>
      {apply.isError && <Failed error={apply.error} />}
      {checked !== null && <Result result={checked} />}
    </div>
  )
}

function Result({ result }: { readonly result: PlanResult }) {
  const { t, named } = useWords()
  if (result.problems.length > 0) {
    return (
      <div className="failed" role="alert">
        <p className="failed-title">{t('plan.problems', { count: result.problems.length })}</p>
        <ul className="problems">
          {result.problems.map((problem, index) => (
            <li key={index}>
              <code>{problem.path}</code>
              <p>{problem.message}</p>
              {problem.hint !== '' && <p className="muted">{problem.hint}</p>}
            </li>
          ))}
        </ul>
      </div>
    )
  }
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
