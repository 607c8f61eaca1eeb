// STOP: opens with everything chosen and the focus on the button, so that two clicks or two keys are
// enough. It works without a brief on the page, and says what to do if the server does not answer.

import { useState, type FormEvent } from 'react'
import { useStop } from '../data/queries.ts'
import { Dialog } from './dialog.tsx'
import { useLive } from './live-context.tsx'
import { useWords } from './words-context.tsx'

const CHANNELS = ['email', 'push', 'sms', 'messenger', 'onsite', 'webhook'] as const
const REASON_CHARS_MAX = 500
type ScopeKind = 'all' | 'channel' | 'campaign'

export function StopDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords()
  const stop = useStop()
  const [kind, setKind] = useState<ScopeKind>('all')
  const [channel, setChannel] = useState<string>('email')
  const campaigns = useLive().brief?.campaigns ?? []
  const [campaign, setCampaign] = useState('')
  const [reason, setReason] = useState('')
  const campaignId = campaign || (campaigns[0]?.campaignId ?? '')
  const campaignName = campaigns.find((known) => known.campaignId === campaignId)?.name ?? campaignId

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const scope =
      kind === 'all' ? 'all' : kind === 'channel' ? `channel:${channel}` : `campaign:${campaignId}`
    stop.mutate({ scope, reason: reason.trim() || t('stop.reason.default') }, { onSuccess: onClose })
  }
  const confirm = {
    all: t('stop.confirm.all'),
    channel: t('stop.confirm.channel', { channel: t(`channel.${channel as (typeof CHANNELS)[number]}`) }),
    campaign: t('stop.confirm.campaign', { campaign: campaignName }),
  }[kind]

  return (
    <Dialog title={t('stop.title')} onClose={onClose} kind="risk">
      <form onSubmit={submit} className="stop-form">
        <p>{t('stop.effect')}</p>
        <fieldset className="stop-scope">
          <legend>{t('stop.scope')}</legend>
          <ScopeChoice kind="all" chosen={kind} onChoose={setKind} label={t('stop.scope.all')} />
          <ScopeChoice kind="channel" chosen={kind} onChoose={setKind} label={t('stop.scope.channel')} />
          {kind === 'channel' && (
            <select
              aria-label={t('stop.scope.channel')}
              value={channel}
              onChange={(event) => setChannel(event.target.value)}
            >
              {CHANNELS.map((name) => (
                <option key={name} value={name}>
                  {t(`channel.${name}`)}
                </option>
              ))}
            </select>
          )}
          <ScopeChoice
            kind="campaign"
            chosen={kind}
            onChoose={setKind}
            label={t('stop.scope.campaign')}
            disabled={campaigns.length === 0}
          />
          {kind === 'campaign' && (
            <select
              aria-label={t('stop.scope.campaign')}
              value={campaignId}
              onChange={(event) => setCampaign(event.target.value)}
            >
              {campaigns.map((known) => (
                <option key={known.campaignId} value={known.campaignId}>
                  {known.name}
                </option>
              ))}
            </select>
          )}
        </fieldset>
        <label className="field">
          <span>{t('stop.reason')}</span>
          <input
            value={reason}
            maxLength={REASON_CHARS_MAX}
            onChange={(event) => setReason(event.target.value)}
            placeholder={t('stop.reason.default')}
          />
        </label>
        {stop.isError && (
          <div className="failed" role="alert">
            <p className="failed-title">{t('stop.failed.title')}</p>
            <p>{stop.error.message || t('stop.failed.effect')}</p>
            <p>{t('stop.failed.step')}</p>
          </div>
        )}
        <button type="submit" className="button-stop button-large" data-first-focus disabled={stop.isPending}>
          {stop.isPending ? t('stop.sending') : confirm}
        </button>
      </form>
    </Dialog>
  )
}

type ScopeChoiceProps = {
  readonly kind: ScopeKind
  readonly chosen: ScopeKind
  readonly onChoose: (kind: ScopeKind) => void
  readonly label: string
  readonly disabled?: boolean
}

function ScopeChoice({ kind, chosen, onChoose, label, disabled = false }: ScopeChoiceProps) {
  return (
    <label className="choice">
      <input
        type="radio"
        name="stop-scope"
        checked={kind === chosen}
        disabled={disabled}
        onChange={() => onChoose(kind)}
      />
      <span>{label}</span>
    </label>
  )
}
