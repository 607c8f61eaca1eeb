// The anchors of a running system, as its settings want them: where they are written, where posted.

import type { ChainTip } from '../../log/index.ts'
import { createWebhookChannel, type Channel } from '../../delivery/index.ts'
import { asCampaignId, asCreativeId, asDecisionId, asProfileId } from '../../kernel/ids.ts'
import type { Config } from '../config.ts'
import type { Keyring } from '../keys.ts'
import { createAnchorSigner } from './anchor.ts'
import { anchorFile, createAnchorKeeper, type AnchorKeeper } from './anchor-keeper.ts'

export type OpenAnchors = AnchorKeeper & { readonly close: () => Promise<void> }

export const openAnchors = ({
  dir,
  config,
  keys,
  tip,
  epoch,
  report,
}: {
  readonly dir: string
  readonly config: Pick<Config, 'audit'>
  readonly keys: Pick<Keyring, 'anchorKey'>
  readonly tip: () => ChainTip
  readonly epoch: () => number
  readonly report: (error: unknown, where: string) => void
}): OpenAnchors => {
  const { audit } = config
  const post = audit.webhookUrl === '' ? null : createPost(audit, report)
  const keeper = createAnchorKeeper({
    path: anchorFile(audit.anchorPath, dir),
    signer: createAnchorSigner(keys.anchorKey),
    tip,
    epoch,
    // Real time: the product's clock may run fast.
    now: () => Date.now(),
    everyRecords: audit.anchorEveryRecords,
    everyMs: audit.anchorEverySeconds * 1_000,
    report,
    ...(post === null ? {} : { onAnchor: post.maybe }),
  })
  return { ...keeper, close: async () => post?.close() }
}

/** Posts the latest anchor now and then. One that is not taken is told; the next one says all that it said. */
const createPost = (audit: Config['audit'], report: (error: unknown, where: string) => void) => {
  const channel: Channel = createWebhookChannel({
    url: audit.webhookUrl,
    secret: audit.webhookSecret,
    hostsAllowed: audit.webhookHostsAllowed,
  })
  let lastAt = Number.NEGATIVE_INFINITY
  const send = async (line: string, at: number): Promise<void> => {
    const result = await channel.send(
      {
        decisionId: asDecisionId(`anchor-${at}`),
        campaignId: asCampaignId('audit'),
        profileId: asProfileId(''),
        creativeId: asCreativeId('anchor'),
        channel: 'webhook',
        messageId: `anchor-${at}`,
        to: '',
        content: { kind: 'json', body: { anchor: line } },
        at,
      },
      () => [],
    )
    if (result.kind !== 'sent')
      report(`the anchor was not taken: ${JSON.stringify(result)}`, 'anchor webhook')
  }
  return {
    maybe: (line: string): void => {
      const at = Date.now()
      if (at - lastAt < audit.webhookEverySeconds * 1_000) return
      lastAt = at
      void send(line, at)
    },
    close: async () => channel.close(),
  }
}
