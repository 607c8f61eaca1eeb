// When what is over goes, what went last, and letting it go now: after a look at how much, since nothing brings it back.

import { useState } from 'react'
import { useRunRetention } from '../data/privacy-queries.ts'
import { useMay } from '../data/queries.ts'
import { Dialog } from './dialog.tsx'
import { FailureLine } from './field.tsx'
import { useLive } from './live-context.tsx'
import { useWords } from './words-context.tsx'
import type { RetentionRun, RetentionView } from '../../../src/api/contract.ts'

/** How facts name who let it go when nobody asked for it. */
const BY_ITSELF = 'windvane'
const BY_RESTART = 'restart'

export function RetentionRuns({ retention }: { readonly retention: RetentionView }) {
  const { t } = useWords()
  const mayRun = useMay('people.erase')
  const run = useRunRetention()
  const [asking, setAsking] = useState(false)
  const due = dueNow(retention)
  const running = retention.running || run.isPending
  const isOver = due.classes.length > 0 || due.people > 0
  return (
    <section aria-labelledby="runs-title" className="retention-runs">
      <header className="section-head">
        <h2 id="runs-title">{t('retentionRun.title')}</h2>
        {mayRun && (
          <button
            type="button"
            className="button"
            disabled={running || !isOver}
            onClick={() => {
              run.reset()
              setAsking(true)
            }}
          >
            {t('retentionRun.ask')}
          </button>
        )}
      </header>
      <div role="status">
        {running && <p className="retention-running">{t('retentionRun.running')}</p>}
        {run.data !== undefined && <Done run={run.data} />}
      </div>
      {!asking && <FailureLine error={run.error} />}
      <Schedule retention={retention} />
      {!running && !isOver && retention.nextRunAt !== null && <p>{t('retentionRun.none')}</p>}
      {!mayRun && isOver && <p className="muted">{t('retentionRun.noRole')}</p>}
      <Last last={retention.last} />
      {asking && (
        <ConfirmDialog
          due={due}
          running={running}
          error={run.error}
          onRun={() => run.mutate(undefined, { onSuccess: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  )
}

type Gone = {
  readonly classes: RetentionRun['classes']
  readonly people: number
}

/** What a run would let go, without what has no key by month. */
const dueNow = ({ classes, contact }: RetentionView): Gone => ({
  classes: classes
    .map(({ dataClass, before, items, bound }) => ({ dataClass, before, items: items - bound }))
    .filter(({ items }) => items > 0),
  people: contact.people,
})

function Schedule({ retention: { nextRunAt } }: { readonly retention: RetentionView }) {
  const { t, format } = useWords()
  const now = useLive().brief?.now ?? 0
  if (nextRunAt === null) return <p>{t('retentionRun.never')}</p>
  return (
    <p>
      {nextRunAt <= now ? t('retentionRun.due') : t('retentionRun.next', { at: format.dateTime(nextRunAt) })}{' '}
      <span className="muted">{t('retentionRun.next.note')}</span>
    </p>
  )
}

function Last({ last }: Pick<RetentionView, 'last'>) {
  const { t, format } = useWords()
  if (last === null) return <p className="muted">{t('retentionRun.last.none')}</p>
  const by =
    last.by === BY_ITSELF
      ? t('retentionRun.byItself')
      : last.by === BY_RESTART
        ? t('retentionRun.byRestart')
        : last.by
  return (
    <>
      <p>{t('retentionRun.last', { at: format.dateTime(last.at), by })}</p>
      <GoneList gone={last} />
    </>
  )
}

function Done({ run }: { readonly run: RetentionRun }) {
  const { t } = useWords()
  if (!run.happened) return <p>{t('retentionRun.done.nothing')}</p>
  return (
    <>
      <p>{t('retentionRun.done')}</p>
      <GoneList gone={run} />
    </>
  )
}

function GoneList({
  gone: { classes, people },
  isAhead = false,
}: {
  readonly gone: Gone
  readonly isAhead?: boolean
}) {
  const { t, format } = useWords()
  const told = classes.filter(({ items }) => items > 0)
  if (told.length === 0 && people === 0) return <p className="muted">{t('retentionRun.gone.nothing')}</p>
  return (
    <ul className="retention-gone">
      {told.map(({ dataClass, before, items }) => (
        <li key={dataClass}>
          {t(`retentionRun.gone.${dataClass}`, { count: items, date: format.date(Date.parse(before)) })}
        </li>
      ))}
      {people > 0 && (
        <li>{t(isAhead ? 'retentionRun.confirm.people' : 'retentionRun.gone.people', { count: people })}</li>
      )}
    </ul>
  )
}

type ConfirmProps = {
  readonly due: Gone
  readonly running: boolean
  readonly error: Error | null
  readonly onRun: () => void
  readonly onClose: () => void
}

function ConfirmDialog({ due, running, error, onRun, onClose }: ConfirmProps) {
  const { t } = useWords()
  const [seen, setSeen] = useState(false)
  return (
    <Dialog title={t('retentionRun.confirm.title')} onClose={onClose} kind="risk">
      <p>{t('retentionRun.confirm.what')}</p>
      <GoneList gone={due} isAhead />
      <p>{t('retentionRun.confirm.effect')}</p>
      <label className="choice">
        <input type="checkbox" checked={seen} onChange={(event) => setSeen(event.target.checked)} />
        <span>{t('retentionRun.confirm.seen')}</span>
      </label>
      {running && <p role="status">{t('retentionRun.running')}</p>}
      <FailureLine error={error} />
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose} data-first-focus>
          {t('retentionRun.confirm.stay')}
        </button>
        <button type="button" className="button-stop" disabled={!seen || running} onClick={onRun}>
          {t('retentionRun.confirm.go')}
        </button>
      </div>
    </Dialog>
  )
}
