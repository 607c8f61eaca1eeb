// Decisions as rows and in full: what was decided, why, what became of it. Read back from the log.

import type { LogEvent } from '../../log/port.ts'
import { Failure } from '../../kernel/failure.ts'
import { DECISION_MADE, type DecisionMade } from '../../decision/events.ts'
import { campaignOf, explain, replayRecord } from '../../decision/index.ts'
import { offsetsBefore } from '../../insight/index.ts'
import { refOf, timelineOffsets } from '../../profile/index.ts'
import { OUTCOME_SETTLED, type OutcomeSettled } from '../../feedback/events.ts'
import type { DecisionDetail, DecisionRow, DecisionsPage } from '../contract.ts'
import { detailOf } from './detail.ts'
import { personLabel } from './person.ts'
import type { Language, ViewSources } from './sources.ts'

export type DecisionQuery = {
  readonly before?: string
  readonly campaign?: string
  readonly verdict?: string
  readonly profile?: string
  readonly limit: number
  readonly language: Language
}

const PAGE = 200
/** Decisions looked at for one page when a filter lets few through. */
const LOOKED_AT_MAX = 20_000
/** Latest events of a person among which a decision's deliveries and outcomes are sought. */
const TRAIL_MAX = 200

/** A page of decisions, newest first; `next` goes on where it ended. */
export const viewDecisions = async (sources: ViewSources, query: DecisionQuery): Promise<DecisionsPage> => {
  const { loop } = sources
  const { decisionIndex, profile } = loop.state
  const wanted = query.profile === undefined ? undefined : refOf(profile, query.profile)
  const rows: DecisionRow[] = []
  let before = query.before === undefined ? Number.MAX_SAFE_INTEGER : Number(query.before)
  if (!Number.isSafeInteger(before))
    throw new Failure({
      code: 'http.invalid',
      message: '`before` is not the end of a page.',
      hint: 'Pass on what `next` of the page before said.',
    })
  for (let looked = 0; looked < LOOKED_AT_MAX; looked += PAGE) {
    const offsets = offsetsBefore(decisionIndex, before, PAGE)
    if (offsets.length === 0) return { items: rows, next: null }
    const events = await loop.log.get(offsets)
    for (const event of events) {
      before = event.offset
      const made = event.data as DecisionMade
      if (query.campaign !== undefined && made.campaignId !== query.campaign) continue
      if (query.verdict !== undefined && made.verdict !== query.verdict) continue
      if (query.profile !== undefined && refOf(profile, made.profileId) !== wanted) continue
      rows.push(await rowOf(sources, made, query.language))
      if (rows.length >= query.limit) return { items: rows, next: String(event.offset) }
    }
  }
  return { items: rows, next: String(before) }
}

/** The newest decisions after a log offset, oldest first: what the live stream shows. */
export const decisionsAfter = async (
  sources: ViewSources,
  after: number,
  limit: number,
  language: Language,
): Promise<{ readonly rows: readonly DecisionRow[]; readonly offset: number }> => {
  const { loop } = sources
  const offset = loop.state.offset
  const offsets = offsetsBefore(loop.state.decisionIndex, offset + 1, limit).filter((at) => at > after)
  const events = await loop.log.get(offsets)
  const rows: DecisionRow[] = []
  for (const { data } of events.toReversed()) rows.push(await rowOf(sources, data as DecisionMade, language))
  return { rows, offset }
}

/** One decision whole. Throws Failure `http.not_found`. */
export const viewDecision = async (
  sources: ViewSources,
  id: string,
  language: Language,
): Promise<DecisionDetail> => {
  const { loop } = sources
  const event = await findDecision(sources, id)
  const record = event.data as DecisionMade
  const trail = await trailOf(sources, record)
  const replay = replayRecord(record)
  const explained = explain(record, language)
  return {
    row: rowFrom(sources, record, trail, language),
    reasons: [...explained.reasons, ...explained.timing],
    scores: [...explained.scores],
    candidates: record.candidates.map(({ actionId, mean, stderr, probability }) => ({
      actionId,
      mean,
      stderr,
      probability,
    })),
    rejected: record.rejected.map(({ actionId, reasons }) => ({
      actionId,
      reasons: reasons.map((reason) => ({ ...reason })),
    })),
    vetoes: record.vetoes.map((veto) => ({ ...veto })),
    context: { ...record.context },
    features: record.shared.map(([name, value]) => ({ name, value })),
    versions: {
      model: record.modelVersion,
      campaigns: record.campaignsVersion,
      creatives: record.creativesVersion,
      limits: record.limitsVersion,
      policy: `${record.policy.kind} (floor ${record.policy.explorationFloor})`,
    },
    seed: record.seed,
    asOf: record.asOf,
    sendAt: record.sendAt,
    replays: replay.agrees,
    deliveries: trail
      .filter(({ type }) => type.startsWith('delivery.'))
      .map(({ at, type, data }) => ({ at, type, detail: detailOf(data) })),
    outcomes: outcomesIn(trail).map(({ at, data }) => ({ at, kind: data.kind, reward: data.reward })),
    record: loop.state.offset >= event.offset ? record : null,
  }
}

const findDecision = async (sources: ViewSources, id: string): Promise<LogEvent> => {
  // The person is the last part of the id; their timeline knows where the decision stands.
  const { loop } = sources
  const ref = refOf(loop.state.profile, id.slice(id.lastIndexOf(':') + 1))
  const offsets =
    ref === undefined ? [] : timelineOffsets(loop.state.profile, ref, 2_000).map(({ offset }) => offset)
  const events = await loop.log.get(offsets)
  const found = events.find((event) => event.type === DECISION_MADE && event.id === id)
  if (found !== undefined) return found
  throw new Failure({
    code: 'http.not_found',
    message: 'There is no such decision.',
    hint: 'It may be older than what is kept at hand.',
  })
}

const rowOf = async (sources: ViewSources, made: DecisionMade, language: Language): Promise<DecisionRow> =>
  rowFrom(sources, made, await trailOf(sources, made), language)

const rowFrom = (
  sources: ViewSources,
  made: DecisionMade,
  trail: readonly LogEvent[],
  language: Language,
): DecisionRow => {
  const { state } = sources.loop
  const ref = refOf(state.profile, made.profileId)
  const action = campaignOf(state.decision, made.campaignId)?.actions.find(({ id }) => id === made.actionId)
  const delivery = trail.findLast(({ type }) => DELIVERY_STATES.has(type))
  const settled = outcomesIn(trail)
  return {
    decisionId: made.decisionId,
    at: made.at,
    campaignId: made.campaignId,
    profileId: made.profileId,
    person: ref === undefined ? made.profileId : personLabel(sources, ref),
    actionId: made.actionId,
    channel: action?.channel ?? null,
    verdict: made.verdict,
    group: made.group,
    propensity: made.propensity,
    delivery:
      delivery === undefined
        ? made.verdict === 'act'
          ? 'queued'
          : null
        : (DELIVERY_STATES.get(delivery.type) ?? null),
    reward: settled.length === 0 ? null : settled.reduce((sum, { data }) => sum + data.reward, 0),
    why: explain(made, language).sentence,
  }
}

const DELIVERY_STATES = new Map([
  ['delivery.attempted.v1', 'attempted'],
  ['delivery.sent.v1', 'sent'],
  ['delivery.failed.v1', 'failed'],
  ['delivery.unknown.v1', 'unknown'],
  ['delivery.withheld.v1', 'withheld'],
  ['delivery.held.v1', 'held'],
])

/** What the log says about a decision after it was made, oldest first. */
const trailOf = async ({ loop }: ViewSources, made: DecisionMade): Promise<readonly LogEvent[]> => {
  const { profile } = loop.state
  const ref = refOf(profile, made.profileId)
  if (ref === undefined) return []
  const offsets = timelineOffsets(profile, ref, TRAIL_MAX)
    .map(({ offset }) => offset)
    .filter((offset) => offset > made.asOf)
  const events = await loop.log.get(offsets)
  return events
    .filter(
      ({ type, data }) =>
        type !== DECISION_MADE && (data as { decisionId?: unknown }).decisionId === made.decisionId,
    )
    .toSorted((left, right) => left.offset - right.offset)
}

const outcomesIn = (trail: readonly LogEvent[]): readonly LogEvent<OutcomeSettled>[] =>
  trail.filter((event): event is LogEvent<OutcomeSettled> => event.type === OUTCOME_SETTLED)
