// People of a company who are told things, on a loop with a clock moved by hand and ways that do as they are told.

import assert from 'node:assert/strict'
import { createCtx, manualClock } from '../../app/clock.ts'
import { letterOf, briefLetter, type LetterPorts } from '../../app/notify/letter-of.ts'
import { INCIDENT_OPENED, type IncidentOpened } from '../../brand/events.ts'
import { POLICY_APPLIED, type GovernancePolicy } from '../../governance/events.ts'
import { OPEN_POLICY } from '../../governance/index.ts'
import { STOP_RAISED, type StopScope } from '../../guardrail/events.ts'
import { Failure } from '../../kernel/failure.ts'
import { MINUTE_MS } from '../../kernel/time.ts'
import { createMemoryLog } from '../../log/index.ts'
import type { EventLog } from '../../log/port.ts'
import { createLoop, createState } from '../../loop.ts'
import type { WayName } from '../../notice/events.ts'
import type { Person } from '../../notice/index.ts'
import { notifyTurn, type Letter, type Way } from '../notifying.ts'

/** A Monday. */
export const MONDAY = Date.parse('2026-06-01T12:00:00Z')

export const person = (userId: string, role: string, changes: Partial<Person> = {}): Person => ({
  userId,
  name: userId,
  role,
  address: `${userId}@company.example`,
  ways: ['mail'],
  quiet: null,
  briefHour: null,
  ...changes,
})

export const ANNA = person('anna', 'approver')
export const BORIS = person('boris', 'approver')
export const OLGA = person('olga', 'owner')
export const VERA = person('vera', 'viewer')

/** Anna is on call on weekdays by day, nobody at night. */
export const POLICY: GovernancePolicy = {
  ...OPEN_POLICY,
  hours: { weekdays: [1, 2, 3, 4, 5], fromHour: 9, toHour: 18 },
  onCall: [{ users: ['anna'], weekdays: [1, 2, 3, 4, 5], fromHour: 0, toHour: 24 }],
  calls: { answerMs: 30 * MINUTE_MS, urgentMs: 10 * MINUTE_MS, hourMax: 6, dayMax: 24 },
}

export type Told = { readonly to: string; readonly by: WayName; readonly letter: Letter }
/** What a way does instead of taking it. */
export type Fault = 'refuse' | 'lose' | 'hang' | ''

export const openOffice = async ({
  log = createMemoryLog({ roundTrip: true }),
  people = [ANNA, BORIS, OLGA, VERA],
  policy = POLICY,
  now = MONDAY,
  state = createState(),
}: {
  readonly log?: EventLog
  readonly people?: readonly Person[]
  readonly policy?: GovernancePolicy | null
  readonly now?: number
  readonly state?: ReturnType<typeof createState>
} = {}) => {
  const clock = manualClock(now)
  const loop = createLoop({ log, ctx: createCtx(clock, 'office'), state })
  const told: Told[] = []
  const faults = new Map<WayName, Fault>()
  const wayOf = (name: WayName): Way => ({
    name,
    tell: async (letter, to) => {
      const fault = faults.get(name) ?? ''
      if (fault === 'refuse') throw new Failure({ code: 'way.refused', message: 'no' })
      told.push({ to, by: name, letter })
      if (fault === 'lose') throw new TypeError('socket hang up')
      if (fault === 'hang') return new Promise<string>(() => undefined)
      return 'ok'
    },
    close: async () => undefined,
  })
  const ways = new Map((['mail', 'telegram', 'webhook'] as const).map((name) => [name, wayOf(name)]))
  const letters: LetterPorts = {
    state: loop.state,
    now: clock.now,
    publicUrl: () => 'https://windvane.example',
    linkTo: ({ proposalId }) => `https://windvane.example/a/${proposalId}`,
  }
  const calls = new Set<Promise<void>>()
  const turn = async (): Promise<void> => {
    await notifyTurn({
      loop,
      people: () => people,
      ways,
      letterOf: (notice, call) => letterOf(letters, notice, call),
      briefOf: (day) => briefLetter(letters, day),
      beside: (call) => void calls.add(call),
    })
    if (![...faults.values()].includes('hang')) await Promise.all(calls)
    calls.clear()
  }
  let facts = 0
  const fact = async (type: string, data: object): Promise<void> => {
    const [ack] = await loop.record([{ id: `fact:${now}:${facts++}`, type, key: '', at: clock.now(), data }])
    assert.equal(ack?.duplicate, false)
  }
  const by = { kind: 'local', id: 'local', name: 'local operator', role: 'owner' }
  if (policy !== null) await fact(POLICY_APPLIED, { version: 'v1', policy, by, proposalId: '' })
  return {
    loop,
    clock,
    told,
    faults,
    fact,
    turn,
    /** `anna by mail, …` since the last time it was asked. */
    calls: (): readonly string[] => told.splice(0).map(({ to, by: way }) => `${to} by ${way}`),
    pass: async (ms: number, everyMs = MINUTE_MS) => {
      for (let left = ms; left > 0; left -= everyMs) {
        clock.set(clock.now() + Math.min(everyMs, left))
        await turn()
      }
    },
    stop: async (scope: StopScope = { kind: 'all' }) =>
      fact(STOP_RAISED, { scope, reason: 'a test', by: 'Olga' }),
    incident: async (incidentId: string, changes: Partial<IncidentOpened> = {}) =>
      fact(INCIDENT_OPENED, { ...INCIDENT, incidentId, ...changes }),
    status: () =>
      [...loop.state.notices.open.values(), ...loop.state.notices.closed].flatMap(({ ref, calls: made }) =>
        made.map(({ userId, way, round, status }) => `${ref} ${userId} ${way} ${round} ${status}`),
      ),
  }
}

const INCIDENT: IncidentOpened = {
  incidentId: '',
  kind: 'crisis',
  severity: 2,
  entity: 'Shop',
  topic: '',
  since: MONDAY,
  evidence: {
    mentions: 90,
    usual: 4,
    negativeShare: 0.8,
    usualNegative: 0.2,
    voices: 60,
    echoes: 20,
    riskWords: [],
    phrases: ['kettle'],
    samples: [],
  },
  own: [],
  playbook: null,
  by: 'watch',
}
