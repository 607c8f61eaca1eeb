// What a STOP covers, as people write it. Stands alone, so that a command that stops has little to load.

import type { StopScope } from '../guardrail/events.ts'
import { Failure } from '../kernel/failure.ts'

/** `all`, `channel:email`, `campaign:winback`. */
export const spellScope = (scope: StopScope): string => {
  switch (scope.kind) {
    case 'all':
      return 'all'
    case 'channel':
      return `channel:${scope.channel}`
    case 'campaign':
      return `campaign:${scope.campaignId}`
  }
}

const CHANNELS = ['email', 'push', 'sms', 'messenger', 'onsite', 'webhook'] as const

/** Reads what {@link spellScope} writes. Throws Failure `stop.scope_unknown`. */
export const readScope = (text: string): StopScope => {
  if (text === 'all') return { kind: 'all' }
  const channel = CHANNELS.find((name) => text === `channel:${name}`)
  if (channel !== undefined) return { kind: 'channel', channel }
  if (text.startsWith('campaign:') && text.length > 9) return { kind: 'campaign', campaignId: text.slice(9) }
  throw new Failure({
    code: 'stop.scope_unknown',
    message: `There is no such scope: ${text.slice(0, 100)}`,
    hint: `Say all, channel:<${CHANNELS.join('|')}> or campaign:<id>.`,
  })
}
