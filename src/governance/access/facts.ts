// Facts about access, put on record: those that change something before it counts, those that only tell what
// happened as well as the log allows, since a full disk must not keep people from signing in to press STOP.

import { isFailure } from '../../kernel/failure.ts'
import { SIGN_IN_FAILED, type SignInFailed } from './events.ts'
import type { AccessPorts, Fact } from './ports.ts'
import { createRates } from './rates.ts'

/** Records what only tells; what the log does not take is reported and left. */
export const tell = async ({ record, report }: AccessPorts, facts: readonly Fact[]): Promise<void> => {
  try {
    await record(facts)
  } catch (error) {
    if (!isFailure(error)) throw error
    report(error, 'access')
  }
}

/** Keeps secrets; where the disk takes nothing they hold in memory, which is reported. */
export const keep = async (
  { store, report }: AccessPorts,
  next: Parameters<AccessPorts['store']['change']>[0],
): Promise<void> => {
  try {
    await store.change(next)
  } catch (error) {
    if (!isFailure(error, 'access.not_stored')) throw error
    report(error, 'access')
  }
}

/** Failures put on record: 20 at once, then one in ten seconds, with how many there were in between. */
const FAILURES = { perSecond: 0.1, burst: 20 }

/** Whoever guesses must not fill the log. */
export const createFailureFacts = (ports: AccessPorts) => {
  const rates = createRates()
  let others = 0
  return async (failed: Omit<SignInFailed, 'others'>): Promise<void> => {
    if (rates.take('all', FAILURES, ports.realNow()) > 0) {
      others++
      return
    }
    const data: SignInFailed = { ...failed, others }
    others = 0
    await tell(ports, [{ type: SIGN_IN_FAILED, data }])
  }
}
