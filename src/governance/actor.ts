// A principal as facts of governance name them: with the role that decides what their word counts for.

import type { Principal } from '../kernel/principal.ts'
import type { Actor } from './events.ts'

/** Whoever sits at the machine, and whoever holds an admin key, counts as an owner; other keys are programs. */
export const actorOf = (principal: Principal): Actor => {
  const { kind, id, name } = principal
  if (kind === 'user') return { kind, id, name, role: principal.role }
  if (kind === 'local') return { kind, id, name, role: 'owner' }
  return { kind, id, name, role: principal.scopes.includes('admin') ? 'owner' : 'agent' }
}
