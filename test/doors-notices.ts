// Routes of notices and of what comes back from them, in the table of test/doors.ts.

import type { Door, Who } from './doors.ts'

const LOOKS: readonly Who[] = ['mcp', 'admin', 'local', 'viewer', 'marketer', 'approver', 'engineer', 'owner']
const APPROVES: readonly Who[] = ['admin', 'local', 'approver', 'engineer', 'owner']
const OWNS: readonly Who[] = ['local', 'owner']
const SELF: readonly Who[] = ['viewer', 'marketer', 'approver', 'engineer', 'owner']
const EVERYBODY: readonly Who[] = ['none', 'wrong', 'ingest', 'decide', ...LOOKS]

export const NOTICE_DOORS: Readonly<Record<string, Door>> = {
  'GET /api/notices': {
    says: 'Who was told what outside the console, and whom it would call now.',
    may: LOOKS,
  },
  'POST /api/notices/{id}/ack': {
    says: 'Takes a notice on: nobody else is called for it.',
    may: APPROVES,
    then: 404,
    path: '/api/notices/n0/ack',
    body: {},
  },
  'POST /api/notices/test': {
    says: 'Sends a test to somebody by one way.',
    may: OWNS,
    then: 422,
    body: { user: 'nobody', way: 'mail' },
  },
  'GET /api/account/notices': { says: 'One’s own ways of being told.', may: SELF },
  'POST /api/account/notices': {
    says: 'Chooses them: ways in their order, quiet hours, the daily brief.',
    may: SELF,
    body: { ways: ['mail'], quiet: null, briefHour: null },
  },
  'POST /api/account/notices/test': {
    says: 'Sends oneself a test.',
    may: SELF,
    then: 422,
    body: { way: 'mail' },
  },
  'POST /api/account/notices/telegram': {
    says: 'A code that connects an account in Telegram with oneself, once, within ten minutes.',
    may: SELF,
    then: 422,
    body: {},
  },
  'POST /api/account/notices/telegram/off': { says: 'Takes that back.', may: SELF, body: {} },
  'POST /v1/notices/answer': {
    says: 'What the webhook of notices answers: signed by its secret, with the token of the notice.',
    may: EVERYBODY,
    then: 401,
    body: { token: 'none', answer: 'approve' },
    crossSite: true,
  },
  'GET /a/:token': {
    says: 'Leads a notice’s link to its proposal, which asks for a login. Changes nothing.',
    may: EVERYBODY,
    then: 404,
    path: '/a/forged',
    crossSite: true,
    hidden: true,
  },
}
