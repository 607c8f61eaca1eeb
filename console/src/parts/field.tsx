// A labelled line of a form, and what went wrong with the form as a whole.

import { useId, type InputHTMLAttributes } from 'react'
import { RequestFailure } from '../data/client.ts'
import { useWords } from './words-context.tsx'

type FieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> & {
  readonly label: string
  readonly onText: (text: string) => void
  readonly hint?: string
  /** Where the focus goes when a dialog opens. */
  readonly first?: boolean
}

export function Field({ label, onText, hint, first = false, ...input }: FieldProps) {
  const hintId = useId()
  return (
    <label className="field">
      <span>{label}</span>
      <input
        {...input}
        {...(first ? { 'data-first-focus': true } : {})}
        aria-describedby={hint === undefined ? undefined : hintId}
        spellCheck={false}
        onChange={(event) => onText(event.target.value)}
      />
      {hint !== undefined && (
        <small id={hintId} className="muted">
          {hint}
        </small>
      )}
    </label>
  )
}

/** In the reader's language where the code is known, in the server's words otherwise. */
export function FailureLine({ error }: { readonly error: Error | null }) {
  const { t, named } = useWords()
  if (error === null) return null
  const known = error instanceof RequestFailure ? named('failure', error.code) : ''
  const own = error instanceof RequestFailure && known !== error.code ? known : ''
  const offline = error instanceof RequestFailure && error.kind === 'offline'
  return (
    <p className="failed failed-line" role="alert">
      {offline ? t('error.offline.title') : own || error.message}
    </p>
  )
}
