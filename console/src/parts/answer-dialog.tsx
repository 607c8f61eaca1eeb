// An answer, said once more before it is given: two keys are enough for a yes, and a no asks why.

import { useState, type FormEvent } from 'react'
import { useAnswer } from '../data/govern-queries.ts'
import { Dialog } from './dialog.tsx'
import { Failed } from './states.tsx'
import { useTouched } from './proposal-words.tsx'
import { useWords } from './words-context.tsx'
import type { AnswerBody, ProposalView } from '../../../src/api/contract.ts'

export type AnswerKind = AnswerBody['answer']

const HOUR_MS = 3_600_000
const SNOOZES = [HOUR_MS, 4 * HOUR_MS, 12 * HOUR_MS] as const
const TEXT_MAX = 2000

type AnswerDialogProps = {
  readonly kind: AnswerKind
  readonly proposal: ProposalView
  readonly proposalIds: readonly string[]
  readonly seenUpTo: number
  /** `done` when it was given. */
  readonly onClose: (done: boolean) => void
}

export function AnswerDialog({ kind, proposal, proposalIds, seenUpTo, onClose }: AnswerDialogProps) {
  const { t } = useWords()
  const answer = useAnswer()
  const [text, setText] = useState('')
  const [forMs, setForMs] = useState<number>(HOUR_MS)
  const [without, setWithout] = useState<readonly string[]>([])
  const id = proposalIds.join(', ')
  const incomplete =
    ((kind === 'reject' || kind === 'answer') && text.trim() === '') ||
    (kind === 'edit' && without.length === 0)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    answer.mutate(
      { proposalIds, body: bodyOf(kind, { text, forMs, without, seenUpTo }) },
      { onSuccess: () => onClose(true) },
    )
  }
  return (
    <Dialog title={t(TITLES[kind], { id })} onClose={() => onClose(false)}>
      <form onSubmit={submit} className="stop-form">
        <What kind={kind} proposal={proposal} />
        {kind === 'snooze' && <SnoozeChoice value={forMs} onChange={setForMs} />}
        {kind === 'edit' && (
          <fieldset className="stop-scope">
            <legend>{t('answer.edit.effect')}</legend>
            {proposal.editable.map((action, index) => (
              <label key={action} className="choice">
                <input
                  type="checkbox"
                  data-first-focus={index === 0 ? true : undefined}
                  checked={without.includes(action)}
                  onChange={(event) =>
                    setWithout(
                      event.target.checked ? [...without, action] : without.filter((one) => one !== action),
                    )
                  }
                />
                <code>{action}</code>
              </label>
            ))}
          </fieldset>
        )}
        {(kind === 'reject' || kind === 'answer' || kind === 'approve' || kind === 'undo') && (
          <label className="field">
            <span>{t(LABELS[kind])}</span>
            <input
              value={text}
              maxLength={TEXT_MAX}
              data-first-focus={kind === 'reject' || kind === 'answer' ? true : undefined}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
        )}
        {answer.isError && <Failed error={answer.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={() => onClose(false)}>
            {t('answer.cancel')}
          </button>
          <button
            type="submit"
            className="button button-primary"
            data-first-focus={kind === 'approve' || kind === 'snooze' || kind === 'undo' ? true : undefined}
            disabled={answer.isPending || incomplete}
          >
            {answer.isPending ? t('answer.sending') : t(`proposal.${kind}`)}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const TITLES = {
  approve: 'answer.approve.title',
  reject: 'answer.reject.title',
  edit: 'answer.edit.title',
  snooze: 'answer.snooze.title',
  answer: 'answer.answer.title',
  undo: 'answer.undo.title',
} as const satisfies Readonly<Record<AnswerKind, string>>

const LABELS = {
  approve: 'answer.note',
  undo: 'answer.note',
  reject: 'answer.reject.reason',
  answer: 'answer.text',
} as const

function What({ kind, proposal }: { readonly kind: AnswerKind; readonly proposal: ProposalView }) {
  const { t } = useWords()
  const touched = useTouched()
  if (kind === 'undo') return <p>{t('answer.undo.effect')}</p>
  if (kind !== 'approve') return null
  return (
    <>
      <p>
        <strong>{touched(proposal.touches)}</strong> {t('answer.approve.effect')}
      </p>
      {proposal.eyes > 1 && proposal.approvals.length === 0 && <p>{t('answer.approve.second')}</p>}
    </>
  )
}

function SnoozeChoice({
  value,
  onChange,
}: {
  readonly value: number
  readonly onChange: (ms: number) => void
}) {
  const { t } = useWords()
  return (
    <fieldset className="stop-scope">
      <legend>{t('answer.snooze.for')}</legend>
      {SNOOZES.map((ms) => (
        <label key={ms} className="choice">
          <input type="radio" name="snooze" checked={ms === value} onChange={() => onChange(ms)} />
          <span>{t('approvals.hours', { count: ms / HOUR_MS })}</span>
        </label>
      ))}
    </fieldset>
  )
}

type Given = {
  readonly text: string
  readonly forMs: number
  readonly without: readonly string[]
  readonly seenUpTo: number
}

function bodyOf(answer: AnswerKind, { text, forMs, without, seenUpTo }: Given): AnswerBody {
  if (answer === 'snooze') return { answer, forMs }
  if (answer === 'edit') return { answer, without: [...without] }
  return answer === 'approve' ? { answer, text: text.trim(), seenUpTo } : { answer, text: text.trim() }
}
