// What a person may ask for: a copy of all that is held on them, and to be erased. Erasing takes typing their id, since
// nothing brings them back.

import { useState, type FormEvent } from 'react'
import { useErasePerson, useExportPerson } from '../data/privacy-queries.ts'
import { useMay } from '../data/queries.ts'
import { Dialog } from './dialog.tsx'
import { Failed } from './states.tsx'
import { useWords } from './words-context.tsx'

export function PersonRights({ profileId }: { readonly profileId: string }) {
  const { t } = useWords()
  const copy = useExportPerson(profileId)
  const mayExport = useMay('data.export')
  const mayErase = useMay('people.erase')
  const [erasing, setErasing] = useState(false)
  if (!mayExport && !mayErase) return null
  return (
    <section aria-labelledby="rights-title">
      <h2 id="rights-title">{t('rights.title')}</h2>
      <div className="filters">
        {mayExport && (
          <button type="button" className="button" disabled={copy.isPending} onClick={() => copy.mutate()}>
            {copy.isPending ? t('audit.exporting') : t('rights.export')}
          </button>
        )}
        {mayErase && (
          <button type="button" className="button" onClick={() => setErasing(true)}>
            {t('rights.erase')}
          </button>
        )}
      </div>
      {copy.error !== null && <Failed error={copy.error} onRetry={() => copy.mutate()} />}
      {erasing && <EraseDialog profileId={profileId} onClose={() => setErasing(false)} />}
    </section>
  )
}

function EraseDialog({ profileId, onClose }: { readonly profileId: string; readonly onClose: () => void }) {
  const { t } = useWords()
  const erase = useErasePerson(profileId)
  const [typed, setTyped] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    erase.mutate(typed.trim())
  }
  return (
    <Dialog title={t('rights.erase.title')} onClose={onClose} kind="risk">
      {erase.data === undefined ? (
        <form onSubmit={submit} className="stop-form">
          <p>{t('rights.erase.effect')}</p>
          <label className="field">
            <span>{t('rights.erase.type', { id: profileId })}</span>
            <input value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
          </label>
          {erase.error !== null && <Failed error={erase.error} onRetry={() => erase.reset()} />}
          <button
            type="submit"
            className="button button-primary"
            disabled={typed.trim() !== profileId || erase.isPending}
          >
            {t('rights.erase')}
          </button>
        </form>
      ) : (
        <p role="status">
          {t('rights.erased', {
            identifiers: erase.data.identifiers,
            suppressed: erase.data.suppressed,
          })}
        </p>
      )}
    </Dialog>
  )
}
