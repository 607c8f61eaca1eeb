// The doors of signing in, accounts, users, keys, and of agents; part of the one table in doors.ts.

import type { Door, Who } from './doors.ts'

const SELF: readonly Who[] = ['viewer', 'marketer', 'approver', 'engineer', 'owner']
const OPEN: readonly Who[] = ['none', 'wrong', 'ingest', 'decide', 'mcp', 'admin', 'local', ...SELF]
const OWNS: readonly Who[] = ['local', 'owner']
const AGENTS: readonly Who[] = ['mcp', 'admin', 'local']
const TOKEN = 'a-link-that-was-never-given'

export const ACCESS_DOORS: Readonly<Record<string, Door>> = {
  'GET /api/session': { says: 'Who is signed in, what they may, how one can sign in.', may: OPEN },
  'POST /api/session': {
    says: 'Signs in: a cookie. 401 `auth.second_factor` asks for the code; 429 makes guessing slow.',
    may: OPEN,
    then: 401,
    body: { email: 'nobody@shop.example', password: 'not this one' },
  },
  'POST /api/session/end': { says: 'Signs out.', may: OPEN, body: {} },
  'GET /api/session/oidc/{id}': {
    says: 'Leads to an identity provider.',
    may: OPEN,
    then: 404,
    path: '/api/session/oidc/none',
  },
  'GET /api/session/oidc/{id}/back': {
    says: 'Where it leads back to.',
    may: OPEN,
    then: 404,
    path: '/api/session/oidc/none/back',
  },
  'POST /api/welcome/look': {
    says: 'Whom a link is for: the first owner, an invitation, a new password.',
    may: OPEN,
    then: 404,
    body: { token: TOKEN },
  },
  'POST /api/welcome': {
    says: 'Uses the link up: a password is chosen, the person is in.',
    may: OPEN,
    then: 404,
    body: { token: TOKEN, password: 'four words that do not fit' },
  },
  'GET /api/account': { says: 'One’s own account and sessions.', may: SELF },
  'POST /api/account/password': {
    says: 'Another password; ends the other sessions.',
    may: SELF,
    then: 422,
    body: { current: 'not the present one', next: 'four words that do not fit' },
  },
  'POST /api/account/totp': {
    says: 'Begins a second factor: its secret.',
    may: SELF,
    then: 422,
    body: { password: 'not the present one' },
  },
  'POST /api/account/totp/on': {
    says: 'Switches it on with a first code; the recovery codes, this once.',
    may: SELF,
    then: 422,
    body: { code: '000000' },
  },
  'POST /api/account/totp/off': {
    says: 'Switches it off.',
    may: SELF,
    then: 422,
    body: { password: 'not the present one', code: '000000' },
  },
  'POST /api/account/recovery': {
    says: 'New recovery codes.',
    may: SELF,
    then: 422,
    body: { password: 'not the present one' },
  },
  'POST /api/account/sessions/end': {
    says: 'Ends one of one’s own sessions, or all others.',
    may: SELF,
    body: { session: 'none' },
  },
  'GET /api/users': { says: 'Everybody who may sign in.', may: OWNS },
  'POST /api/users': {
    says: 'Invites somebody: a link that works once.',
    may: OWNS,
    then: 422,
    body: { email: 'no address', role: 'viewer' },
  },
  'POST /api/users/{id}/role': {
    says: 'Gives somebody another role.',
    may: OWNS,
    then: 404,
    path: '/api/users/none/role',
    body: { role: 'viewer' },
  },
  'POST /api/users/{id}/standing': {
    says: 'Closes an account, or opens it again.',
    may: OWNS,
    then: 404,
    path: '/api/users/none/standing',
    body: { standing: 'disabled' },
  },
  'POST /api/users/{id}/reset': {
    says: 'A link to choose a new password.',
    may: OWNS,
    then: 404,
    path: '/api/users/none/reset',
    body: {},
  },
  'GET /api/keys': { says: 'All keys, without what opens.', may: OWNS },
  'POST /api/keys': {
    says: 'Makes a key, shown this once.',
    may: OWNS,
    body: { name: 'of a test', scopes: ['ingest'] },
  },
  'POST /api/keys/{id}/rotate': {
    says: 'A new key in its place; the old one opens a while longer.',
    may: OWNS,
    then: 404,
    path: '/api/keys/none/rotate',
    body: { overlapHours: 1 },
  },
  'POST /api/keys/{id}/revoke': {
    says: 'A key opens nothing any more.',
    may: OWNS,
    then: 404,
    path: '/api/keys/none/revoke',
    body: {},
  },
  'POST /mcp': {
    says: 'One message of the Model Context Protocol; see docs/mcp.md.',
    may: AGENTS,
    body: { jsonrpc: '2.0', id: 1, method: 'ping' },
    headers: { accept: 'application/json, text/event-stream' },
    keysOnly: true,
    hidden: true,
  },
  'GET /mcp': {
    says: 'There are no sessions to listen to: 405.',
    may: AGENTS,
    then: 405,
    keysOnly: true,
    hidden: true,
  },
  'DELETE /mcp': {
    says: 'There are no sessions to end: 405.',
    may: AGENTS,
    then: 405,
    keysOnly: true,
    hidden: true,
  },
}
