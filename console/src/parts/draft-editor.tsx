// A text in force, as it is or as a draft of another one: "Check" changes nothing, "Apply" is offered for a draft that has
// passed its check. What the plan and the policy are edited with.

import { useState, type ReactNode } from 'react'
import type { UseMutationResult } from '@tanstack/react-query'
import { Failed } from './states.tsx'
import type { PlanRequest } from '../../../src/api/contract.ts'

/** What a text was answered with. */
type Answer = {
  readonly problems: readonly unknown[]
  readonly applied: boolean
  readonly waits: string | null
}

type DraftEditorProps<R extends Answer> = {
  readonly title: string
  readonly rows: number
  /** The text in force. */
  readonly text: string
  /** Null: no draft, the text in force is shown. */
  readonly draft: string | null
  readonly onDraft: (draft: string | null) => void
  readonly apply: UseMutationResult<R, Error, PlanRequest>
  /** Whether an answer without problems says that there is something to apply. Left out: it does. */
  readonly passes?: (result: R) => boolean
  readonly words: {
    readonly check: string
    readonly apply: string
    readonly revert: string
    readonly changed: string
  }
  /** Said beside the buttons while nothing is changed. */
  readonly version: string
  readonly children: (result: R) => ReactNode
}

export function DraftEditor<R extends Answer>(props: DraftEditorProps<R>) {
  const { title, rows, text, draft, onDraft, apply, passes, words, version, children } = props
  const [checked, setChecked] = useState<R | null>(null)
  const yaml = draft ?? text
  const changed = draft !== null && draft !== text
  const isWrong = checked !== null && checked.problems.length > 0
  const passed = checked !== null && !isWrong && (passes?.(checked) ?? true)
  const edit = (next: string | null) => {
    onDraft(next)
    setChecked(null)
  }
  const send = (dryRun: boolean) =>
    apply.mutate(
      { yaml, dryRun },
      {
        onSuccess: (result) => {
          setChecked(result)
          if (result.applied || result.waits !== null) onDraft(null)
        },
      },
    )
  return (
    <>
      <textarea
        className="plan-text"
        aria-label={title}
        aria-invalid={isWrong}
        spellCheck={false}
        rows={rows}
        value={yaml}
        readOnly={apply.isPending}
        onChange={(event) => edit(event.target.value)}
      />
      <div className="plan-actions">
        <button type="button" className="button" disabled={apply.isPending} onClick={() => send(true)}>
          {words.check}
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={apply.isPending || !passed || !changed}
          onClick={() => send(false)}
        >
          {words.apply}
        </button>
        {changed && (
          <button type="button" className="button" onClick={() => edit(null)}>
            {words.revert}
          </button>
        )}
        <span className="muted" role="status">
          {changed ? words.changed : version}
        </span>
      </div>
      {apply.isError && <Failed error={apply.error} />}
      {checked !== null && children(checked)}
    </>
  )
}

type Problem = { readonly path: string; readonly message: string; readonly hint: string }

/** What is wrong with the text, where, and what to do. */
export function DraftProblems({
  title,
  problems,
}: {
  readonly title: string
  readonly problems: readonly Problem[]
}) {
  return (
    <div className="failed" role="alert">
      <p className="failed-title">{title}</p>
      <ul className="problems">
        {problems.map(({ path, message, hint }) => (
          <li key={`${path} ${message}`}>
            <code>{path}</code>
            <p>{message}</p>
            {hint !== '' && <p className="muted">{hint}</p>}
          </li>
        ))}
      </ul>
    </div>
  )
}
