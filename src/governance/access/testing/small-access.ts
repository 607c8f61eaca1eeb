// Access for tests: a log in memory, a store in memory or on disk, cheap hashing, a clock moved by hand.

import { Failure } from '../../../kernel/failure.ts'
import type { Role } from '../../../kernel/principal.ts'
import { LOCAL_OPERATOR } from '../../../kernel/principal.ts'
import type { LogEvent } from '../../../log/port.ts'
import { openAccessStore } from '../adapters/access-store.ts'
import { createSecrets } from '../adapters/secrets.ts'
import { createAccessDesk, type AccessDesk } from '../desk.ts'
import type { AccessPorts, Fact } from '../ports.ts'
import { createAccess, foldAccess } from '../state.ts'

export const CHEAP = { memoryKib: 64, passes: 1, lanes: 1 } as const
export const PASSWORD = 'heron lamp quiet ladder'
export const VISITOR = { address: '203.0.113.7', agent: 'Mozilla/5.0 (a test)' }
export const SEALING = Buffer.alloc(32, 7)

export type SmallAccess = {
  readonly desk: AccessDesk
  readonly ports: AccessPorts
  readonly events: readonly LogEvent[]
  /** Moves the clock on. */
  readonly pass: (ms: number) => void
  /** From here on the log takes nothing. */
  readonly breakLog: () => void
  readonly reports: readonly string[]
  readonly ofType: (type: string) => readonly LogEvent[]
  /** Somebody who was invited and came; with what they need to sign in. */
  readonly come: (
    role: Role,
    email?: string,
  ) => Promise<{ readonly userId: string; readonly email: string; readonly token: string }>
}

export const smallAccess = ({
  path = null,
  from = [],
}: {
  readonly path?: string | null
  /** What is in the log already. */
  readonly from?: readonly LogEvent[]
} = {}): SmallAccess => {
  const state = createAccess()
  const events: LogEvent[] = []
  const reports: string[] = []
  let [now, broken] = [1_800_000_000_000, false]
  const take = (event: LogEvent): void => {
    events.push(event)
    foldAccess(state, event)
  }
  for (const event of from) take(event)
  const ports: AccessPorts = {
    state,
    store: openAccessStore(path),
    secrets: createSecrets({ sealingSecret: SEALING, cost: CHEAP }),
    record: async (facts: readonly Fact[]) => {
      await Promise.resolve()
      if (broken) throw new Failure({ code: 'log.disk_full', message: 'the disk is full' })
      for (const { type, data } of facts)
        take({ offset: events.length + 1, id: String(events.length), type, key: '', at: 1, data })
    },
    realNow: () => now,
    report: (error) => void reports.push(String(error)),
    settings: { sessionIdleMs: 12 * 3_600_000, sessionMsMax: 7 * 86_400_000 },
  }
  const desk = createAccessDesk(ports)
  return {
    desk,
    ports,
    events,
    reports,
    pass: (ms) => {
      now += ms
    },
    breakLog: () => {
      broken = true
    },
    ofType: (type) => events.filter((event) => event.type === type),
    come: async (role, email = `${role}@company.example`) => {
      const { userId, link } = await desk.people.invite({ email, name: role, role }, LOCAL_OPERATOR)
      const { token } = await desk.people.accept(
        { token: link.token, password: PASSWORD, name: '', email: '' },
        VISITOR,
      )
      return { userId, email, token }
    },
  }
}

/** The code of the failure it ends with; `none` when it does not. */
export const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Failure ? error.code : String(error)),
  )
