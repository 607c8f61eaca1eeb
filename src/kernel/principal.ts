// Who did it: a person, a machine with a key, or whoever sits at the machine itself. Attached to each request and
// named by each fact that somebody caused.

/** What a person may be, each more than the one before it. */
export const ROLES = ['viewer', 'marketer', 'approver', 'engineer', 'owner'] as const
export type Role = (typeof ROLES)[number]

/** What a key may be made for; one key may have several. */
export const KEY_SCOPES = ['ingest', 'decide', 'admin', 'mcp'] as const
export type KeyScope = (typeof KEY_SCOPES)[number]

export type Principal =
  | { readonly kind: 'user'; readonly id: string; readonly name: string; readonly role: Role }
  | {
      readonly kind: 'key'
      readonly id: string
      readonly name: string
      readonly scopes: readonly KeyScope[]
    }
  | { readonly kind: 'local'; readonly id: 'local'; readonly name: 'local operator' }

/** Who runs a command on the machine: may read the data folder, and so may do everything. */
export const LOCAL_OPERATOR: Principal = { kind: 'local', id: 'local', name: 'local operator' }

/**
 * How facts name somebody in their `by`: readable years later, and exact by its id.
 * @example spellPrincipal({ kind: 'user', id: 'u4k', name: 'Anna', role: 'owner' }) // 'Anna (user u4k)'
 */
export const spellPrincipal = (principal: Principal): string =>
  principal.kind === 'local' ? principal.name : `${principal.name} (${principal.kind} ${principal.id})`
