// Proposals as the command line prints them.

import type { ProposalsView, ProposalView } from '../../api/contract-governance.ts'
import { formatDuration } from '../../kernel/duration.ts'
import { table } from '../output.ts'

/** One line each, what waits first. */
export const proposalsText = (
  { open, snoozed, closed }: ProposalsView,
  { all }: { readonly all: boolean },
): string => {
  const rows = [
    ...open,
    ...snoozed,
    ...(all ? closed : closed.filter(({ undoableUntil }) => undoableUntil !== null)),
  ]
  if (rows.length === 0) return 'Nothing waits for approval.'
  return table([
    ['id', 'class', 'status', 'touches', 'cost', 'gain (95 %)', 'yes', 'over in', 'what'],
    ...rows.map((one) => [
      one.proposalId,
      one.class,
      statusOf(one),
      one.touches.count,
      one.cost === 0 ? '' : one.cost.toFixed(2),
      gainText(one.gain),
      `${one.approvals.length}/${one.eyes}`,
      one.status === 'open' ? overIn(one) : '',
      `${one.kind} ${one.title}`.slice(0, 60),
    ]),
  ])
}

/** Everything somebody needs to say yes or no. */
export const proposalText = (one: ProposalView): string => {
  const lines = [
    `${one.proposalId}  ${one.kind}  (${one.class}, level ${one.level})  ${statusOf(one)}`,
    one.title,
    '',
    ...(one.changes.length === 0 ? [] : ['Will be:']),
    ...one.changes.map(({ path, is, willBe }) => `  ${path}: ${short(is)} → ${short(willBe)}`),
    `Touches:  ${one.touches.count} ${one.touches.what}${one.touches.sample.length === 0 ? '' : `, such as ${one.touches.sample.map(({ label }) => label).join(', ')}`}`,
    `Costs:    ${one.cost === 0 ? 'nothing' : one.cost}`,
    `Expected: ${one.gain === null ? 'not known' : `${gainText(one.gain)} ${one.gain.unit}`}`,
    `Risk:     ${one.risk.level}${one.risk.note === '' ? '' : ` (${one.risk.note})`}`,
    `Why a person: ${one.grounds.map(({ code, detail }) => `${code} ${detail}`.trim()).join('; ')}`,
    ...one.evidence.map(
      ({ kind, ref, label }) => `Evidence: ${kind} ${ref}${label === ref ? '' : ` — ${label}`}`,
    ),
    `Asked by: ${one.by.name}`,
    `May answer: ${one.roles.join(', ')}${one.onCall.length === 0 ? '' : `; on call: ${one.onCall.join(', ')}`}`,
    `Yes so far: ${one.approvals.length} of ${one.eyes}${one.approvals.length === 0 ? '' : ` (${one.approvals.map(({ by }) => by.name).join(', ')})`}`,
    ...(one.question === '' ? [] : [`Asks: ${one.question}`]),
    ...one.answers.map(({ by, text }) => `Answered by ${by.name}: ${text}`),
    ...(one.status === 'open' ? [`Over in ${overIn(one)}; then nothing happens.`] : []),
    ...(one.undoableUntil === null ? [] : [`Can be taken back: windvane proposals undo ${one.proposalId}`]),
    ...(one.reason === '' ? [] : [`Reason: ${one.reason}`]),
    ...(one.detail === '' ? [] : [`Came to: ${one.detail}`]),
  ]
  return lines.join('\n')
}

const statusOf = ({ status, snoozedUntil, edited }: ProposalView): string =>
  `${status === 'open' && snoozedUntil > 0 ? 'snoozed' : status}${edited ? ' (edited)' : ''}`

const gainText = (gain: ProposalView['gain']): string =>
  gain === null ? '' : `${round(gain.mean)} [${round(gain.low)}, ${round(gain.high)}]`

const round = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3))

const MINUTE_MS = 60_000

const overIn = ({ expiresAt, now }: ProposalView): string =>
  formatDuration(Math.max(0, Math.round((expiresAt - now) / MINUTE_MS)) * MINUTE_MS)

const SHOWN = 160
const short = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
