// Who may sign in, for owners: inviting, roles, closing accounts, links for new passwords.

import { useState, type FormEvent } from 'react'
import { useChangeRole, useChangeStanding, useInvite, useReset, useUsers } from '../data/access-queries.ts'
import { useDoor } from '../data/queries.ts'
import { DataTable } from './data-table.tsx'
import { Dialog } from './dialog.tsx'
import { FailureLine, Field } from './field.tsx'
import { CopyLine } from './copy-line.tsx'
import { Failed, Loading } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { Link, User } from '../../../src/api/contract.ts'

const ROLES = ['viewer', 'marketer', 'approver', 'engineer', 'owner'] as const

export function PeopleSection() {
  const { t } = useWords()
  const { data, error, refetch } = useUsers(true)
  const [inviting, setInviting] = useState(false)
  const [managed, setManaged] = useState<string | null>(null)
  const chosen = data?.items.find(({ id }) => id === managed)
  return (
    <section aria-labelledby="people-title">
      <header className="section-head">
        <h2 id="people-title">{t('people.title')}</h2>
        <button type="button" className="button" onClick={() => setInviting(true)}>
          {t('people.invite')}
        </button>
      </header>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={4} />}
      {data !== undefined && <PeopleTable users={data.items} onManage={setManaged} />}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
      {chosen !== undefined && <ManageDialog user={chosen} onClose={() => setManaged(null)} />}
    </section>
  )
}

function PeopleTable({
  users,
  onManage,
}: {
  readonly users: readonly User[]
  readonly onManage: (id: string) => void
}) {
  const { t } = useWords()
  return (
    <DataTable
      caption={t('people.title')}
      rows={users}
      rowId={(user) => user.id}
      columns={[
        { id: 'name', label: t('people.name'), cell: (user) => user.name },
        { id: 'email', label: t('signin.email'), cell: (user) => user.email || t('common.unknown') },
        { id: 'role', label: t('people.role'), cell: (user) => t(`role.${user.role}`) },
        { id: 'standing', label: t('people.standing'), cell: (user) => t(`standing.${user.standing}`) },
        {
          id: 'factor',
          label: t('account.secondFactor'),
          cell: (user) =>
            user.secondFactor
              ? t('people.factor.on')
              : user.external
                ? t('people.factor.external')
                : t('people.factor.off'),
        },
        {
          id: 'act',
          label: t('people.actions'),
          cell: (user) => (
            <button
              type="button"
              className="button-text"
              onClick={() => onManage(user.id)}
              aria-label={t('people.manageOne', { name: user.name })}
            >
              {t('people.manage')}
            </button>
          ),
        },
      ]}
    />
  )
}

function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords()
  const invite = useInvite()
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<User['role']>('viewer')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    invite.mutate({ email, name, role })
  }
  if (invite.data !== undefined) return <LinkDialog link={invite.data} onClose={onClose} />
  return (
    <Dialog title={t('people.invite')} onClose={onClose}>
      <form className="access-form" onSubmit={submit} noValidate>
        <Field label={t('signin.email')} type="email" first value={email} onText={setEmail} />
        <Field label={t('people.name')} value={name} onText={setName} />
        <RoleChoice role={role} onChoose={setRole} />
        <FailureLine error={invite.error} />
        <div className="dialog-actions">
          <button
            type="submit"
            className="button button-primary"
            disabled={invite.isPending || email.trim() === ''}
          >
            {t('people.makeLink')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function RoleChoice({
  role,
  onChoose,
}: {
  readonly role: User['role']
  readonly onChoose: (role: User['role']) => void
}) {
  const { t } = useWords()
  return (
    <fieldset className="role-choice">
      <legend>{t('people.role')}</legend>
      {ROLES.map((one) => (
        <label key={one} className="choice">
          <input type="radio" name="role" checked={role === one} onChange={() => onChoose(one)} />
          <span>
            {t(`role.${one}`)}
            <small className="muted">{t(`role.${one}.may`)}</small>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

function ManageDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const { t } = useWords()
  const self = useDoor()?.principal?.id === user.id
  const role = useChangeRole()
  const standing = useChangeStanding()
  const reset = useReset()
  const [wanted, setWanted] = useState(user.role)
  const error = role.error ?? standing.error ?? reset.error
  const busy = role.isPending || standing.isPending || reset.isPending
  if (reset.data !== undefined) return <LinkDialog link={reset.data} onClose={onClose} />
  const to = user.standing === 'disabled' ? 'active' : 'disabled'
  return (
    <Dialog title={user.name} onClose={onClose}>
      <p className="muted">{user.email}</p>
      <RoleChoice role={wanted} onChoose={setWanted} />
      <FailureLine error={error} />
      <div className="dialog-actions">
        <button
          type="button"
          className="button"
          disabled={busy}
          onClick={() => standing.mutate({ id: user.id, standing: to }, { onSuccess: onClose })}
        >
          {to === 'disabled' ? t('people.disable') : t('people.enable')}
        </button>
        {user.standing !== 'disabled' && !self && (
          <button
            type="button"
            className="button"
            disabled={busy}
            onClick={() => reset.mutate({ id: user.id })}
          >
            {t('people.reset')}
          </button>
        )}
        <button
          type="button"
          className="button button-primary"
          disabled={busy || wanted === user.role}
          onClick={() => role.mutate({ id: user.id, role: wanted }, { onSuccess: onClose })}
        >
          {t('people.saveRole')}
        </button>
      </div>
      <p className="muted">{t('people.effects')}</p>
    </Dialog>
  )
}

function LinkDialog({ link, onClose }: { readonly link: Link; readonly onClose: () => void }) {
  const { t, format } = useWords()
  return (
    <Dialog title={t('people.link')} onClose={onClose}>
      <CopyLine
        label={t('people.link.label')}
        text={link.url}
        note={t('people.link.note', { until: format.dateTime(link.expiresAt) })}
      />
    </Dialog>
  )
}
