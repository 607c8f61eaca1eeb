// Access put together for a running server or for a command on a folder: the folded users and keys, the secrets'
// file, the log, real time.

import { createAccessDesk, type AccessDesk } from '../governance/access/index.ts'
import type { Loop } from '../loop.ts'
import type { Config } from './config.ts'
import type { Keyring } from './keys.ts'

const HOUR_MS = 3_600_000

/** Puts keys that the log has not heard of on record first. Throws Failures `log.*`. */
export const openAccess = async ({
  loop,
  keys,
  config,
  report,
}: {
  readonly loop: Loop
  readonly keys: Keyring
  readonly config: Pick<Config, 'sessionHoursIdle' | 'sessionHoursMax'>
  readonly report: (error: unknown, where: string) => void
}): Promise<AccessDesk> => {
  const desk = createAccessDesk({
    state: loop.state.access,
    store: keys.store,
    secrets: keys.secrets,
    record: async (facts) => {
      await loop.record(
        facts.map(({ type, data }) => ({
          id: loop.ctx.newId(),
          type,
          key: '',
          at: loop.ctx.now(),
          data,
        })),
      )
    },
    realNow: Date.now,
    report,
    settings: {
      sessionIdleMs: config.sessionHoursIdle * HOUR_MS,
      sessionMsMax: config.sessionHoursMax * HOUR_MS,
    },
  })
  await desk.keys.tellUntold('the first start')
  return desk
}
