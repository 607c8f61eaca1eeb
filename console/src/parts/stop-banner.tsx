// While anything is stopped: what, by whom, since when, how much waits, and the way back.

import { useState } from 'react'
import { useResume } from '../data/queries.ts'
import { RequestFailure } from '../data/client.ts'
import { Dialog } from './dialog.tsx'
import { useLive } from './live-context.tsx'
import { useWords } from './words-context.tsx'
import type { StopState } from '../../../src/api/contract.ts'

type Stop = StopState['stops'][number]

export function StopBanner() {
  const { t } = useWords()
  const { brief } = useLive()
  const [resuming, setResuming] = useState<Stop | null>(null)
  const state = brief?.stop
  if (brief === undefined || state === undefined || !state.active) return null
  const still = state.stops.find((stop) => stop.scope === resuming?.scope)
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
      <p className="stop-waiting">{t('stop.waiting', { waiting: state.waiting, late: state.late })}</p>
      {resuming !== null && still !== undefined && (
        <ResumeDialog stop={resuming} state={state} onClose={() => setResuming(null)} />
      )}
    </section>
  )
}

/** "Everything", "the channel e-mail", "the campaign Win-back". */
export function useScopeName(): (scope: string) => string {
  const { t, named } = useWords()
  const campaigns = useLive().brief?.campaigns ?? []
  return (scope) => {
    const [kind, id] = [scope.slice(0, scope.indexOf(':')), scope.slice(scope.indexOf(':') + 1)]
    if (kind === 'channel') return t('stop.what.channel', { channel: named('channel', id) })
    if (kind === 'campaign')
      return t('stop.what.campaign', {
        campaign: campaigns.find((known) => known.campaignId === id)?.name ?? id,
      })
    return t('stop.what.all')
  }
}

function StopLine({ stop }: { readonly stop: Stop }) {
  const { t, format } = useWords()
  const what = useScopeName()(stop.scope)
  return (
    <p>
      <strong>{t('stop.banner', { what })}</strong>{' '}
      <span>{t('stop.banner.by', { by: stop.by, since: format.dateTime(stop.at) })}</span>{' '}
      {stop.reason !== '' && <q>{stop.reason}</q>}
    </p>
  )
}

type ResumeProps = { readonly stop: Stop; readonly state: StopState; readonly onClose: () => void }

/** Sends the number of waiting messages that stood here: if it has changed, the server refuses and we look again. */
function ResumeDialog({ stop, state, onClose }: ResumeProps) {
  const { t } = useWords()
  const resume = useResume()
  const what = useScopeName()(stop.scope)
  const leaves = Math.max(0, state.waiting - state.late)
  const changed = resume.error instanceof RequestFailure && resume.error.kind === 'failed'
  return (
    <Dialog title={t('resume.title', { what })} onClose={onClose}>
      <dl className="resume-figures">
        <div>
          <dt>{t('resume.waiting')}</dt>
          <dd>{t('resume.messages', { count: state.waiting })}</dd>
        </div>
        <div>
          <dt>{t('resume.late')}</dt>
          <dd>{t('resume.messages', { count: state.late })}</dd>
        </div>
        <div>
          <dt>{t('resume.leaves')}</dt>
          <dd>{t('resume.messages', { count: leaves })}</dd>
        </div>
      </dl>
      <p>{t('resume.effect', { leaves, late: state.late })}</p>
      {resume.isError && (
        <div className="failed" role="alert">
          <p className="failed-title">{changed ? t('resume.refused.title') : t('error.offline.title')}</p>
          <p>{resume.error.message || t('error.offline.effect')}</p>
          <p>{changed ? t('resume.refused.step') : t('error.offline.step')}</p>
        </div>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose} data-first-focus>
          {t('resume.stay')}
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={resume.isPending}
          onClick={() =>
            resume.mutate({ scope: stop.scope, waitingSeen: state.waiting }, { onSuccess: onClose })
          }
        >
          {t('resume.confirm', { count: leaves })}
        </button>
      </div>
    </Dialog>
  )
}
