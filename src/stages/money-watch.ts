// What platforms tell, and what is wrong with it: amounts that cannot be, results that stopped coming, a line that races
// through its budget. Each opens an incident for a person; what can be made safe at once is.

import { trackingLost } from '../budget/index.ts'
import {
  ADS_REPORTED,
  SPEND_INCIDENT_CLOSED,
  SPEND_INCIDENT_OPENED,
  type AdPlatform,
  type AdsReported,
  type SpendIncidentOpened,
  type SpendMove,
} from '../delivery/index.ts'
import { dayOfBooks, racingLines, readingTrouble, velocityIncident } from '../guardrail/index.ts'
import { isFailure, messageOf } from '../kernel/failure.ts'
import { said } from '../kernel/said.ts'
import { localTime } from '../kernel/time.ts'
import { moveOf, type MoneyPorts } from './money-ports.ts'

/** Days that platforms still restate are read again each time. */
const READ_DAYS = 15
const FAILURES_MAX = 3

type Line = AdsReported['lines'][number]

/** Asks every platform; `failures` counts the readings in a row that failed, by platform. */
export const readPlatforms = async (ports: MoneyPorts, failures: Map<string, number>): Promise<void> => {
  const { ctx, record } = ports
  for (const name of new Set([...ports.books.lines.values()].map(({ spec }) => spec.platform)))
    if (!ports.platforms.has(name))
      await openIncident(ports, {
        incidentId: `unreachable:${name}`,
        kind: 'unreachable',
        lineId: '',
        detail: `no account of ${name} is set up: its lines are neither read nor moved`,
        said: said('no_account', { platform: name }),
      })
  for (const [name, platform] of ports.platforms) {
    try {
      const lines = await readOne(ports, name, platform)
      if (lines.length === 0) continue
      const data: AdsReported = { platform: name, lines: await believed(ports, lines) }
      await record([{ id: `ads:${name}:${ctx.now()}`, type: ADS_REPORTED, key: name, at: ctx.now(), data }])
      await closeIncident(ports, `unreachable:${name}`)
      failures.set(name, 0)
    } catch (error) {
      // The platform's trouble: told to a person when it lasts. Our own bugs go on up.
      if (!isFailure(error)) throw error
      const count = (failures.get(name) ?? 0) + 1
      failures.set(name, count)
      // A sign-in that has ended does not come back by itself: said at once, with what to do.
      const isOut = error.code === 'ads.sign_in'
      const answer = [messageOf(error), error.hint].filter((part) => part !== undefined).join('. ')
      if (isOut || count >= FAILURES_MAX)
        await openIncident(ports, {
          incidentId: `unreachable:${name}`,
          kind: isOut ? 'sign_in' : 'unreachable',
          lineId: '',
          detail: `${name}: ${answer}`,
          said: said('platform_fails', { platform: name, failure: error.code, answer }),
        })
    }
  }
}

const readOne = async (ports: MoneyPorts, name: string, platform: AdPlatform): Promise<readonly Line[]> => {
  const { books, ctx } = ports
  const lines = [...books.lines.values()].filter(({ spec }) => spec.platform === name)
  if (lines.length === 0) return []
  const incidentId = `currency:${name}`
  if (platform.currency !== books.currency) {
    // Its amounts would be added to others: nothing of it is taken, and nothing is raised until it is put right.
    await openIncident(ports, {
      incidentId,
      kind: 'reading',
      lineId: '',
      detail: `${name} reckons in ${platform.currency}, the plan in ${books.currency}`,
      said: said('other_currency', { platform: name, theirs: platform.currency, ours: books.currency }),
    })
    return []
  }
  await closeIncident(ports, incidentId)
  const today = dayOfBooks(books, ctx.now())
  const read = await platform.read({
    externalIds: lines.map(({ spec }) => spec.externalId),
    fromDay: today - READ_DAYS,
    toDay: today,
  })
  const told = new Map(read.map((line) => [line.externalId, line]))
  return lines.flatMap(({ spec }): Line[] => {
    const line = told.get(spec.externalId)
    if (line === undefined) return []
    const { budgetMicros, totalLimitMicros = null, days } = line
    return [{ lineId: spec.id, budgetMicros, totalLimitMicros, days }]
  })
}

/** Lines whose amounts can be so; the others are left out until a person has looked. */
const believed = async (ports: MoneyPorts, lines: readonly Line[]): Promise<readonly Line[]> => {
  const good: Line[] = []
  for (const line of lines) {
    const incidentId = `reading:${line.lineId}`
    const trouble = readingTrouble(ports.books, line, ports.ctx.now())
    if (trouble === null) {
      await closeIncident(ports, incidentId)
      good.push(line)
    } else await openIncident(ports, { incidentId, kind: 'reading', lineId: line.lineId, ...trouble })
  }
  return good
}

/** While results do not arrive although money is spent, nothing is raised: what looks bad may only be unseen. */
export const watchTracking = async (ports: MoneyPorts): Promise<void> => {
  const { books, budget, ctx } = ports
  const lost = trackingLost(budget, dayOfBooks(books, ctx.now()), localTime(ctx.now(), books.timeZone).hour)
  const open = books.incidents.has('tracking')
  if (lost !== null && !open)
    await openIncident(ports, { incidentId: 'tracking', kind: 'tracking', lineId: '', ...lost })
  if (lost === null && open) await closeIncident(ports, 'tracking')
}

/** Opens an incident for each line that races, and gives the pauses that are to be made at once. */
export const watchVelocity = async (ports: MoneyPorts): Promise<readonly SpendMove[]> => {
  const { books, ctx } = ports
  const today = dayOfBooks(books, ctx.now())
  const moves: SpendMove[] = []
  for (const { lineId, ...found } of racingLines(books, ctx.now())) {
    const book = books.lines.get(lineId)
    if (book === undefined) continue
    const incidentId = velocityIncident(lineId, today)
    const tripped = book.edits.some(({ at, why }) => why === 'velocity' && dayOfBooks(books, at) === today)
    // A person who has seen it let the line go on: their word holds for the day.
    if (tripped && !books.incidents.has(incidentId)) continue
    await openIncident(ports, { incidentId, kind: 'velocity', lineId, ...found })
    if ((book.budgetMicros ?? 1) > 0 && (book.pending === null || book.pending.toMicros > 0))
      moves.push(
        moveOf(books, book, { moveId: `velocity:${lineId}:${ctx.now()}`, toMicros: 0, why: 'velocity' }),
      )
  }
  return moves
}

const openIncident = async (
  { books, ctx, record }: MoneyPorts,
  incident: SpendIncidentOpened,
): Promise<void> => {
  if (books.incidents.has(incident.incidentId)) return
  const id = `incident:${incident.incidentId}:${ctx.now()}`
  await record([{ id, type: SPEND_INCIDENT_OPENED, key: incident.lineId, at: ctx.now(), data: incident }])
}

export const closeIncident = async (
  { books, ctx, record }: MoneyPorts,
  incidentId: string,
): Promise<void> => {
  if (!books.incidents.has(incidentId)) return
  const id = `closed:${incidentId}:${ctx.now()}`
  await record([
    { id, type: SPEND_INCIDENT_CLOSED, key: '', at: ctx.now(), data: { incidentId, by: 'windvane' } },
  ])
}
