// How far each class of action may go by itself, what it has shown, and asking for the next level.

import { usePromote } from '../data/govern-queries.ts'
import { pathOf } from '../data/route.ts'
import { DataTable } from './data-table.tsx'
import { Link } from './link.tsx'
import { useLive } from './live-context.tsx'
import { Failed } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { GuardrailsView } from '../../../src/api/contract.ts'

type Rung = GuardrailsView['ladder'][number]

export function AutonomyLadder({ ladder }: { readonly ladder: readonly Rung[] }) {
  const { t, named, format } = useWords()
  const promote = usePromote()
  const campaigns = useLive().brief?.campaigns ?? []
  const nameOf = ({ class: of, campaignId }: Rung) => {
    const name = named('actionClass', of)
    if (campaignId === '') return name
    const campaign = campaigns.find((known) => known.campaignId === campaignId)?.name ?? campaignId
    return t('ladder.campaign', { name, campaign })
  }
  return (
    <section aria-labelledby="ladder-title">
      <header className="section-head">
        <h2 id="ladder-title">{t('ladder.title')}</h2>
      </header>
      {promote.isError && <Failed error={promote.error} />}
      <DataTable
        caption={t('ladder.title')}
        rows={ladder}
        rowId={(rung) => `${rung.class} ${rung.campaignId}`}
        columns={[
          { id: 'class', label: t('ladder.class'), cell: nameOf },
          { id: 'level', label: t('ladder.level'), cell: (rung) => <Level rung={rung} /> },
          {
            id: 'judged',
            label: t('ladder.judged'),
            numeric: true,
            cell: ({ judged, needs }) =>
              t('ladder.judged.value', { have: format.number(judged), need: format.number(needs.decisions) }),
          },
          {
            id: 'unedited',
            label: t('ladder.unedited'),
            numeric: true,
            cell: ({ judged, unedited }) => (judged === 0 ? '—' : format.percent(unedited / judged)),
          },
          {
            id: 'acted',
            label: t('ladder.acted'),
            numeric: true,
            cell: ({ acted, undone }) =>
              t('ladder.acted.value', { acted: format.number(acted), undone: format.number(undone) }),
          },
          {
            id: 'gain',
            label: t('ladder.gain'),
            numeric: true,
            cell: ({ gainLow }) => (gainLow === null ? t('proposal.gain.none') : format.moneySigned(gainLow)),
          },
          {
            id: 'breaches',
            label: t('ladder.breaches'),
            numeric: true,
            cell: ({ breaches, lastBreach }) =>
              breaches === 0 ? (
                format.number(0)
              ) : (
                <span className="bad">
                  {format.number(breaches)}, {named('breachKind', lastBreach)}
                </span>
              ),
          },
          {
            id: 'promote',
            label: t('ladder.promote'),
            numeric: true,
            cell: (rung) =>
              rung.level >= 4 ? (
                <span className="muted">{t('ladder.top')}</span>
              ) : rung.proposalId !== '' ? (
                <Link href={pathOf('approvals', rung.proposalId)}>{t('ladder.asked')}</Link>
              ) : (
                <span className="ladder-next">
                  {rung.earned && <strong>{t('ladder.earned')}</strong>}
                  <button
                    type="button"
                    className={rung.earned ? 'button button-primary button-small' : 'button button-small'}
                    aria-label={t('ladder.promote.of', { name: nameOf(rung) })}
                    disabled={promote.isPending}
                    onClick={() => promote.mutate({ class: rung.class, campaignId: rung.campaignId })}
                  >
                    {t('ladder.promote')}
                  </button>
                </span>
              ),
          },
        ]}
      />
    </section>
  )
}

function Level({ rung }: { readonly rung: Rung }) {
  const { t, named } = useWords()
  const { level, policyLevel } = rung
  const word = named('autonomyLevel', String(level))
  return level === policyLevel ? (
    <>{word}</>
  ) : (
    <span className="bad">{t('ladder.lost', { level: word, policy: policyLevel })}</span>
  )
}
