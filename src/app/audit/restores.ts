// What the log itself says of having been restored: how often, from where on, by whom.

import { readTyped } from '../../log/index.ts'
import { SYSTEM_RESTORED, type SystemRestored } from '../../guardrail/events.ts'

export type Restore = SystemRestored & { readonly at: number }

/** Of the log file at `path`, oldest first; `epoch` is the present one. */
export const restoresIn = (
  path: string,
): { readonly epoch: number; readonly restores: readonly Restore[] } => {
  const restores = readTyped(path, SYSTEM_RESTORED).map(({ data, at }) => ({
    ...(data as SystemRestored),
    at,
  }))
  return { epoch: restores.at(-1)?.epoch ?? 1, restores }
}
