// Notices as letters: the words of the business's language around figures as they are when it is told.

import type { CallBegun } from '../../notice/events.ts'
import type { Notice } from '../../notice/index.ts'
import { isPending, openProposals, proposalOf, type Proposal } from '../../governance/index.ts'
import type { Business } from '../../kernel/business.ts'
import { isTimeZone } from '../../kernel/time.ts'
import type { LoopState } from '../../loop.ts'
import type { Letter } from '../../stages/notifying.ts'
import {
  classIn,
  groundDetailIn,
  groundIn,
  riskNoteIn,
  titleIn,
  touchedIn,
  whyIn,
} from '../../api/views/proposal-words.ts'
import { sayIn } from '../../api/views/said-words.ts'
import type { Language } from '../../api/views/sources.ts'
import { stopReasonIn } from '../../api/views/stop-reason-words.ts'
import { versionOfProposal } from './approval-link.ts'
import { wordsFor, type LetterWords } from './letter-words.ts'

export type LetterPorts = {
  readonly state: LoopState
  readonly now: () => number
  readonly publicUrl: () => string
  /** Where a proposal's link leads: asks for a login, changes nothing. */
  readonly linkTo: (proposal: Proposal) => string
}

/** Of other slices and other people: one line, no tricks of script, and no longer than it helps. */
const LINE_MAX = 400
export const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
    .slice(0, LINE_MAX)

export const letterOf = (ports: LetterPorts, notice: Notice, call: CallBegun): Letter => {
  const { state, now, publicUrl } = ports
  const words = wordsFor(state.business.locale)
  const { kind, ref, isUrgent, noticeId } = notice
  const proposal = kind === 'proposal' ? proposalOf(state.governance, ref) : undefined
  const told = wordedFacts(words.language, notice, proposal)
  const said = words.of[kind](told, ref)
  const waits = proposal !== undefined && isPending(proposal, now())
  return {
    id: `${noticeId}-${call.round}-${call.userId}`,
    noticeId,
    kind,
    isUrgent,
    title: oneLine(said.title),
    lines: [
      ...(isUrgent ? [words.urgent] : []),
      ...(call.round > 0 ? [words.again] : []),
      ...said.lines,
      ...(proposal === undefined ? [] : proposalLines(proposal, words, state.business)),
      ...(call.isLast ? [words.isLast] : []),
    ].map(oneLine),
    url: proposal === undefined ? `${publicUrl()}${pathOf(notice)}` : ports.linkTo(proposal),
    asks: notice.asks && kind !== 'proposal',
    proposal: waits
      ? {
          proposalId: proposal.proposalId,
          version: versionOfProposal(proposal),
          seenUpTo: state.offset,
          until: proposal.expiresAt,
        }
      : null,
  }
}

/** Codes and figures in the words of whoever reads; people's own words stay. */
const wordedFacts = (
  language: Language,
  { kind, facts, said }: Notice,
  proposal: Proposal | undefined,
): Notice['facts'] => {
  const text = (name: string): string => String(facts[name] ?? '')
  return {
    ...facts,
    ...(facts['title'] === undefined
      ? {}
      : { title: titleIn(language, proposal ?? { title: text('title') }) }),
    ...(said === undefined ? {} : { detail: sayIn(language, said, text('detail')) }),
    ...(kind === 'stop' ? { reason: stopReasonIn(language, text('reason')) } : {}),
    ...(facts['class'] === undefined ? {} : { class: classIn(language, text('class')) }),
    ...(facts['code'] === undefined
      ? {}
      : {
          code: whyIn(language, text('code')),
          detail: groundDetailIn(language, { code: text('code'), detail: text('detail') }),
        }),
  }
}

const PATHS: Readonly<Partial<Record<Notice['kind'], string>>> = {
  incident: '/brand',
  incident_over: '/brand',
  spend: '/money',
  campaign_stopped: '/guardrails',
  level_lost: '/guardrails',
  drill: '/guardrails',
  lockout: '/settings',
}
const pathOf = ({ kind, ref }: Notice): string => {
  const path = PATHS[kind] ?? '/'
  return path === '/brand' ? `${path}#${encodeURIComponent(ref)}` : path
}

/** People it touches are a number: names do not leave for it. */
const proposalLines = (
  { touches, cost, gain, risk, grounds, eyes, expiresAt }: Proposal,
  words: LetterWords,
  { currency, timeZone }: Business,
): readonly string[] => {
  const format = new Intl.NumberFormat(words.locale, { style: 'currency', currency })
  const amount = (value: number): string =>
    gain === null || gain.unit === currency ? format.format(value) : `${value} ${gain.unit}`
  const time = new Intl.DateTimeFormat(words.locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: isTimeZone(timeZone) ? timeZone : 'UTC',
  })
  return [
    words.touches(touches.count, touchedIn(words.language, touches.what)),
    ...(cost === 0 ? [] : [words.costs(format.format(cost))]),
    gain === null ? words.gainUnknown : words.gain(amount(gain.mean), amount(gain.low), amount(gain.high)),
    words.risk(risk.level, riskNoteIn(words.language, risk)),
    words.why(grounds.map((ground) => groundIn(words.language, ground)).join('; ')),
    ...(eyes > 1 ? [words.eyes] : []),
    words.ends(time.format(expiresAt)),
    words.answerIn,
  ]
}

const plain = (
  { publicUrl }: LetterPorts,
  about: Pick<Letter, 'id' | 'kind' | 'isUrgent' | 'title' | 'lines'>,
  path = '/',
): Letter => ({
  ...about,
  noticeId: about.id,
  title: oneLine(about.title),
  lines: about.lines.map(oneLine),
  url: `${publicUrl()}${path}`,
  asks: false,
  proposal: null,
})

export const testLetter = (ports: LetterPorts, id: string): Letter => {
  const said = wordsFor(ports.state.business.locale).test
  return plain(ports, { id, kind: 'test', isUrgent: false, ...said }, '/settings')
}

export const troubleLetter = (ports: LetterPorts, id: string, detail: string): Letter => {
  const said = wordsFor(ports.state.business.locale).trouble(detail)
  return plain(ports, { id, kind: 'trouble', isUrgent: true, ...said })
}

const PROPOSALS_NAMED = 5

/** What a person would look at first in the morning. */
export const briefLetter = (ports: LetterPorts, day: number): Letter => {
  const { state, now } = ports
  const words = wordsFor(state.business.locale)
  const waiting = openProposals(state.governance).filter((one) => isPending(one, now()))
  const incidents = [...state.brand.incidents.open.values()].filter(({ kind }) => kind !== 'drill')
  const count = new Intl.NumberFormat(words.locale)
  const needs = [
    ...(state.guardrail.stops.size > 0 ? [words.stopped] : []),
    ...(incidents.length > 0 ? [words.incidents(incidents.length)] : []),
    ...incidents.map(({ incidentId, entity }) => `· ${incidentId} ${entity}`),
    ...(waiting.length > 0 ? [words.waiting(waiting.length)] : []),
    ...waiting.slice(0, PROPOSALS_NAMED).map((one) => `· ${one.proposalId} ${titleIn(words.language, one)}`),
  ]
  const { totals, hours } = state.tally
  const since = now() - 86_400_000
  const sent = hours.filter(({ at }) => at >= since).reduce((sum, hour) => sum + hour.sent, 0)
  const lines = [
    ...(needs.length === 0 ? [words.nothing] : needs),
    words.sent(count.format(sent), count.format(totals.unknown)),
  ]
  const title = words.brief(state.business.name)
  return plain(ports, { id: `brief-${day}`, kind: 'brief', isUrgent: false, title, lines })
}
