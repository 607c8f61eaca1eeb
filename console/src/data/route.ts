// The page's address as data: which view, which object, which filters. Deep links and the browser's
// back button work because the address is the only place where this is kept.

export type View =
  | 'brief'
  | 'approvals'
  | 'guardrails'
  | 'decisions'
  | 'customers'
  | 'models'
  | 'impact'
  | 'money'
  | 'kpis'
  | 'attribution'
  | 'recommendations'
  | 'brand'
  | 'campaigns'
  | 'audit'
  | 'privacy'
  | 'health'
  | 'settings'
export type Route = { readonly view: View | 'unknown'; readonly id: string | null }

/** The views as the navigation lists them: what happens, whom it touches, what it is worth, what is set, how it runs. */
export const VIEW_GROUPS = [
  { group: 'now', views: ['brief', 'approvals', 'decisions', 'brand'] },
  { group: 'people', views: ['customers', 'models', 'recommendations'] },
  { group: 'worth', views: ['impact', 'money', 'kpis', 'attribution'] },
  { group: 'plan', views: ['campaigns', 'guardrails'] },
  { group: 'system', views: ['health', 'audit', 'privacy', 'settings'] },
] as const satisfies readonly { readonly group: string; readonly views: readonly View[] }[]
export const VIEWS: readonly View[] = VIEW_GROUPS.flatMap(({ views }) => [...views])
/** At the thumb on a phone; the others are one tap further. */
export const PHONE_VIEWS: readonly View[] = ['brief', 'approvals', 'decisions', 'customers']
/** First part of the address of each view. */
const ADDRESSES: Readonly<Record<View, string>> = {
  brief: '',
  approvals: 'approvals',
  guardrails: 'guardrails',
  decisions: 'decisions',
  customers: 'customers',
  models: 'models',
  impact: 'impact',
  kpis: 'kpis',
  attribution: 'attribution',
  recommendations: 'recommendations',
  brand: 'brand',
  money: 'money',
  campaigns: 'plan',
  audit: 'audit',
  privacy: 'privacy',
  health: 'health',
  settings: 'settings',
}
const WITH_OBJECT: ReadonlySet<string> = new Set(['approvals', 'decisions', 'customers'])

/** @example parseRoute('/decisions/dec:1') // { view: 'decisions', id: 'dec:1' } */
export function parseRoute(pathname: string): Route {
  const [first = '', second, ...more] = pathname.split('/').filter((part) => part !== '')
  const view = VIEWS.find((known) => ADDRESSES[known] === first || known === first)
  if (view === undefined || more.length > 0 || (second !== undefined && !WITH_OBJECT.has(view)))
    return { view: 'unknown', id: null }
  return { view, id: second === undefined ? null : decode(second) }
}

/** @example pathOf('customers', 'p 1') // '/customers/p%201' */
export function pathOf(view: View, id: string | null = null): string {
  const base = `/${ADDRESSES[view]}`
  return id === null ? base : `${base}/${encodeURIComponent(id)}`
}

const listeners = new Set<() => void>()

export function subscribeRoute(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    removeEventListener('popstate', listener)
  }
}

/** Where the page is now: path and query in one string, so that a change of either is a change. */
export function readAddress(): string {
  return location.pathname + location.search
}

export function go(address: string, how: 'push' | 'replace' = 'push'): void {
  if (address === readAddress()) return
  if (how === 'push') history.pushState(null, '', address)
  else history.replaceState(null, '', address)
  for (const listener of listeners) listener()
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // Somebody typed a lone percent sign: look for exactly that.
    return part
  }
}
