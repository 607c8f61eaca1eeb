// Who may do what, in one table: each permission with the least role of a person and the scopes of keys that
// have it. Routes name a permission; nothing else decides who may use them.

import { ROLES, type KeyScope, type Principal, type Role } from '../../kernel/principal.ts'

type Rule = {
  /** The least role that may; null: no person by signing in. */
  readonly role: Role | null
  /** Keys that may, beside those of scope `admin`. */
  readonly scopes?: readonly KeyScope[]
  /** What not even a key of scope `admin` may: who holds one could otherwise stay for good. */
  readonly notByKey?: true
}

/** A STOP lowers risk, so everybody may raise one; what raises risk asks for more. */
const RULES = {
  'signals.write': { role: null, scopes: ['ingest'] },
  'decisions.ask': { role: null, scopes: ['decide'] },
  'responses.report': { role: null, scopes: ['decide'] },
  'agents.use': { role: null, scopes: ['mcp'] },
  'figures.read': { role: 'viewer', scopes: ['mcp'] },
  'decisions.read': { role: 'viewer', scopes: ['mcp'] },
  'plan.read': { role: 'viewer', scopes: ['mcp'] },
  'proposals.read': { role: 'viewer', scopes: ['mcp'] },
  'policy.read': { role: 'viewer', scopes: ['mcp'] },
  'stop.raise': { role: 'viewer', scopes: ['mcp'] },
  'account.own': { role: 'viewer', notByKey: true },
  'people.read': { role: 'marketer' },
  'people.change': { role: 'marketer' },
  'plan.check': { role: 'marketer', scopes: ['mcp'] },
  'proposals.make': { role: 'marketer', scopes: ['mcp'] },
  'plan.apply': { role: 'approver' },
  'proposals.answer': { role: 'approver' },
  'models.train': { role: 'approver' },
  'stop.lift': { role: 'approver' },
  'audit.read': { role: 'approver' },
  'data.export': { role: 'approver' },
  'people.erase': { role: 'engineer' },
  'policy.change': { role: 'engineer' },
  'data.import': { role: 'engineer' },
  'users.manage': { role: 'owner', notByKey: true },
  'keys.manage': { role: 'owner', notByKey: true },
} as const satisfies Readonly<Record<string, Rule>>

export type Permission = keyof typeof RULES
export const PERMISSIONS = Object.keys(RULES) as readonly Permission[]

const ruleOf = (permission: Permission): Rule => RULES[permission]

export const roleMay = (role: Role, permission: Permission): boolean => {
  const least = ruleOf(permission).role
  return least !== null && ROLES.indexOf(role) >= ROLES.indexOf(least)
}

export const scopeMay = (scope: KeyScope, permission: Permission): boolean => {
  const { scopes = [], notByKey = false } = ruleOf(permission)
  return scope === 'admin' ? !notByKey : scopes.includes(scope)
}

/** Whether somebody may; the operator at the machine may everything, but has no account of their own. */
export const may = (principal: Principal, permission: Permission): boolean => {
  switch (principal.kind) {
    case 'local':
      return permission !== 'account.own'
    case 'user':
      return roleMay(principal.role, permission)
    case 'key':
      return principal.scopes.some((scope) => scopeMay(scope, permission))
  }
}

/** The roles and scopes that have a permission, for words to people. */
export const whoMay = (
  permission: Permission,
): { readonly roles: readonly Role[]; readonly scopes: readonly KeyScope[] } => ({
  roles: ROLES.filter((role) => roleMay(role, permission)),
  scopes: (['ingest', 'decide', 'mcp', 'admin'] as const).filter((scope) => scopeMay(scope, permission)),
})
