// One's own account: password, second factor, sessions.

import { useState, type FormEvent } from 'react'
import { useAccount, useChangePassword, useEndSessions } from '../data/access-queries.ts'
import { DataTable } from './data-table.tsx'
import { Dialog } from './dialog.tsx'
import { FailureLine, Field } from './field.tsx'
import { RecoveryDialog, TotpDialog, TotpOffDialog } from './second-factor.tsx'
import { Failed, Loading } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { Account } from '../../../src/api/contract.ts'

type Open = 'none' | 'password' | 'totp' | 'totpOff' | 'recovery'

export function AccountSection() {
  const { t } = useWords()
  const { data, error, refetch } = useAccount(true)
  return (
    <section aria-labelledby="account-title">
      <header className="section-head">
        <h2 id="account-title">{t('account.title')}</h2>
      </header>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={4} />}
      {data !== undefined && <AccountFacts account={data} />}
      {data !== undefined && <SessionList sessions={data.sessions} />}
    </section>
  )
}

function AccountFacts({ account }: { readonly account: Account }) {
  const { t } = useWords()
  const [open, setOpen] = useState<Open>('none')
  const close = () => setOpen('none')
  return (
    <>
      <dl className="access-facts">
        <dt>{t('signin.email')}</dt>
        <dd>{account.email}</dd>
        <dd />
        <dt>{t('signin.password')}</dt>
        <dd>{account.hasPassword ? t('account.password.set') : t('account.password.external')}</dd>
        <dd>
          {account.hasPassword && (
            <button type="button" className="button" onClick={() => setOpen('password')}>
              {t('account.password.change')}
            </button>
          )}
        </dd>
        <dt>{t('account.secondFactor')}</dt>
        <dd>
          {account.secondFactor
            ? t('account.secondFactor.on', { count: account.recoveryLeft })
            : t('account.secondFactor.off')}
        </dd>
        <dd>
          {account.secondFactor ? (
            <>
              <button type="button" className="button" onClick={() => setOpen('recovery')}>
                {t('account.recovery.new')}
              </button>{' '}
              <button type="button" className="button" onClick={() => setOpen('totpOff')}>
                {t('account.secondFactor.end')}
              </button>
            </>
          ) : (
            <button type="button" className="button" onClick={() => setOpen('totp')}>
              {t('account.secondFactor.begin')}
            </button>
          )}
        </dd>
      </dl>
      {open === 'password' && <PasswordDialog email={account.email} onClose={close} />}
      {open === 'totp' && <TotpDialog onClose={close} />}
      {open === 'totpOff' && <TotpOffDialog onClose={close} />}
      {open === 'recovery' && <RecoveryDialog onClose={close} />}
    </>
  )
}

function PasswordDialog({ email, onClose }: { readonly email: string; readonly onClose: () => void }) {
  const { t } = useWords()
  const change = useChangePassword()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ current, next }, { onSuccess: onClose })
  }
  return (
    <Dialog title={t('account.password.change')} onClose={onClose}>
      <form className="access-form" onSubmit={submit}>
        <input type="hidden" name="email" autoComplete="username" value={email} readOnly />
        <Field
          label={t('account.password.current')}
          type="password"
          autoComplete="current-password"
          first
          value={current}
          onText={setCurrent}
        />
        <Field
          label={t('welcome.password')}
          hint={t('welcome.password.hint')}
          type="password"
          autoComplete="new-password"
          value={next}
          onText={setNext}
        />
        <p className="muted">{t('account.password.effect')}</p>
        <FailureLine error={change.error} />
        <div className="dialog-actions">
          <button type="submit" className="button button-primary" disabled={change.isPending || next === ''}>
            {t('account.password.save')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function SessionList({ sessions }: { readonly sessions: Account['sessions'] }) {
  const { t, format, named } = useWords()
  const end = useEndSessions()
  return (
    <>
      <header className="section-head">
        <h3>{t('account.sessions')}</h3>
        {sessions.length > 1 && (
          <button type="button" className="button-text" onClick={() => end.mutate('')}>
            {t('account.sessions.endOthers')}
          </button>
        )}
      </header>
      <FailureLine error={end.error} />
      <DataTable
        caption={t('account.sessions')}
        rows={sessions}
        rowId={(session) => session.id}
        columns={[
          {
            id: 'agent',
            label: t('account.browser'),
            cell: (one) => browserOf(one.agent) || t('common.unknown'),
          },
          { id: 'network', label: t('account.network'), cell: (one) => one.network || t('common.unknown') },
          {
            id: 'way',
            label: t('account.way'),
            cell: (one) =>
              one.secondFactor
                ? t('account.withCode', { way: named('way', one.way) })
                : named('way', one.way),
          },
          { id: 'seen', label: t('account.seen'), cell: (one) => format.dateTime(one.seenAt) },
          {
            id: 'act',
            label: t('people.actions'),
            cell: (one) =>
              one.current ? (
                <span className="muted">{t('account.thisOne')}</span>
              ) : (
                <button type="button" className="button-text" onClick={() => end.mutate(one.id)}>
                  {t('account.sessions.end')}
                </button>
              ),
          },
        ]}
      />
    </>
  )
}

/** `Firefox, Windows` is enough to know one's own by; what is not known is shown as it came. */
function browserOf(agent: string): string {
  const browser = /(Firefox|Edg|OPR|YaBrowser|Chrome|Safari)\//.exec(agent)?.[1]
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1]
  if (browser === undefined) return agent.slice(0, 60)
  const name = { Edg: 'Edge', OPR: 'Opera', YaBrowser: 'Yandex' }[browser] ?? browser
  return system === undefined ? name : `${name}, ${system.replace('Mac OS X', 'macOS')}`
}
