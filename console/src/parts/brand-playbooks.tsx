// Playbooks: what each does, when it was last used and drilled, what it would do now.

import { useState } from 'react'
import { useDrill, useDryRun } from '../data/brand-queries.ts'
import { useMay } from '../data/queries.ts'
import { BrandLines } from './brand-lines.tsx'
import { Failed, Loading } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { WordKey } from '../words/en.ts'
import type { Brand } from '../../../src/api/contract.ts'

type Playbook = Brand['playbooks'][number]

export function BrandPlaybooks({ playbooks }: { readonly playbooks: readonly Playbook[] }) {
  const { t } = useWords()
  return (
    <section aria-labelledby="brand-playbooks">
      <header className="section-head">
        <h2 id="brand-playbooks">{t('brand.playbooks')}</h2>
      </header>
      {playbooks.length === 0 ? (
        <p className="muted">{t('brand.playbooks.none')}</p>
      ) : (
        <ul className="brand-list">
          {playbooks.map((playbook) => (
            <PlaybookRow key={playbook.id} playbook={playbook} />
          ))}
        </ul>
      )}
    </section>
  )
}

function PlaybookRow({ playbook }: { readonly playbook: Playbook }) {
  const { t, format } = useWords()
  const [asked, setAsked] = useState(false)
  const drill = useDrill()
  const mayDrill = useMay('proposals.answer')
  const { id, name, when, steps, lastUsedAt, lastDrillAt, lastDrillMs } = playbook
  const drilled =
    lastDrillAt === null
      ? t('brand.playbook.never')
      : lastDrillMs === null
        ? t('brand.playbook.drilled', { at: format.dateTime(lastDrillAt) })
        : t('brand.playbook.drilledIn', {
            at: format.dateTime(lastDrillAt),
            seconds: format.decimal(lastDrillMs / 1_000),
          })
  return (
    <li>
      <p>
        <strong>{name}</strong> {when !== '' && <code>{when}</code>}
      </p>
      <p className="muted">{steps.map(({ kind }) => t(`brand.step.${kind}` as WordKey)).join(' → ')}</p>
      <p className="muted">
        {drilled}
        {lastUsedAt !== null && `; ${t('brand.playbook.used', { at: format.dateTime(lastUsedAt) })}`}
      </p>
      <div className="brand-acts">
        <button type="button" className="button" aria-expanded={asked} onClick={() => setAsked(!asked)}>
          {t('brand.dryRun')}
          <span className="visually-hidden"> {name}</span>
        </button>
        {mayDrill && (
          <button
            type="button"
            className="button"
            disabled={drill.isPending}
            onClick={() => drill.mutate({ playbook: id })}
          >
            {t('brand.drill')}
            <span className="visually-hidden"> {name}</span>
          </button>
        )}
      </div>
      {drill.isError && <p role="alert">{t('brand.failed', { message: drill.error.message })}</p>}
      {asked && <DryRun playbook={id} />}
    </li>
  )
}

function DryRun({ playbook }: { readonly playbook: string }) {
  const { t, format } = useWords()
  const [words, setWords] = useState('')
  const [asked, setAsked] = useState('')
  const { data, error, refetch } = useDryRun(playbook, asked)
  const field = `dry-run-words-${playbook}`
  return (
    <>
      <form
        className="brand-dry-words"
        onSubmit={(event) => {
          event.preventDefault()
          setAsked(words.trim())
        }}
      >
        <label htmlFor={field}>{t('brand.dry.words')}</label>
        <input id={field} value={words} maxLength={500} onChange={(event) => setWords(event.target.value)} />
        <button type="submit" className="button">
          {t('brand.dry.ask')}
        </button>
      </form>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={2} />}
      <ol className="brand-steps">
        {(data?.steps ?? []).map(({ kind, would, what, count, sample, lines }, index) => (
          <li key={index} className="brand-step">
            <span className="brand-step-name">{t(`brand.step.${kind}` as WordKey)}</span>
            <span>
              {t(`brand.dry.${would}` as WordKey)}
              {count > 0 &&
                ` · ${TOUCHED.has(what) ? t(`brand.touches.${what}` as WordKey, { count }) : format.number(count)}`}
              {sample.length > 0 && lines.length === 0 && <span className="muted"> {sample.join(', ')}</span>}
            </span>
            <BrandLines lines={lines} />
          </li>
        ))}
      </ol>
    </>
  )
}

const TOUCHED: ReadonlySet<string> = new Set(['people', 'campaigns', 'ad lines', 'tickets', 'statements'])
