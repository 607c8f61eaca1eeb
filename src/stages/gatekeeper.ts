// Stands at the gate: gathers what the log says of each challenger, judges now and then, and appends what
// it found and what follows from it. Holds nothing that cannot be read again from the log.

import { liftReport } from '../feedback/index.ts'
import type { LogEvent, NewEvent } from '../log/port.ts'
import type { Loop } from '../loop.ts'
import {
  createEvidence,
  type Evidence,
  judge,
  type Judgement,
  type Move,
  nextMove,
  noteEvidence,
  PROMOTION_DEFAULTS,
  type PromotionOptions,
  type Track,
} from '../promotion/index.ts'
import { GATE_JUDGED, type GateJudged, ROLLOUT_MOVED, type RolloutMoved } from '../promotion/events.ts'

export type Gatekeeper = {
  /** Looks at all challengers when the time for it has come. Rejects with a Failure `log.*` when nothing can be recorded. */
  readonly look: (now: number) => Promise<void>
  readonly close: () => void
}

export type GatekeeperPorts = {
  readonly loop: Loop
  readonly options?: Partial<PromotionOptions>
  /** Whether a move that the gate has found right may be made now, or must wait for somebody's yes. Moves back need none. */
  readonly mayMove?: (track: Track, move: Move) => boolean
}

type Book = {
  readonly challengerId: string
  readonly champion: string
  readonly evidence: Evidence
  /** Events that came while the log was read back; null once that is done. */
  waiting: LogEvent[] | null
}

const PAGE = 2_000

export const createGatekeeper = (ports: GatekeeperPorts): Gatekeeper => {
  const { loop } = ports
  const options = { ...PROMOTION_DEFAULTS, ...ports.options }
  const mayMove = ports.mayMove ?? (() => true)
  const books = new Map<string, Book>()
  let lookedAt = Number.NEGATIVE_INFINITY
  let closed = false
  const unsubscribe = loop.log.subscribe((events) => {
    for (const book of books.values())
      for (const event of events)
        if (book.waiting === null) noteEvidence(book.evidence, event)
        else book.waiting.push(event)
  })

  /** Reads the log back to where decisions can tell anything of this challenger. */
  const open = async (track: Track): Promise<void> => {
    const { challenger, champion, campaignId } = track
    if (challenger === null) return
    const evidence = createEvidence({ campaignId, champion, challenger })
    const book: Book = { challengerId: challenger.id, champion: nameOf(track), evidence, waiting: [] }
    books.set(campaignId, book)
    const upTo = loop.log.head()
    const comparable = Math.max(champion.sinceOffset, track.comparableFrom, upTo - options.scanEventsMax)
    // A model of its own has an opinion only since it was proposed.
    const after = challenger.modelId === champion.modelId ? comparable : challenger.proposedOffset
    for await (const page of loop.log.read({
      after: Math.min(after, challenger.proposedOffset),
      upTo,
      pageSize: PAGE,
    })) {
      if (closed || books.get(campaignId) !== book) return
      for (const event of page) noteEvidence(evidence, event)
    }
    for (const event of book.waiting ?? []) if (event.offset > upTo) noteEvidence(evidence, event)
    book.waiting = null
  }

  const lookAt = (track: Track, now: number): readonly NewEvent[] => {
    const { challenger, campaignId } = track
    const book = books.get(campaignId)
    if (challenger === null || book?.waiting !== null) return []
    const campaign = loop.state.decision.campaigns.get(campaignId)
    if (campaign === undefined) return []
    const { sampleRatioP } = liftReport(loop.state.feedback, { campaignId })
    const judgement = judge({ evidence: book.evidence, challenger, sampleRatioP, options })
    const events: NewEvent[] = []
    const append = (type: string, data: GateJudged | RolloutMoved) =>
      events.push({ id: loop.ctx.newId(), type, key: '', at: now, data })
    const about = { campaignId, challengerId: challenger.id }
    const move = nextMove(challenger, judgement, { now, goalWindowMs: campaign.goal.windowMs, options })
    const moves = move !== null && (move.to < challenger.share || move.to === 0 || mayMove(track, move))
    if (moves || isNews(challenger, judgement, now - options.recordMs))
      append(GATE_JUDGED, { ...about, share: challenger.share, ...judgement })
    if (moves) append(ROLLOUT_MOVED, { ...about, from: challenger.share, ...move, by: '' })
    return events
  }

  return {
    look: async (now) => {
      const tracks = [...loop.state.promotion.tracks.values()].filter(({ challenger }) => challenger !== null)
      for (const [campaignId, book] of books)
        if (!tracks.some((track) => track.campaignId === campaignId && isOf(book, track)))
          books.delete(campaignId)
      const fresh = tracks.filter(({ campaignId }) => !books.has(campaignId))
      if (fresh.length === 0 && now - lookedAt < options.lookMs) return
      lookedAt = now
      for (const track of fresh) await open(track)
      const events = tracks.flatMap((track) => lookAt(track, now))
      if (events.length > 0) await loop.record(events)
    },
    close: () => {
      closed = true
      unsubscribe()
    },
  }
}

const nameOf = ({ champion }: Track): string => `${champion.sinceOffset}`

const isOf = (book: Book, track: Track): boolean =>
  track.challenger?.id === book.challengerId && nameOf(track) === book.champion

/** Another verdict, another state of a check, or long ago. */
const isNews = (
  { judged }: NonNullable<Track['challenger']>,
  { verdict, checks }: Judgement,
  before: number,
): boolean =>
  judged === null ||
  judged.at <= before ||
  judged.verdict !== verdict ||
  checks.some(({ state }, i) => judged.checks[i]?.state !== state)
