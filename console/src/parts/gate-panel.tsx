// Which policy decides in each campaign, how a challenger stands at the gate, and what became of earlier ones.

import { useGate } from '../data/queries.ts'
import { DataTable } from './data-table.tsx'
import { Failed, Loading } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { GateCheckView, GateTrack } from '../../../src/api/contract.ts'

export function GatePanel() {
  const { t } = useWords()
  const gate = useGate()
  return (
    <section aria-labelledby="gate-title" className="gate-panel">
      <header className="section-head">
        <h2 id="gate-title">{t('gate.title')}</h2>
      </header>
      {gate.error !== null && <Failed error={gate.error} onRetry={() => void gate.refetch()} />}
      {gate.error === null && gate.data === undefined && <Loading rows={3} />}
      {gate.data !== undefined && gate.data.items.length > 0 && (
        <>
          <TrackTable tracks={gate.data.items} />
          {gate.data.items.map((track) => (
            <ChallengerBlock key={track.campaignId} track={track} steps={gate.data.steps} />
          ))}
          <PastList tracks={gate.data.items} />
        </>
      )}
      <p className="muted note">{t('gate.note')}</p>
    </section>
  )
}

function TrackTable({ tracks }: { readonly tracks: readonly GateTrack[] }) {
  const { t, format } = useWords()
  return (
    <DataTable
      caption={t('gate.title')}
      rows={tracks}
      rowId={(track) => track.campaignId}
      columns={[
        { id: 'campaign', label: t('decisions.campaign'), cell: (track) => track.name },
        {
          id: 'champion',
          label: t('gate.champion'),
          cell: (track) => <code>{track.champion.policy}</code>,
        },
        {
          id: 'since',
          label: t('gate.since'),
          cell: (track) => format.dateTime(track.champion.since),
        },
        {
          id: 'challenger',
          label: t('gate.challenger'),
          cell: ({ challenger }) =>
            challenger === null
              ? t('gate.none')
              : t('gate.atShare', { policy: challenger.policy, share: format.percent(challenger.share) }),
        },
      ]}
    />
  )
}

type BlockProps = { readonly track: GateTrack; readonly steps: readonly number[] }

function ChallengerBlock({ track, steps }: BlockProps) {
  const { t, format, named } = useWords()
  const { challenger, name } = track
  if (challenger === null) return null
  const { share, own, ownNeeded: needed, decisions, by, reason } = challenger
  const verdict = challenger.verdict ?? 'none'
  return (
    <article className="gate-challenger" aria-label={t('gate.of', { campaign: name })}>
      <h3>{t('gate.of', { campaign: name })}</h3>
      <p>
        <code>{challenger.policy}</code>
      </p>
      <p className="muted">
        {t('gate.proposed', { by, at: format.dateTime(challenger.proposedAt), reason })}
      </p>
      <p className={`gate-verdict gate-verdict-${verdict}`}>{named('gateVerdict', verdict)}</p>
      <ol className="gate-steps" aria-label={t('gate.steps')}>
        {steps.map((step) => {
          const state = step < share ? 'done' : step === share ? 'now' : 'next'
          return (
            <li
              key={step}
              className={`gate-step gate-step-${state}`}
              aria-current={state === 'now' ? 'step' : undefined}
            >
              {t(`gate.step.${state}`, { share: format.percent(step) })}
            </li>
          )
        })}
      </ol>
      <p>
        {share === 0
          ? t('gate.nobody')
          : t('gate.share', {
              share: format.percent(share),
              at: format.dateTime(challenger.shareSince),
              own,
              needed: format.number(needed),
            })}{' '}
        {t('gate.stands', { decisions })}
      </p>
      {challenger.checks.length > 0 && <CheckTable track={track} checks={challenger.checks} />}
    </article>
  )
}

function CheckTable({
  track,
  checks,
}: {
  readonly track: GateTrack
  readonly checks: readonly GateCheckView[]
}) {
  const { t, named } = useWords()
  const figure = useFigure()
  return (
    <DataTable
      caption={t('gate.checks', { campaign: track.name })}
      rows={checks}
      rowId={(check) => check.name}
      columns={[
        { id: 'check', label: t('gate.check'), cell: (check) => named('gateCheck', check.name) },
        {
          id: 'result',
          label: t('gate.result'),
          cell: (check) => (
            <span className={`gate-state gate-state-${check.state}`}>{named('gateState', check.state)}</span>
          ),
        },
        {
          id: 'found',
          label: t('gate.found'),
          numeric: true,
          cell: ({ name, value, low, high }) =>
            value === null
              ? t('common.unknown')
              : low === null || high === null
                ? figure(name, value)
                : t('gate.interval', {
                    value: figure(name, value),
                    low: figure(name, low),
                    high: figure(name, high),
                  }),
        },
        {
          id: 'limit',
          label: t('gate.limit'),
          numeric: true,
          cell: ({ name, limit }) => (limit === null ? t('common.unknown') : figure(name, limit)),
        },
      ]}
    />
  )
}

const SHARES = new Set(['overlap', 'weight', 'unsubscribes', 'complaints'])

/** Each check's figure in its own kind: money, a share, a count, or a plain number. */
function useFigure(): (name: string, value: number) => string {
  const { format } = useWords()
  return (name, value) => {
    if (name === 'gain' || name === 'margin') return format.moneySigned(value)
    if (name === 'effective_sample') return format.number(value)
    return SHARES.has(name) ? format.percent(value) : format.score(value)
  }
}

function PastList({ tracks }: { readonly tracks: readonly GateTrack[] }) {
  const { t, format, named } = useWords()
  const past = tracks
    .flatMap(({ name, past: own }) => own.map((one) => ({ ...one, campaign: name })))
    .toSorted((left, right) => right.at - left.at)
  if (past.length === 0) return null
  return (
    <>
      <h3>{t('gate.past')}</h3>
      <ul className="gate-past">
        {past.map((one) => {
          const about = {
            at: format.dateTime(one.at),
            campaign: one.campaign,
            policy: one.policy,
            cause: named('gateCause', one.cause),
          }
          return (
            <li key={one.id}>
              {one.to === 1
                ? t('gate.past.up', about)
                : t('gate.past.down', { ...about, share: format.percent(one.from), detail: one.detail })}
            </li>
          )
        })}
      </ul>
    </>
  )
}
