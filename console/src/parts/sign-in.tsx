// Asks for the admin key when there is none, and says where to find it.

import { useState, type FormEvent } from 'react'
import { signIn, wasRefused } from '../data/session.ts'
import { LangSwitch, ThemeSwitch } from './header.tsx'
import { VaneMark } from './icons.tsx'
import { useWords } from './words-context.tsx'

export function SignIn() {
  const { t } = useWords()
  const [key, setKey] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '') signIn(key)
  }
  return (
    <main className="sign-in">
      <h1 className="brand">
        <VaneMark />
        {t('brand.name')}
      </h1>
      <form onSubmit={submit}>
        {wasRefused() && (
          <p className="failed" role="alert">
            {t('signin.refused')}
          </p>
        )}
        <label className="field">
          <span>{t('signin.key')}</span>
          <input
            type="password"
            autoComplete="current-password"
            spellCheck={false}
            value={key}
            onChange={(event) => setKey(event.target.value)}
            placeholder="wv_admin_…"
          />
        </label>
        <p className="muted">{t('signin.where')}</p>
        <button type="submit" className="button button-primary">
          {t('signin.open')}
        </button>
      </form>
      <div className="sign-in-foot">
        <LangSwitch />
        <ThemeSwitch />
      </div>
    </main>
  )
}
