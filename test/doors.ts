// Every route of the server, what it is for, and who gets which answer: the one table that the test of roles holds
// the server to and that docs/reference/http.md is written from. A route that is not here fails the test.

import { ACCESS_DOORS } from './doors-access.ts'
import { ADVISOR_DOORS } from './doors-advisors.ts'
import { NOTICE_DOORS } from './doors-notices.ts'

export const WHO = [
  'none',
  'wrong',
  'ingest',
  'decide',
  'mcp',
  'admin',
  'local',
  'viewer',
  'marketer',
  'approver',
  'engineer',
  'owner',
] as const
export type Who = (typeof WHO)[number]

export type Door = {
  readonly says: string
  /** Who gets in; everybody else gets 401 without a known key or session, 403 with one. */
  readonly may: readonly Who[]
  /** The answer to who gets in, where it is not 200: what was asked for is not there, or not sound. */
  readonly then?: number
  /** The path to ask, where it has places to fill. */
  readonly path?: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  /** Called from pages of other sites by design: a cookie does not count there. */
  readonly crossSite?: true
  /** A cookie does not count here, and pages of other sites are refused. */
  readonly keysOnly?: true
  /** Left out of the OpenAPI document: pages, links from messages. */
  readonly hidden?: true
}

const OPEN = WHO
const BRINGS: readonly Who[] = ['ingest', 'admin', 'local']
const ASKS: readonly Who[] = ['decide', 'admin', 'local']
const LOOKS: readonly Who[] = ['mcp', 'admin', 'local', 'viewer', 'marketer', 'approver', 'engineer', 'owner']
const KNOWS_PEOPLE: readonly Who[] = ['admin', 'local', 'marketer', 'approver', 'engineer', 'owner']
const PROPOSES: readonly Who[] = ['mcp', 'admin', 'local', 'marketer', 'approver', 'engineer', 'owner']
const APPROVES: readonly Who[] = ['admin', 'local', 'approver', 'engineer', 'owner']
const BUILDS: readonly Who[] = ['admin', 'local', 'engineer', 'owner']
const SELF: readonly Who[] = ['viewer', 'marketer', 'approver', 'engineer', 'owner']

const user = { userId: 'role-user' }
const tracking = (says: string, body: object): Door => ({ says, may: BRINGS, body, crossSite: true })
const link = (says: string, path: string): Door => ({
  says,
  may: OPEN,
  then: 404,
  path,
  crossSite: true,
  hidden: true,
})
const page = (says: string): Door => ({ says, may: OPEN, hidden: true })

export const DOORS: Readonly<Record<string, Door>> = {
  'POST /v1/identify': tracking('Who somebody is: traits.', { ...user, traits: {} }),
  'POST /v1/track': tracking('What somebody did.', { ...user, event: 'Looked' }),
  'POST /v1/page': tracking('A page seen.', { ...user, name: 'Home' }),
  'POST /v1/screen': tracking('A screen of an app seen.', { ...user, name: 'Home' }),
  'POST /v1/group': tracking('Who belongs to what.', { ...user, groupId: 'g' }),
  'POST /v1/alias': tracking('Two ids are one person.', { ...user, previousId: 'p' }),
  'POST /v1/batch': tracking('Up to 2,500 of the above.', {
    batch: [{ type: 'track', userId: 'role-user', event: 'Looked' }],
  }),
  'POST /v1/decide': {
    says: 'What to show this person here and now.',
    may: ASKS,
    body: { placement: 'nowhere', ...user },
    crossSite: true,
  },
  'POST /v1/recommend': {
    says: 'Which products to show this person here and now.',
    may: ASKS,
    body: user,
    crossSite: true,
  },
  'POST /v1/report': {
    says: 'A bounce or complaint that a mail system learnt of later.',
    may: ASKS,
    then: 422,
    body: { decisionId: 'dec:none:x:p1', kind: 'bounced' },
    crossSite: true,
  },
  'GET /api/brief': { says: 'The figures of the console’s first page.', may: LOOKS },
  'GET /api/lift': { says: 'Treated against holdout, with its interval.', may: LOOKS },
  'GET /api/kpis': {
    says: 'The business’s figures: what they were, what is usual, what is expected, what was out of the usual.',
    may: LOOKS,
  },
  'GET /api/campaigns/{id}/forecast': {
    says: 'What a campaign will bring: its next run, or four weeks of one that waits for events.',
    may: LOOKS,
    then: 404,
    path: '/api/campaigns/none/forecast',
  },
  'GET /api/attribution': {
    says: 'Who was there before orders, by every method, beside what holdouts measured. `by`: `channel` or `campaign`; `touches`: `all` or `clicks`. Not causal.',
    may: LOOKS,
  },
  'GET /api/consents': {
    says: 'What people are asked to agree to, each wording with the version to record.',
    may: LOOKS,
  },
  'GET /api/campaigns/{id}/fairness': {
    says: 'Whom of which group a campaign treated, held, gave offers to and heard from.',
    may: KNOWS_PEOPLE,
    then: 404,
    path: '/api/campaigns/none/fairness?by=city',
  },
  'GET /api/segments': { says: 'Segments and their sizes.', may: LOOKS },
  'GET /api/models': {
    says: 'What is expected of people: each model with its card, or what it still needs.',
    may: LOOKS,
  },
  'GET /api/send-time': {
    says: 'When people answer: chances by weekday and hour with their evidence, and whether choosing the hour beats sending at once.',
    may: LOOKS,
  },
  'POST /api/models/train': {
    says: 'Has models learnt as soon as nothing else is; ask GET /api/models until `training` is false.',
    body: { keys: ['churn'] },
    may: APPROVES,
  },
  'GET /api/health': { says: 'What came in, by source and event, and what was wrong with it.', may: LOOKS },
  'GET /api/decisions': { says: 'Decisions, newest first; without names for who may not look.', may: LOOKS },
  'GET /api/decisions/{id}': {
    says: 'One decision whole: candidates, scores, rejections, delivery, outcome.',
    may: LOOKS,
    then: 404,
    path: '/api/decisions/none',
  },
  'GET /api/stream': { says: 'Server-sent events: the brief each second, decisions.', may: LOOKS },
  'GET /api/customers': { says: 'Finds people by name, address or id.', may: KNOWS_PEOPLE },
  'GET /api/customers/{id}': {
    says: 'One person: profile, consents, timeline.',
    may: KNOWS_PEOPLE,
    then: 404,
    path: '/api/customers/none',
  },
  'GET /api/customers/{id}/export': {
    says: 'All that is held on a person, as one document.',
    may: APPROVES,
    then: 404,
    path: '/api/customers/none/export',
  },
  'POST /api/customers/{id}/erase': {
    says: 'Destroys the keys of a person: nobody can read what the log held of them any more.',
    may: BUILDS,
    then: 404,
    path: '/api/customers/none/erase',
    body: { confirm: 'none' },
  },
  'GET /api/retention': {
    says: 'How long personal data is kept by class, how much is over, and when it goes.',
    may: LOOKS,
  },
  'POST /api/retention/run': {
    says: 'Lets personal data go whose time is over, now.',
    may: BUILDS,
    then: 200,
    path: '/api/retention/run',
  },
  'POST /api/customers/{id}/unmerge': {
    says: 'Takes a wrong merge apart.',
    may: KNOWS_PEOPLE,
    then: 422,
    path: '/api/customers/p1/unmerge',
    body: { leaving: [{ kind: 'email', value: 'nobody@shop.example' }] },
  },
  'GET /api/customers/{id}/recommendations': {
    says: 'What would be recommended to one person now.',
    may: KNOWS_PEOPLE,
    then: 404,
    path: '/api/customers/none/recommendations',
  },
  'GET /api/recommendations': {
    says: 'The recommender in service, its backtest, and what its lists brought.',
    may: LOOKS,
  },
  'POST /api/recommendations/train': {
    says: 'Trains recommendations now, in a worker.',
    may: APPROVES,
    then: 422,
  },
  ...ADVISOR_DOORS,
  'GET /api/audit/tip': { says: 'Where the chain of the log ends.', may: APPROVES },
  'GET /api/audit/acts': { says: 'Who did what, when and why, newest first.', may: APPROVES },
  'GET /api/audit/export': { says: 'Every act as CSV or NDJSON.', may: APPROVES },
  'POST /api/audit/anchor': {
    says: 'Signs the end of the chain and puts it under the anchors.',
    may: APPROVES,
    body: {},
  },
  'GET /api/stop': { says: 'What is stopped, and what waits.', may: LOOKS },
  'POST /api/stop': {
    says: 'STOP: whoever may look may stop.',
    may: LOOKS,
    body: { scope: 'campaign:none', reason: 'a test' },
  },
  'POST /api/resume': {
    says: 'Lets it go on; names the number of waiting messages that was seen.',
    may: APPROVES,
    body: { scope: 'campaign:none', waitingSeen: 0, seenUpTo: 1e9 },
  },
  'GET /api/plan': { says: 'The plan in force, as YAML.', may: LOOKS },
  'POST /api/plan': {
    says: 'Checks a plan (`dryRun`) and puts it in force, which asks for an approver.',
    may: PROPOSES,
    body: { yaml: '{}', dryRun: true },
  },
  'GET /api/proposals': { says: 'What waits for approval, sleeps, or is over.', may: LOOKS },
  'GET /api/proposals/{id}': {
    says: 'One proposal whole.',
    may: LOOKS,
    then: 404,
    path: '/api/proposals/P0',
  },
  'POST /api/proposals/{id}': {
    says: 'Answers it: approve, reject, snooze, answer, edit, undo.',
    may: APPROVES,
    then: 404,
    path: '/api/proposals/P0',
    body: { answer: 'approve' },
  },
  'GET /api/policy': { says: 'The governance section in force, and its history.', may: LOOKS },
  'POST /api/policy': {
    says: 'Checks another one, says what last week would have come to under it, puts it in force or before people.',
    may: PROPOSES,
    body: { yaml: '{}', dryRun: true },
  },
  'GET /api/guardrails': {
    says: 'Levels and what they have earned, ramps, limits and how often they bind.',
    may: LOOKS,
  },
  'POST /api/drill': {
    says: 'Tries STOP from each surface on a campaign that is not there, and says how long each took.',
    may: APPROVES,
  },
  'POST /api/autonomy': {
    says: 'Asks for the next level of a class, as a proposal.',
    may: PROPOSES,
    then: 422,
    body: { class: 'none' },
  },
  'GET /api/gate': {
    says: 'Which policy decides in each campaign, and what stands at the gate.',
    may: LOOKS,
  },
  'POST /api/gate/{campaign}': {
    says: 'Withdraws, overrides or proposes a challenger; the reason is recorded.',
    may: APPROVES,
    then: 422,
    path: '/api/gate/none',
    body: { act: 'withdraw', reason: 'a test' },
  },
  'POST /api/import': {
    says: 'What `windvane import` brings while a server runs.',
    may: BUILDS,
    body: { events: [] },
  },
  ...ACCESS_DOORS,
  ...NOTICE_DOORS,
  'GET /healthz': { says: 'The process answers.', may: OPEN },
  'GET /readyz': { says: 'It is restored and takes work: 200, else 503.', may: OPEN },
  'GET /metrics': { says: 'Figures in Prometheus’ text format.', may: OPEN },
  'GET /openapi.json': page('The document itself.'),
  'GET /': page('The console.'),
  'GET /u/:token': link('The page with the unsubscribe button. Changes nothing.', '/u/forged'),
  'POST /u/:token': link(
    'Unsubscribes: the button, or one click in the mail program (RFC 8058).',
    '/u/forged',
  ),
  'GET /c/:token': link('Counts a click and leads on to the signed address.', '/c/forged'),
  'GET /o/:token': link('Counts an opening; answers with a pixel.', '/o/forged'),
}

/** The answer somebody must get. */
export const expectedOf = ({ may, then = 200, crossSite, keysOnly }: Door, who: Who): number => {
  if (may.includes(who)) return then
  const noCookie = crossSite === true || keysOnly === true
  const nobody = who === 'none' || who === 'wrong' || (noCookie && SELF.includes(who))
  return nobody ? 401 : 403
}
