// A secret that is shown this once: to be copied, with what it is for.

import { useState } from 'react'
import { useWords } from './words-context.tsx'

type SecretOnceProps = { readonly label: string; readonly secret: string; readonly note: string }

export function SecretOnce({ label, secret, note }: SecretOnceProps) {
  const { t } = useWords()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret)
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
          {secret}
        </code>
        <button type="button" className="button" onClick={() => void copy()} aria-live="polite">
          {copied ? t('common.copied') : t('common.copy')}
        </button>
      </div>
      <p className="muted">{note}</p>
    </div>
  )
}
