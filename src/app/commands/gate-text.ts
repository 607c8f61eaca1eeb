// The gate as text for a terminal.

import type { Gate, GateCheckView, GateTrack } from '../../api/contract.ts'

const CHECKS: Readonly<Record<string, string>> = {
  sample_ratio: 'people split as set (p)',
  propensity: 'probabilities can be believed (σ off)',
  overlap: 'wanted, never drawn by the champion (share)',
  effective_sample: 'effective decisions',
  weight: 'largest weight (share)',
  gain: 'earns more per decision',
  calibration: 'rewards per predicted reward (slope)',
  unsubscribes: 'people who leave, per message',
  complaints: 'complaints, per message',
  margin: 'people with it against people without',
}

const STATES: Readonly<Record<GateCheckView['state'], string>> = {
  passes: 'passes',
  waits: 'waits',
  fails: 'FAILS',
  not_applicable: '-',
}

export const gateText = ({ items }: Gate): string =>
  items.length === 0 ? 'There are no campaigns in the plan.' : items.map(trackText).join('\n\n')

const trackText = ({ campaignId, champion, challenger, past }: GateTrack): string => {
  const lines = [`${campaignId}: ${plain(champion.policy)} decides since ${day(champion.since)}`]
  if (challenger !== null) {
    const { share, own, ownNeeded, nextShare, decisions } = challenger
    lines.push(
      `  challenger: ${plain(challenger.policy)}, proposed ${day(challenger.proposedAt)} by ${plain(challenger.by) || 'the plan'}${challenger.safety ? ', for safety' : ''}`,
      share === 0
        ? '  has nobody yet'
        : `  decides for ${percent(share)} of the people since ${day(challenger.shareSince)}: ${own} settled decisions of ${ownNeeded} before ${nextShare === null ? 'the end' : percent(nextShare)}`,
    )
    lines.push(
      challenger.verdict === null
        ? '  not judged yet'
        : `  the gate: ${challenger.verdict}, from ${decisions} settled decisions of the champion`,
      ...challenger.checks.map(checkText),
    )
  }
  for (const { policy, at, to, from, cause, detail, by } of past)
    lines.push(
      `  ${day(at)}: ${plain(policy)} ${to === 1 ? 'became the policy in force' : `ended at ${percent(from)} of the people`} (${cause}${detail === '' ? '' : `: ${plain(detail)}`}${by === '' ? '' : `, ${plain(by)}`})`,
    )
  return lines.join('\n')
}

const checkText = ({ name, state, value, limit, low, high }: GateCheckView): string => {
  const span = low === null && high === null ? '' : ` [${figure(low)}, ${figure(high)}]`
  const cells = [
    `    ${STATES[state].padEnd(7)}`,
    (CHECKS[name] ?? name).padEnd(44),
    value === null ? '' : `${figure(value)}${span}`,
    limit === null ? '' : `limit ${figure(limit)}`,
  ]
  return cells.filter((cell) => cell !== '').join(' ')
}

const figure = (value: number | null): string =>
  value === null
    ? '…'
    : Math.abs(value) >= 1_000
      ? String(Math.round(value))
      : String(Number(value.toPrecision(3)))
const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`
const day = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')
/** What people wrote must not steer a terminal. */
const plain = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, 200)
