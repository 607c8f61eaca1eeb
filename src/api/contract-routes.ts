// Every address that the console asks. Part of `contract.ts`.

import { ACCESS_ROUTES } from './contract-access.ts'
import { AUDIT_ROUTES } from './contract-audit.ts'
import { BRAND_ROUTES } from './contract-brand.ts'
import { GOVERNANCE_ROUTES } from './contract-governance.ts'
import { MODEL_ROUTES } from './contract-models.ts'
import { NOTICE_ROUTES } from './contract-notices.ts'
import { PRIVACY_ROUTES } from './contract-privacy.ts'
import { STOP_ROUTES } from './contract-stop.ts'

/** Every route of the console's API; `lang=en|ru` picks the language of sentences. */
export const ROUTES = {
  ...ACCESS_ROUTES,
  brief: { method: 'GET', path: '/api/brief' },
  decisions: {
    method: 'GET',
    path: '/api/decisions',
    query: ['before', 'campaign', 'verdict', 'profile', 'limit'],
  },
  decision: { method: 'GET', path: '/api/decisions/:id' },
  lift: { method: 'GET', path: '/api/lift', query: ['campaign'] },
  kpis: { method: 'GET', path: '/api/kpis' },
  campaignForecast: { method: 'GET', path: '/api/campaigns/:id/forecast' },
  attribution: { method: 'GET', path: '/api/attribution', query: ['by', 'touches'] },
  customers: { method: 'GET', path: '/api/customers', query: ['q', 'limit'] },
  customer: { method: 'GET', path: '/api/customers/:id' },
  unmerge: { method: 'POST', path: '/api/customers/:id/unmerge' },
  ...PRIVACY_ROUTES,
  segments: { method: 'GET', path: '/api/segments' },
  ...MODEL_ROUTES,
  health: { method: 'GET', path: '/api/health' },
  ...NOTICE_ROUTES,
  ...STOP_ROUTES,
  plan: { method: 'GET', path: '/api/plan' },
  applyPlan: { method: 'POST', path: '/api/plan' },
  gate: { method: 'GET', path: '/api/gate', query: ['campaign'] },
  actAtGate: { method: 'POST', path: '/api/gate/:campaign' },
  recommendations: { method: 'GET', path: '/api/recommendations' },
  customerRecommendations: { method: 'GET', path: '/api/customers/:id/recommendations' },
  trainRecommender: { method: 'POST', path: '/api/recommendations/train' },
  money: { method: 'GET', path: '/api/money' },
  experiments: { method: 'POST', path: '/api/money/experiments' },
  closeIncident: { method: 'POST', path: '/api/money/close-incident' },
  ...BRAND_ROUTES,
  ...AUDIT_ROUTES,
  stream: { method: 'GET', path: '/api/stream' },
  ...GOVERNANCE_ROUTES,
} as const
