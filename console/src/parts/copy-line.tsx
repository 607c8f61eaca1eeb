// A line to be copied, with what it is for.

import { useState } from 'react'
import { useWords } from './words-context.tsx'

type CopyLineProps = { readonly label: string; readonly text: string; readonly note: string }

export function CopyLine({ label, text, note }: CopyLineProps) {
  const { t } = useWords()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      // The browser refuses: the text can be marked and copied by hand.
      setCopied(false)
    }
  }
  return (
    <div className="secret">
      <p className="secret-label">{label}</p>
      <div className="secret-row">
        <code className="secret-text" tabIndex={0}>
          {text}
        </code>
        <button
          type="button"
          className="button"
          onClick={() => void copy()}
          aria-live="polite"
          aria-label={`${copied ? t('common.copied') : t('common.copy')}: ${label}`}
        >
          {copied ? t('common.copied') : t('common.copy')}
        </button>
      </div>
      <p className="muted">{note}</p>
    </div>
  )
}
