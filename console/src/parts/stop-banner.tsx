// While anything is stopped: what, by whom, since when, how much waits, and the way back.

import { useState } from 'react'
import { useLive } from './live-context.tsx'
import { ResumeDialog } from './resume-dialog.tsx'
import { StopReason } from './stop-reason.tsx'
import { useScopeName } from './scope-name.tsx'
import { useWords } from './words-context.tsx'
import type { StopState } from '../../../src/api/contract.ts'

type Stop = StopState['stops'][number]

export function StopBanner() {
  const { t } = useWords()
  const { brief } = useLive()
  const [resuming, setResuming] = useState<Stop | null>(null)
  const state = brief?.stop
  if (brief === undefined || state === undefined || !state.active) return null
  const still = state.stops.find((stop) => stop.scope === resuming?.scope && stop.origin === 'log')
  return (
    <section className="stop-banner" aria-label={t('stop.banner.label')} aria-live="polite">
      <ul>
        {state.stops.map((stop) => (
          <li key={`${stop.scope} ${stop.origin}`}>
            <StopLine stop={stop} />
            {stop.origin === 'log' ? (
              <button
                type="button"
                className="button-on-risk"
                onClick={() => setResuming(stop)}
                aria-haspopup="dialog"
              >
                {t('stop.resume')}
              </button>
            ) : (
              <span className="stop-origin">
                {t(stop.origin === 'file' ? 'stop.origin.file' : 'stop.origin.signal')}
              </span>
            )}
          </li>
        ))}
      </ul>
      <p className="stop-waiting">
        {state.waiting === 0
          ? t('stop.noneWaits')
          : t('stop.waiting', { waiting: state.waiting, late: state.late })}
      </p>
      {resuming !== null && still !== undefined && (
        <ResumeDialog stop={still} state={state} onClose={() => setResuming(null)} />
      )}
    </section>
  )
}

function StopLine({ stop }: { readonly stop: Stop }) {
  const { t } = useWords()
  const what = useScopeName()(stop.scope)
  return (
    <p>
      <strong>{t('stop.banner', { what })}</strong> <StopReason stop={stop} />
    </p>
  )
}
