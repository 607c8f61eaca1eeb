// The second factor, on and off: a code to scan, a first code as proof, recovery codes to keep.

import encodeQr from 'qr'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useBeginTotp, useRecovery, useTotpOff, useTotpOn } from '../data/access-queries.ts'
import { Dialog } from './dialog.tsx'
import { FailureLine, Field } from './field.tsx'
import { useWords } from './words-context.tsx'

type DialogProps = { readonly onClose: () => void }

export function TotpDialog({ onClose }: DialogProps) {
  const { t } = useWords()
  const begin = useBeginTotp()
  const confirm = useTotpOn()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  if (confirm.data !== undefined) return <CodesShown codes={confirm.data.codes} onClose={onClose} />
  return (
    <Dialog title={t('account.secondFactor.begin')} onClose={onClose}>
      {begin.data === undefined ? (
        <AskForm
          error={begin.error}
          busy={begin.isPending}
          action={t('common.next')}
          onSubmit={() => begin.mutate({ password })}
        >
          <PasswordField password={password} onText={setPassword} />
        </AskForm>
      ) : (
        <AskForm
          error={confirm.error}
          busy={confirm.isPending || code === ''}
          action={t('account.secondFactor.confirm')}
          onSubmit={() => confirm.mutate({ code })}
        >
          <p>{t('account.totp.scan')}</p>
          <QrCode text={begin.data.uri} label={t('account.totp.qr')} />
          <p className="muted">{t('account.totp.byHand')}</p>
          <code className="secret-text">{begin.data.secret.match(/.{4}/g)?.join(' ')}</code>
          <Field
            label={t('signin.code')}
            autoComplete="one-time-code"
            inputMode="numeric"
            first
            value={code}
            onText={setCode}
          />
        </AskForm>
      )}
    </Dialog>
  )
}

export function TotpOffDialog({ onClose }: DialogProps) {
  const { t } = useWords()
  const off = useTotpOff()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  return (
    <Dialog title={t('account.secondFactor.end')} onClose={onClose} kind="risk">
      <AskForm
        error={off.error}
        busy={off.isPending || code === ''}
        action={t('account.secondFactor.end')}
        onSubmit={() => off.mutate({ password, code }, { onSuccess: onClose })}
      >
        <PasswordField password={password} onText={setPassword} />
        <Field
          label={t('signin.code')}
          hint={t('signin.code.hint')}
          autoComplete="one-time-code"
          value={code}
          onText={setCode}
        />
      </AskForm>
    </Dialog>
  )
}

export function RecoveryDialog({ onClose }: DialogProps) {
  const { t } = useWords()
  const recovery = useRecovery()
  const [password, setPassword] = useState('')
  if (recovery.data !== undefined) return <CodesShown codes={recovery.data.codes} onClose={onClose} />
  return (
    <Dialog title={t('account.recovery.new')} onClose={onClose}>
      <AskForm
        error={recovery.error}
        busy={recovery.isPending}
        action={t('account.recovery.new')}
        onSubmit={() => recovery.mutate({ password })}
      >
        <p>{t('account.recovery.effect')}</p>
        <PasswordField password={password} onText={setPassword} />
      </AskForm>
    </Dialog>
  )
}

function CodesShown({ codes, onClose }: DialogProps & { readonly codes: readonly string[] }) {
  const { t } = useWords()
  return (
    <Dialog title={t('account.recovery')} onClose={onClose}>
      <p>{t('account.recovery.keep')}</p>
      <ul className="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="dialog-actions">
        <button type="button" className="button button-primary" data-first-focus onClick={onClose}>
          {t('account.recovery.kept')}
        </button>
      </div>
    </Dialog>
  )
}

function PasswordField({
  password,
  onText,
}: {
  readonly password: string
  readonly onText: (text: string) => void
}) {
  const { t } = useWords()
  return (
    <Field
      label={t('account.password.current')}
      type="password"
      autoComplete="current-password"
      first
      value={password}
      onText={onText}
    />
  )
}

type AskFormProps = {
  readonly error: Error | null
  readonly busy: boolean
  readonly action: string
  readonly onSubmit: () => void
  readonly children: ReactNode
}

function AskForm({ error, busy, action, onSubmit, children }: AskFormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <form className="access-form" onSubmit={submit}>
      {children}
      <FailureLine error={error} />
      <div className="dialog-actions">
        <button type="submit" className="button button-primary" disabled={busy}>
          {action}
        </button>
      </div>
    </form>
  )
}

/** Dark on light in both themes: cameras expect it. */
function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const rows = encodeQr(text, 'raw', { ecc: 'medium', border: 4 })
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg className="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={label}>
      <rect width={rows.length} height={rows.length} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
