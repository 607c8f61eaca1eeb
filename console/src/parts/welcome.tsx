// What a link leads to: the first owner, somebody invited, or somebody who forgot chooses a password and is in. The
// link's secret leaves the address at once.

import { useEffect, useState } from 'react'
import { ask, RequestFailure } from '../data/client.ts'
import { PATHS } from '../data/paths.ts'
import { go, pathOf } from '../data/route.ts'
import { look } from '../data/session.ts'
import { useSubmit } from '../data/use-submit.ts'
import { DoorFrame } from './door-frame.tsx'
import { FailureLine, Field } from './field.tsx'
import { Loading } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { Welcome as Invitation } from '../../../src/api/contract.ts'

const PASSWORD_CHARS_MIN = 12

/** Taken out of the address when the page begins; kept for a reload of this tab only by the browser's history. */
const token = takeToken()

function takeToken(): string {
  const found = /^#token=([\w-]+)$/.exec(location.hash)?.[1] ?? ''
  if (found !== '') history.replaceState(null, '', location.pathname)
  return found
}

export function Welcome() {
  const { t } = useWords()
  const [invitation, setInvitation] = useState<Invitation | null>(null)
  const [error, setError] = useState<Error | null>(null)
  useEffect(() => {
    ask<Invitation>({
      key: '',
      path: PATHS.look,
      atDoor: true,
      body: { token: token || 'none'.repeat(8) },
    }).then(setInvitation, (failure: unknown) => {
      if (!(failure instanceof RequestFailure)) throw failure
      setError(failure)
    })
  }, [])
  return (
    <DoorFrame>
      {error !== null && (
        <>
          <FailureLine error={error} />
          <p>{t('welcome.gone')}</p>
          <button type="button" className="button" onClick={() => go(pathOf('brief'), 'replace')}>
            {t('welcome.toSignIn')}
          </button>
        </>
      )}
      {error === null && invitation === null && <Loading rows={3} />}
      {invitation !== null && <WelcomeForm invitation={invitation} />}
    </DoorFrame>
  )
}

function WelcomeForm({ invitation }: { readonly invitation: Invitation }) {
  const { t } = useWords()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const isSetup = invitation.kind === 'setup'
  const asksEmail = invitation.email === ''
  const { submit, busy, error } = useSubmit(async () => {
    await ask({
      key: '',
      path: PATHS.welcome,
      atDoor: true,
      body: { token, password, ...(isSetup ? { name } : {}), ...(asksEmail ? { email } : {}) },
    })
    go(pathOf('brief'), 'replace')
    await look()
  })
  return (
    <form onSubmit={submit} noValidate>
      <p>
        {invitation.kind === 'setup'
          ? t('welcome.setup')
          : invitation.kind === 'reset'
            ? t('welcome.reset', { email: invitation.email })
            : t('welcome.invite', { email: invitation.email, role: t(`role.${invitation.role}`) })}
      </p>
      {isSetup && (
        <Field label={t('people.name')} name="name" autoComplete="name" value={name} onText={setName} />
      )}
      {asksEmail ? (
        <Field
          label={t('signin.email')}
          type="email"
          name="email"
          autoComplete="username"
          value={email}
          onText={setEmail}
        />
      ) : (
        <input type="hidden" name="email" autoComplete="username" value={invitation.email} readOnly />
      )}
      <Field
        label={t('welcome.password')}
        hint={t('welcome.password.hint')}
        type="password"
        name="new-password"
        autoComplete="new-password"
        minLength={PASSWORD_CHARS_MIN}
        value={password}
        onText={setPassword}
      />
      <FailureLine error={error} />
      <button
        type="submit"
        className="button button-primary"
        disabled={busy || password === '' || (asksEmail && email === '')}
      >
        {t('welcome.enter')}
      </button>
    </form>
  )
}
