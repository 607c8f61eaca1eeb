// Whom an installation may write to at all: a test system to nobody but its list, whatever the channel,
// the campaign or the plan.

import type { MayReach } from '../stages/permit.ts'
import type { Config } from './config.ts'

/** Undefined in production: everybody whom the guardrail lets through. */
export const mayReachOf = ({
  environment,
  allowlist,
}: Pick<Config, 'environment' | 'allowlist'>): MayReach | undefined => {
  if (environment === 'production') return undefined
  const addresses = new Set(allowlist.map((entry) => entry.trim().toLowerCase()))
  return (channel, address) => {
    if (channel === 'webhook') return addresses.has('webhook')
    const wanted = address.trim().toLowerCase()
    const domain = wanted.slice(wanted.lastIndexOf('@'))
    return addresses.has(wanted) || (domain.startsWith('@') && addresses.has(domain))
  }
}
