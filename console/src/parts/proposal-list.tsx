// A list of proposals, one line each. Those of one class can be chosen and answered together.

import { pathOf } from '../data/route.ts'
import { Link } from './link.tsx'
import { useLeft, useProposalName } from './proposal-words.tsx'
import { useWords } from './words-context.tsx'
import type { ProposalView } from '../../../src/api/contract.ts'

type ProposalListProps = {
  readonly title: string
  readonly rows: readonly ProposalView[]
  readonly shownId: string
  /** Ids chosen; without `onChoose` nothing can be. */
  readonly chosen?: readonly string[]
  readonly onChoose?: (ids: readonly string[]) => void
}

export function ProposalList({ title, rows, shownId, chosen = [], onChoose }: ProposalListProps) {
  const { t } = useWords()
  if (rows.length === 0) return null
  const first = rows.find(({ proposalId }) => chosen.includes(proposalId))
  return (
    <section aria-label={title}>
      <header className="section-head">
        <h2>{title}</h2>
        {chosen.length > 0 && (
          <span className="muted" role="status">
            {t('approvals.chosen', { count: chosen.length })}
          </span>
        )}
      </header>
      <ul className="proposals">
        {rows.map((row) => (
          <li key={row.proposalId} className={row.proposalId === shownId ? 'proposal-shown' : undefined}>
            {onChoose !== undefined && (
              <input
                type="checkbox"
                aria-label={t('approvals.choose', { id: row.proposalId })}
                checked={chosen.includes(row.proposalId)}
                disabled={!row.mayAnswer || (first !== undefined && first.class !== row.class)}
                onChange={(event) =>
                  onChoose(
                    event.target.checked
                      ? [...chosen, row.proposalId]
                      : chosen.filter((id) => id !== row.proposalId),
                  )
                }
              />
            )}
            <Row row={row} isShown={row.proposalId === shownId} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Row({ row, isShown }: { readonly row: ProposalView; readonly isShown: boolean }) {
  const { t, named, format } = useWords()
  const name = useProposalName()
  const left = useLeft()
  return (
    <Link href={pathOf('approvals', row.proposalId)} aria-current={isShown ? 'true' : undefined}>
      <span className="proposal-name">{name(row)}</span>
      <span className="proposal-facts muted">
        <span>{row.proposalId}</span>
        <span>{named('actionClass', row.class)}</span>
        {row.cost > 0 && <span>{format.money(row.cost)}</span>}
        <span className={row.status === 'unknown' || row.status === 'failed' ? 'bad' : undefined}>
          {row.status === 'open'
            ? t('approvals.over', { time: left(row) })
            : named('proposalStatus', row.status)}
        </span>
        {row.eyes > 1 && row.status === 'open' && (
          <span>{t('proposal.yes', { have: row.approvals.length, need: row.eyes })}</span>
        )}
      </span>
    </Link>
  )
}
