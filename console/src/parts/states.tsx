// The states besides "here it is": loading, empty, failed. A failure says cause, effect and next step.

import type { ReactNode } from 'react'
import { RequestFailure } from '../data/client.ts'
import { useWords } from './words-context.tsx'

export function Loading({ rows = 4 }: { readonly rows?: number }) {
  const { t } = useWords()
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">{t('common.loading')}</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className="loading-line" aria-hidden="true" />
      ))}
    </div>
  )
}

type EmptyProps = { readonly title: string; readonly detail: string; readonly action?: ReactNode }

export function Empty({ title, detail, action }: EmptyProps) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      <p className="empty-detail">{detail}</p>
      {action}
    </div>
  )
}

type FailedProps = { readonly error: Error; readonly onRetry?: () => void }

export function Failed({ error, onRetry }: FailedProps) {
  const { t } = useWords()
  const { title, detail, step, code } = useFailureText(error)
  return (
    <div className="failed" role="alert">
      <p className="failed-title">{title}</p>
      <p>{detail}</p>
      <p>{step}</p>
      <p className="failed-foot">
        {onRetry !== undefined && (
          <button type="button" className="button" onClick={onRetry}>
            {t('common.retry')}
          </button>
        )}
        <code>{code}</code>
      </p>
    </div>
  )
}

function useFailureText(error: Error): { title: string; detail: string; step: string; code: string } {
  const { t } = useWords()
  if (!(error instanceof RequestFailure)) {
    return {
      title: t('error.bug.title'),
      detail: t('error.bug.effect'),
      step: t('error.bug.step'),
      code: error.message,
    }
  }
  if (error.kind === 'offline') {
    return {
      title: t('error.offline.title'),
      detail: t('error.offline.effect'),
      step: t('error.offline.step'),
      code: error.code,
    }
  }
  if (error.status === 404) {
    return {
      title: t('error.missing.title'),
      detail: error.message || t('error.missing.effect'),
      step: error.hint || t('error.missing.step'),
      code: error.code,
    }
  }
  return {
    title: t('error.server.title'),
    detail: error.message || t('error.server.effect'),
    step: error.hint || t('error.server.step'),
    code: error.code,
  }
}
