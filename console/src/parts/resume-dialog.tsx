// The second thought before sending goes on: what waits, what of it is dropped, and how fast the rest leaves.

import { useState } from 'react'
import { RequestFailure } from '../data/client.ts'
import { useResume } from '../data/queries.ts'
import { Dialog } from './dialog.tsx'
import { useLive } from './live-context.tsx'
import { useScopeName } from './scope-name.tsx'
import { StopReason } from './stop-reason.tsx'
import { useWords } from './words-context.tsx'
import type { StopState } from '../../../src/api/contract.ts'

type ResumeProps = {
  readonly stop: StopState['stops'][number]
  readonly state: StopState
  readonly onClose: () => void
}

/**
 * Sends the number of waiting messages that stood here: if it has changed, the server refuses and we look again. A STOP that
 * is raised while this is open has to be seen before anything is lifted.
 */
export function ResumeDialog({ stop, state, onClose }: ResumeProps) {
  const { t, format } = useWords()
  const resume = useResume()
  const [seenUpTo, setSeenUpTo] = useState(state.asOf)
  const [sendRestored, setSendRestored] = useState(false)
  const [erasuresSeen, setErasuresSeen] = useState(false)
  const [lateGoes, setLateGoes] = useState<'drop' | 'ask'>('drop')
  const what = useScopeName()(stop.scope)
  const { restored, waiting, late } = state
  const isRestored = restored !== null && stop.scope === 'all'
  const isNews = stop.offset > seenUpTo
  const asksErasures = isRestored && restored.erasuresUnknown
  const leaves = isRestored && !sendRestored ? 0 : Math.max(0, waiting - late)
  const asksLate = late > 0 && !(isRestored && !sendRestored)
  const dropped = waiting - leaves - (asksLate && lateGoes === 'ask' ? late : 0)
  return (
    <Dialog title={t('resume.title', { what })} onClose={onClose}>
      {isNews ? (
        <RaisedAgain stop={stop} onSeen={() => setSeenUpTo(state.asOf)} />
      ) : (
        <p>
          <StopReason stop={stop} />
        </p>
      )}
      <dl className="resume-figures">
        <Figure label={t('resume.waiting')} count={waiting} />
        <Figure label={t('resume.late')} count={late} />
        <Figure label={t(state.slowly ? 'resume.leavesSlowly' : 'resume.leaves')} count={leaves} />
      </dl>
      {state.lines.length > 0 && <WaitingLines lines={state.lines} />}
      {isRestored && (
        <div className="resume-restored">
          <p>{t('resume.restored', { backupAt: format.dateTime(restored.backupAt) })}</p>
          <label className="choice">
            <input
              type="checkbox"
              checked={sendRestored}
              onChange={(event) => setSendRestored(event.target.checked)}
            />
            <span>{t('resume.sendRestored')}</span>
          </label>
        </div>
      )}
      {asksErasures && <ErasuresUnknown seen={erasuresSeen} onSeen={setErasuresSeen} />}
      {asksLate && <LateChoice value={lateGoes} onChange={setLateGoes} />}
      <p>{t('resume.effect', { leaves, late: dropped })}</p>
      {state.slowly && leaves > 0 && <p>{t('resume.slowly')}</p>}
      {resume.isError && <Refused error={resume.error} />}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose} data-first-focus>
          {t('resume.stay')}
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={resume.isPending || isNews || (asksErasures && !erasuresSeen)}
          onClick={() =>
            resume.mutate(
              {
                scope: stop.scope,
                waitingSeen: waiting,
                seenUpTo,
                ...(asksLate && lateGoes === 'ask' ? { late: lateGoes } : {}),
                ...(sendRestored ? { sendRestored } : {}),
                ...(asksErasures ? { erasuresSeen } : {}),
              },
              { onSuccess: onClose },
            )
          }
        >
          {t('resume.confirm', { count: leaves })}
        </button>
      </div>
    </Dialog>
  )
}

function RaisedAgain({ stop, onSeen }: Pick<ResumeProps, 'stop'> & { readonly onSeen: () => void }) {
  const { t } = useWords()
  return (
    <div className="failed" role="alert">
      <p className="failed-title">{t('resume.again')}</p>
      <p>
        <StopReason stop={stop} />
      </p>
      <button type="button" className="button" onClick={onSeen}>
        {t('resume.again.seen')}
      </button>
    </div>
  )
}

function ErasuresUnknown({
  seen,
  onSeen,
}: {
  readonly seen: boolean
  readonly onSeen: (seen: boolean) => void
}) {
  const { t } = useWords()
  return (
    <div className="resume-restored">
      <p>{t('resume.erasuresUnknown')}</p>
      <label className="choice">
        <input type="checkbox" checked={seen} onChange={(event) => onSeen(event.target.checked)} />
        <span>{t('resume.erasuresSeen')}</span>
      </label>
    </div>
  )
}

function LateChoice({
  value,
  onChange,
}: {
  readonly value: 'drop' | 'ask'
  readonly onChange: (value: 'drop' | 'ask') => void
}) {
  const { t } = useWords()
  return (
    <fieldset className="stop-scope">
      <legend>{t('resume.lateChoice')}</legend>
      {(['drop', 'ask'] as const).map((choice) => (
        <label key={choice} className="choice">
          <input type="radio" name="late" checked={value === choice} onChange={() => onChange(choice)} />
          <span>{t(`resume.late.${choice}`)}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Figure({ label, count }: { readonly label: string; readonly count: number }) {
  const { t } = useWords()
  return (
    <div>
      <dt>{label}</dt>
      <dd>{t('resume.messages', { count })}</dd>
    </div>
  )
}

function WaitingLines({ lines }: { readonly lines: StopState['lines'] }) {
  const { t, format, named } = useWords()
  const campaigns = useLive().brief?.campaigns ?? []
  return (
    <ul className="resume-lines">
      {lines.map(({ campaignId, channel, waiting, late, since }) => (
        <li key={`${campaignId} ${channel}`}>
          {t('resume.line', {
            campaign: campaigns.find((known) => known.campaignId === campaignId)?.name ?? campaignId,
            channel: named('channel', channel),
            waiting,
            late,
            since: format.dateTime(since),
          })}
        </li>
      ))}
    </ul>
  )
}

function Refused({ error }: { readonly error: Error }) {
  const { t } = useWords()
  const changed = error instanceof RequestFailure && error.kind === 'failed'
  return (
    <div className="failed" role="alert">
      <p className="failed-title">{changed ? t('resume.refused.title') : t('error.offline.title')}</p>
      <p>{error.message || t('error.offline.effect')}</p>
      <p>{changed ? t('resume.refused.step') : t('error.offline.step')}</p>
    </div>
  )
}
