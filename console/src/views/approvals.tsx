// What waits for a person: a list and, beside it, everything needed to say yes or no. Without the mouse:
// J and K move, one key opens an answer, Enter gives it.

import { useEffect, useRef, useState } from 'react'
import { useProposals } from '../data/govern-queries.ts'
import { go, pathOf } from '../data/route.ts'
import { readSettings } from '../data/settings.ts'
import { AnswerDialog, type AnswerKind } from '../parts/answer-dialog.tsx'
import { Link } from '../parts/link.tsx'
import { answersOf } from '../parts/proposal-words.tsx'
import { ProposalList } from '../parts/proposal-list.tsx'
import { ProposalPanel } from '../parts/proposal-panel.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { ProposalsView, ProposalView } from '../../../src/api/contract.ts'

/** Of what is over, as many are listed. */
const CLOSED_SHOWN = 20
const SEQUENCE_MS_MAX = 1500

export function ApprovalsView({ openId }: { readonly openId: string | null }) {
  const { t } = useWords()
  const { data, error, refetch } = useProposals()
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [answer, setAnswer] = useState<AnswerKind | null>(null)
  const rows = rowsOf(data)
  const shown = rows.find(({ proposalId }) => proposalId === openId) ?? data?.open[0]
  const together = chosen.filter((id) => data?.open.some(({ proposalId }) => proposalId === id) === true)
  useKeys({ rows, shown, onAnswer: setAnswer, enabled: answer === null })
  return (
    <>
      <header className="view-head">
        <h1>{t('nav.approvals')}</h1>
        <p className="muted keys-hint">{t('approvals.keys')}</p>
      </header>
      {openId !== null && <LinkNote />}
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={8} />}
      {data !== undefined && rows.length === 0 && (
        <Empty
          title={t('approvals.empty.title')}
          detail={t('approvals.empty.detail')}
          action={<Link href={pathOf('guardrails')}>{t('approvals.empty.action')}</Link>}
        />
      )}
      {data !== undefined && rows.length > 0 && (
        <div className={openId === null ? 'approvals approvals-index' : 'approvals approvals-one'}>
          <Link href={pathOf('approvals')} className="approvals-back">
            {t('approvals.back')}
          </Link>
          <div className="approvals-list">
            {data.open.length === 0 && (
              <Empty title={t('approvals.empty.title')} detail={t('approvals.empty.detail')} />
            )}
            <ProposalList
              title={t('approvals.list')}
              rows={data.open}
              shownId={shown?.proposalId ?? ''}
              chosen={together}
              onChoose={setChosen}
            />
            <ProposalList
              title={t('approvals.snoozed')}
              rows={data.snoozed}
              shownId={shown?.proposalId ?? ''}
            />
            <ProposalList
              title={t('approvals.closed')}
              rows={data.closed.slice(0, CLOSED_SHOWN)}
              shownId={shown?.proposalId ?? ''}
            />
          </div>
          {shown !== undefined && (
            <ProposalPanel proposal={shown} together={together.length} onAnswer={setAnswer} />
          )}
        </div>
      )}
      {answer !== null && shown !== undefined && data !== undefined && (
        <AnswerDialog
          kind={answer}
          proposal={shown}
          proposalIds={together.length > 1 && answer === 'approve' ? together : [shown.proposalId]}
          seenUpTo={data.seenUpTo}
          onClose={(done) => {
            setAnswer(null)
            if (done) setChosen([])
          }}
        />
      )}
    </>
  )
}

/** Somebody came by a link in a notice that is not true any more. */
function LinkNote() {
  const { t } = useWords()
  const link = new URLSearchParams(location.search).get('link')
  if (link !== 'moved' && link !== 'expired') return null
  return (
    <p className="failed failed-line" role="status">
      {t(`approvals.link.${link}`)}
    </p>
  )
}

const rowsOf = (data: ProposalsView | undefined): readonly ProposalView[] =>
  data === undefined ? [] : [...data.open, ...data.snoozed, ...data.closed.slice(0, CLOSED_SHOWN)]

const KEYS: Readonly<Record<string, AnswerKind>> = {
  a: 'approve',
  e: 'edit',
  r: 'reject',
  z: 'snooze',
  u: 'undo',
}

type KeysOptions = {
  readonly rows: readonly ProposalView[]
  readonly shown: ProposalView | undefined
  readonly onAnswer: (kind: AnswerKind) => void
  readonly enabled: boolean
}

function useKeys({ rows, shown, onAnswer, enabled }: KeysOptions): void {
  const leader = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    if (!enabled) return
    const onKey = (event: KeyboardEvent) => {
      if (
        !readSettings().singleKeys ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        isBusy(event.target)
      )
        return
      const letter = /^Key[A-Z]$/.test(event.code)
        ? event.code.slice(3).toLowerCase()
        : event.key.toLowerCase()
      // The second letter of "g a" leads to a view: it must not say yes on the way.
      const second = event.timeStamp - leader.current < SEQUENCE_MS_MAX
      leader.current = letter === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY
      if (second || letter === 'g') return
      const step = letter === 'j' ? 1 : letter === 'k' ? -1 : 0
      if (step !== 0) {
        const index = rows.findIndex((row) => row === shown)
        const next = rows[Math.min(rows.length - 1, Math.max(0, index + step))]
        if (next !== undefined) go(pathOf('approvals', next.proposalId), 'replace')
        event.preventDefault()
        return
      }
      const kind = KEYS[letter]
      if (kind === undefined || shown === undefined || !answersOf(shown).includes(kind)) return
      onAnswer(kind)
      event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [rows, shown, onAnswer, enabled])
}

function isBusy(target: EventTarget | null): boolean {
  const typing =
    target instanceof HTMLElement &&
    (['TEXTAREA', 'SELECT'].includes(target.tagName) ||
      (target instanceof HTMLInputElement && target.type !== 'checkbox'))
  return typing || document.querySelector('dialog[open]') !== null
}
