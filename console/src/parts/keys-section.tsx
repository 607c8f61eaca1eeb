// Keys for machines, for owners: made and shown once, rotated with an overlap, revoked.

import { useState, type FormEvent } from 'react'
import { useKeys, useMakeKey, useRevokeKey, useRotateKey } from '../data/access-queries.ts'
import { DataTable } from './data-table.tsx'
import { Dialog } from './dialog.tsx'
import { FailureLine, Field } from './field.tsx'
import { CopyLine } from './copy-line.tsx'
import { Empty, Failed, Loading } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { ApiKey, MadeKey } from '../../../src/api/contract.ts'

const SCOPES = ['ingest', 'decide', 'mcp', 'admin'] as const
const OVERLAPS = [0, 1, 24, 168] as const

export function KeysSection() {
  const { t } = useWords()
  const { data, error, refetch } = useKeys(true)
  const [making, setMaking] = useState(false)
  const [chosen, setChosen] = useState<ApiKey | null>(null)
  const open = data?.items.filter(({ revokedAt }) => revokedAt === null) ?? []
  return (
    <section aria-labelledby="keys-title">
      <header className="section-head">
        <h2 id="keys-title">{t('apikeys.title')}</h2>
        <button type="button" className="button" onClick={() => setMaking(true)}>
          {t('apikeys.make')}
        </button>
      </header>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={4} />}
      {data !== undefined && open.length === 0 && (
        <Empty title={t('apikeys.empty.title')} detail={t('apikeys.empty.detail')} />
      )}
      {open.length > 0 && <KeyTable keys={open} onManage={setChosen} />}
      {making && <MakeDialog onClose={() => setMaking(false)} />}
      {chosen !== null && <ManageKeyDialog apiKey={chosen} onClose={() => setChosen(null)} />}
    </section>
  )
}

function KeyTable({
  keys,
  onManage,
}: {
  readonly keys: readonly ApiKey[]
  readonly onManage: (key: ApiKey) => void
}) {
  const { t, format } = useWords()
  return (
    <DataTable
      caption={t('apikeys.title')}
      rows={keys}
      rowId={(key) => key.id}
      columns={[
        { id: 'name', label: t('people.name'), cell: (key) => key.name },
        {
          id: 'scopes',
          label: t('apikeys.opens'),
          cell: (key) => key.scopes.map((scope) => t(`scope.${scope}`)).join(', '),
        },
        {
          id: 'rate',
          label: t('apikeys.rate'),
          cell: (key) => (key.perSecondMax === 0 ? t('apikeys.noRate') : format.number(key.perSecondMax)),
          numeric: true,
        },
        {
          id: 'used',
          label: t('apikeys.used'),
          cell: (key) => (key.lastUsedAt === null ? t('health.never') : format.dateTime(key.lastUsedAt)),
        },
        {
          id: 'old',
          label: t('apikeys.old'),
          cell: (key) =>
            key.overlapUntil === null
              ? t('common.unknown')
              : t('apikeys.old.until', { until: format.dateTime(key.overlapUntil) }),
        },
        {
          id: 'act',
          label: t('people.actions'),
          cell: (key) => (
            <button
              type="button"
              className="button-text"
              onClick={() => onManage(key)}
              aria-label={t('people.manageOne', { name: key.name })}
            >
              {t('people.manage')}
            </button>
          ),
        },
      ]}
    />
  )
}

function MakeDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords()
  const make = useMakeKey()
  const [name, setName] = useState('')
  const [perSecond, setPerSecond] = useState('')
  const [scopes, setScopes] = useState<readonly ApiKey['scopes'][number][]>(['ingest'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate({ name, scopes: [...scopes], perSecondMax: Number(perSecond) || 0 })
  }
  if (make.data !== undefined) return <KeyDialog made={make.data} onClose={onClose} />
  return (
    <Dialog title={t('apikeys.make')} onClose={onClose}>
      <form className="access-form" onSubmit={submit}>
        <Field label={t('people.name')} hint={t('apikeys.name.hint')} first value={name} onText={setName} />
        <fieldset className="role-choice">
          <legend>{t('apikeys.opens')}</legend>
          {SCOPES.map((scope) => (
            <label key={scope} className="choice">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={() =>
                  setScopes(
                    scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope],
                  )
                }
              />
              <span>
                {t(`scope.${scope}`)}
                <small className="muted">{t(`scope.${scope}.may`)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <Field
          label={t('apikeys.rate')}
          hint={t('apikeys.rate.hint')}
          inputMode="numeric"
          pattern="[0-9]*"
          value={perSecond}
          onText={setPerSecond}
        />
        <FailureLine error={make.error} />
        <div className="dialog-actions">
          <button
            type="submit"
            className="button button-primary"
            disabled={make.isPending || name.trim() === '' || scopes.length === 0}
          >
            {t('apikeys.make')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function ManageKeyDialog({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const { t } = useWords()
  const rotate = useRotateKey()
  const revoke = useRevokeKey()
  const [overlapHours, setOverlapHours] = useState(24)
  const [typed, setTyped] = useState('')
  if (rotate.data !== undefined) return <KeyDialog made={rotate.data} onClose={onClose} />
  return (
    <Dialog title={apiKey.name} onClose={onClose} kind="risk">
      <p className="muted">{t('apikeys.madeBy', { id: apiKey.id, by: apiKey.madeBy })}</p>
      <div className="access-form">
        <label className="field">
          <span>{t('apikeys.overlap')}</span>
          <select value={overlapHours} onChange={(event) => setOverlapHours(Number(event.target.value))}>
            {OVERLAPS.map((hours) => (
              <option key={hours} value={hours}>
                {t('apikeys.overlap.hours', { hours })}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className="button button-primary"
          disabled={rotate.isPending}
          onClick={() => rotate.mutate({ id: apiKey.id, overlapHours })}
        >
          {t('apikeys.rotate')}
        </button>
      </div>
      <div className="access-form">
        <Field label={t('apikeys.revoke.type', { name: apiKey.name })} value={typed} onText={setTyped} />
        <button
          type="button"
          className="button-stop"
          disabled={revoke.isPending || typed.trim() !== apiKey.name}
          onClick={() => revoke.mutate({ id: apiKey.id }, { onSuccess: onClose })}
        >
          {t('apikeys.revoke')}
        </button>
      </div>
      <FailureLine error={rotate.error ?? revoke.error} />
    </Dialog>
  )
}

function KeyDialog({ made, onClose }: { readonly made: MadeKey; readonly onClose: () => void }) {
  const { t, format } = useWords()
  return (
    <Dialog title={t('apikeys.key')} onClose={onClose}>
      <CopyLine
        label={t('apikeys.key.label')}
        text={made.key}
        note={
          made.overlapUntil === null
            ? t('apikeys.key.note')
            : t('apikeys.key.rotated', { until: format.dateTime(made.overlapUntil) })
        }
      />
    </Dialog>
  )
}
