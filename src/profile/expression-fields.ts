// The profile, and what models expect of the person, as rules see them.

import type { CelFields } from '../kernel/cel.ts'

export const PROFILE_FIELDS = {
  id: 'string',
  timeZone: 'string',
  locale: 'string',
  identifiers: 'list<map<string, dyn>>',
  traits: 'map<string, dyn>',
  consents: 'list<map<string, dyn>>',
  features: {
    daysSinceFirstSeen: 'double',
    daysSinceLastSeen: 'double',
    daysSinceLastOrder: 'double',
    daysSinceLastCart: 'double',
    daysSinceLastSend: 'double',
    orders: 'double',
    revenue: 'double',
    averageOrder: 'double',
    events: 'double',
    activity7d: 'double',
    views7d: 'double',
    carts7d: 'double',
    activity60d: 'double',
    orders60d: 'double',
    sends7d: 'double',
    sends1d: 'double',
    usualHour: 'double',
    usualWeekday: 'double',
    topCategory: 'string',
    categories: 'map<string, double>',
    channels: 'map<string, map<string, double>>',
  },
  segments: 'list<string>',
  unsettled: 'bool',
} as const satisfies CelFields

/** How the person sounded in what they wrote; what nobody read is absent. */
export const TONE_FIELDS = {
  count: 'double',
  latest: 'double',
  mean: 'double',
  sentiment: 'string',
  confidence: 'double',
  emotion: 'string',
  language: 'string',
  version: 'string',
  daysSinceLast: 'double',
  daysSinceNegative: 'double',
} as const satisfies CelFields

/** What a model cannot say is absent. */
export const SCORE_FIELDS = {
  churn: 'double',
  purchase: 'double',
  value: 'double',
  alive: 'double',
  orders: 'double',
  orderValue: 'double',
  nextOrderDays: 'double',
  versions: { churn: 'string', purchase: 'string', value: 'string' },
  ageDays: { churn: 'double', purchase: 'double', value: 'double' },
} as const satisfies CelFields
