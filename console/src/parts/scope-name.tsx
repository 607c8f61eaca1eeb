// What a STOP covers, in words.

import { useLive } from './live-context.tsx'
import { useWords } from './words-context.tsx'

/** "Everything", "the channel e-mail", "the campaign Win-back". */
export function useScopeName(): (scope: string) => string {
  const { t, named } = useWords()
  const campaigns = useLive().brief?.campaigns ?? []
  return (scope) => {
    const [kind, id] = [scope.slice(0, scope.indexOf(':')), scope.slice(scope.indexOf(':') + 1)]
    if (kind === 'channel') return t('stop.what.channel', { channel: named('channel', id) })
    if (kind === 'campaign')
      return t('stop.what.campaign', {
        campaign: campaigns.find((known) => known.campaignId === id)?.name ?? id,
      })
    return t('stop.what.all')
  }
}
