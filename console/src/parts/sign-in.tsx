// Signing in: address and password, then the code where a second factor is on; at the company's identity
// provider; or, for the demo and scripts, with a key.

import { useState, useSyncExternalStore, type FormEvent } from 'react'
import { ask, pathWith } from '../data/client.ts'
import { useDoor } from '../data/queries.ts'
import { PATHS } from '../data/paths.ts'
import { look, readReason, signInWithKey, subscribeSession } from '../data/session.ts'
import { useSubmit } from '../data/use-submit.ts'
import { DoorFrame } from './door-frame.tsx'
import { FailureLine, Field } from './field.tsx'
import { useWords } from './words-context.tsx'

export function SignIn() {
  const { t, named } = useWords()
  const door = useDoor()
  const reason = useSyncExternalStore(subscribeSession, readReason)
  const failed = new URLSearchParams(location.search).get('failed')
  return (
    <DoorFrame>
      {reason === 'over' && <p role="status">{t('signin.over')}</p>}
      {reason === 'key' && (
        <p className="failed" role="alert">
          {t('signin.refused')}
        </p>
      )}
      {failed !== null && (
        <p className="failed" role="alert">
          {named('failure', failed)}
        </p>
      )}
      {door === null && <Unreachable />}
      {door?.ownerless === true && <p>{t('signin.ownerless')}</p>}
      <PasswordForm />
      {(door?.providers.length ?? 0) > 0 && (
        <div className="sign-in-providers">
          <p className="muted">{t('signin.or')}</p>
          {door?.providers.map(({ id, name }) => (
            <a key={id} className="button" href={pathWith(PATHS.signInAt, id)}>
              {t('signin.at', { name })}
            </a>
          ))}
        </div>
      )}
      <KeyForm open={reason === 'key'} />
    </DoorFrame>
  )
}

function Unreachable() {
  const { t } = useWords()
  return (
    <div className="failed" role="alert">
      <p>{t('error.offline.title')}</p>
      <button type="button" className="button" onClick={() => void look()}>
        {t('common.retry')}
      </button>
    </div>
  )
}

function PasswordForm() {
  const { t } = useWords()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [asksCode, setAsksCode] = useState(false)
  const { submit, busy, error } = useSubmit(
    async () => {
      await ask({
        key: '',
        path: PATHS.signIn,
        atDoor: true,
        body: { email, password, ...(asksCode ? { code } : {}) },
      })
      await look()
    },
    (failure) => {
      const asks = failure.code === 'auth.second_factor'
      if (asks) setAsksCode(true)
      return asks
    },
  )
  return (
    <form onSubmit={submit} noValidate>
      <Field
        label={t('signin.email')}
        type="email"
        name="email"
        autoComplete="username"
        required
        value={email}
        onText={setEmail}
      />
      <Field
        label={t('signin.password')}
        type="password"
        name="password"
        autoComplete="current-password"
        required
        value={password}
        onText={setPassword}
      />
      {asksCode && (
        <Field
          label={t('signin.code')}
          hint={t('signin.code.hint')}
          name="code"
          autoComplete="one-time-code"
          autoFocus
          required
          value={code}
          onText={setCode}
        />
      )}
      <FailureLine error={error} />
      <button
        type="submit"
        className="button button-primary"
        disabled={busy || email === '' || password === ''}
      >
        {t('signin.enter')}
      </button>
    </form>
  )
}

/** Out of the way: people have accounts, and whoever has a key knows to look for it. */
function KeyForm({ open }: { readonly open: boolean }) {
  const { t } = useWords()
  const [key, setKey] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '') signInWithKey(key)
  }
  return (
    <details className="sign-in-key" open={open}>
      <summary>{t('signin.withKey')}</summary>
      <form onSubmit={submit}>
        <Field
          label={t('signin.key')}
          hint={t('signin.where')}
          type="password"
          name="key"
          autoComplete="off"
          value={key}
          onText={setKey}
          placeholder="wv_admin_…"
        />
        <button type="submit" className="button">
          {t('signin.open')}
        </button>
      </form>
    </details>
  )
}
