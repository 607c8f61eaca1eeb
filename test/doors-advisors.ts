// The doors of ad money and the brand watch; part of the one table in doors.ts.

import type { Door, Who } from './doors.ts'

const BRINGS: readonly Who[] = ['ingest', 'admin', 'local']
const BUILDS: readonly Who[] = ['admin', 'local', 'engineer', 'owner']
const LOOKS: readonly Who[] = ['mcp', 'admin', 'local', 'viewer', 'marketer', 'approver', 'engineer', 'owner']
const PROPOSES: readonly Who[] = ['mcp', 'admin', 'local', 'marketer', 'approver', 'engineer', 'owner']
const APPROVES: readonly Who[] = ['admin', 'local', 'approver', 'engineer', 'owner']

const GEO_ASK = {
  lineId: 'none',
  mode: 'off',
  testDays: 28,
  oneOf: 2,
  rows: [{ region: 'a', date: '2026-01-01', value: 1 }],
}

export const ADVISOR_DOORS: Readonly<Record<string, Door>> = {
  'GET /api/money': {
    says: 'Ad money: what it costs and may cost, what each line brings, what was moved.',
    may: LOOKS,
  },
  'POST /api/money/close-incident': {
    says: 'Says that a person has seen an incident of ad money.',
    may: APPROVES,
    then: 404,
    body: { incidentId: 'none' },
  },
  'POST /api/money/experiments/design': {
    says: 'Designs an experiment over regions: who is treated, what it can tell. Nothing begins.',
    may: PROPOSES,
    then: 422,
    body: GEO_ASK,
  },
  'POST /api/money/experiments': {
    says: 'Begins an experiment over regions.',
    may: APPROVES,
    then: 422,
    body: GEO_ASK,
  },
  'POST /api/money/experiments/{experimentId}/read': {
    says: 'Reads an experiment that is over: its result pins the line’s curve.',
    may: APPROVES,
    then: 422,
    path: '/api/money/experiments/none/read',
    body: { rows: [{ region: 'a', date: '2026-01-01', value: 1 }] },
  },
  'POST /api/money/experiments/{experimentId}/drop': {
    says: 'Ends an experiment over regions without a result.',
    may: APPROVES,
    then: 422,
    path: '/api/money/experiments/none/drop',
    body: { reason: 'a strike' },
  },
  'GET /api/brand': {
    says: 'What is said of the business: who stands out, incidents and what playbooks did, mentions, holds.',
    may: LOOKS,
  },
  'GET /api/brand/mentions': {
    says: 'What was said of one name, with a phrase, or while an incident went on.',
    may: LOOKS,
    path: '/api/brand/mentions?entity=none',
  },
  'GET /api/brand/dry-run': {
    says: 'What a playbook would do if it began now.',
    may: LOOKS,
    then: 404,
    path: '/api/brand/dry-run?playbook=none',
  },
  'POST /api/brand/incidents/act': {
    says: 'Takes an incident over, notes, stands it down, ends it, or takes one step back.',
    may: APPROVES,
    then: 404,
    body: { incidentId: 'none', act: 'own' },
  },
  'POST /api/brand/mute': {
    says: 'Calls nobody about this for so many days; it takes more from then on.',
    may: APPROVES,
    then: 404,
    body: { entity: 'none', days: 1 },
  },
  'POST /api/brand/correct': {
    says: 'Says how a mention is really meant; the tone is learnt from it.',
    may: APPROVES,
    then: 404,
    body: { key: 'none', entity: 'none', tone: 0 },
  },
  'POST /api/brand/drill': {
    says: 'Tries a playbook: calls whom it calls, holds nothing.',
    may: APPROVES,
    then: 404,
    body: { playbook: 'none' },
  },
  'POST /v1/mentions': {
    says: 'Reviews, tickets and posts from systems that push; read for names, tone and risk.',
    may: BRINGS,
    then: 404,
    body: { source: 'none', mentions: [{ id: '1', text: 'hello' }] },
    crossSite: true,
  },
  'POST /v1/mentions/{source}': {
    says: 'The same in the sender’s own format, by the source’s mapping; with a key, or signed with the source’s secret.',
    may: BRINGS,
    then: 404,
    path: '/v1/mentions/none',
    body: { id: '1', text: 'hello' },
    crossSite: true,
  },
  'POST /api/import/reviews': {
    says: 'Reviews, answers and tickets that `windvane import` brings while a server runs.',
    may: BUILDS,
    then: 404,
    body: { source: 'none', mentions: [{ id: '1', text: 'hello' }] },
  },
}
