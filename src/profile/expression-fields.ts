// The profile as rules see it.

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
