// Paths of the API as the contract has them. Written out here, because importing the contract's values
// would bring its schema library into the page; a test holds both together.

export const PATHS = {
  brief: '/api/brief',
  decisions: '/api/decisions',
  decision: '/api/decisions/:id',
  lift: '/api/lift',
  kpis: '/api/kpis',
  customers: '/api/customers',
  customer: '/api/customers/:id',
  unmerge: '/api/customers/:id/unmerge',
  segments: '/api/segments',
  health: '/api/health',
  stop: '/api/stop',
  resume: '/api/resume',
  stopState: '/api/stop',
  plan: '/api/plan',
  applyPlan: '/api/plan',
  stream: '/api/stream',
} as const
