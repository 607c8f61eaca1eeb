// Turns the brand watch: holds, incidents and playbooks several times a second, sources when they may be asked. A source
// that does not answer holds nobody up.

import { setTimeout as sleep } from 'node:timers/promises'
import { shippedTone } from '../brand/index.ts'
import { SOURCE_FAILED, SOURCE_RECOVERED, type SourceSpec } from '../brand/events.ts'
import { createPoller, type Poller, type PollerPorts } from '../connect/index.ts'
import { createVettedFetch } from '../outbound/index.ts'
import { isFailure, messageOf } from '../kernel/failure.ts'
import { canonicalJson } from '../kernel/json.ts'
import type { Loop } from '../loop.ts'
import { alarmsOf, wordsIn } from '../stages/brand/alarms.ts'
import { brandTurn } from '../stages/brand/brand-turn.ts'
import { createHearing, type Hearing } from '../stages/brand/hearing.ts'
import { toneTurn } from '../stages/brand/tone-learning.ts'
import type { BrandPost } from '../stages/brand/post.ts'
import { createBrandPost, type BrandPostPorts } from './brand-post.ts'

const TURN_MS = 200
const TROUBLE_MS = 1_000

export type BrandParts = BrandWheel & { readonly post: BrandPost }

/** The way out for its words, and the wheel, for an installation with these settings. */
export const startBrand = ({
  loop,
  config,
  publicUrl,
  mentionHosts,
  isKnown,
  report,
}: {
  readonly loop: Loop
  readonly config: BrandPostPorts['config']
  /** Who is told as a user, with escalation, needs no word of the playbook's own. */
  readonly isKnown: (word: string) => boolean
  readonly publicUrl: () => string
  readonly mentionHosts?: PollerPorts['hosts']
  readonly report: (error: unknown, where: string) => void
}): BrandParts => {
  const { state } = loop
  const { post, close } = createBrandPost({
    config,
    webhook: () => state.brand.spec?.webhook ?? '',
    locale: () => state.business.locale,
    publicUrl,
    isKnown,
    isFenced: () => state.guardrail.pauses.restored !== null && state.guardrail.stops.has('all'),
  })
  const { hostsAllowed, vkToken, redditToken } = config.brand
  const { hearing, stop } = startBrandWheel({
    loop,
    post,
    sources: {
      fetch: createVettedFetch({ hostsAllowed, redirectsMax: 3 }),
      tokens: { vk: vkToken, reddit: redditToken },
      ...(mentionHosts === undefined ? {} : { hosts: mentionHosts }),
    },
    report,
  })
  return {
    post,
    hearing,
    stop: async () => {
      await stop()
      close()
    },
  }
}

export type BrandWheel = { readonly hearing: Hearing; readonly stop: () => Promise<void> }

export const startBrandWheel = (about: {
  readonly loop: Loop
  readonly post: BrandPost
  readonly sources: Pick<PollerPorts, 'fetch' | 'tokens' | 'hosts'>
  readonly report: (error: unknown, where: string) => void
}): BrandWheel => {
  const { loop, post, report } = about
  const { state, ctx } = loop
  const hearing = createHearing(loop)
  const models = shippedTone()
  hearing.useModels(models)
  const calls = new Set<Promise<void>>()
  const beside = (call: Promise<void>): void => {
    const kept = call
      .catch((error: unknown) => report(error, 'the brand watch'))
      .finally(() => calls.delete(kept))
    calls.add(kept)
  }
  const pollers = createPollers({ ...about.sources, now: ctx.now })
  const turnOnce = async (): Promise<void> => {
    await brandTurn({ loop, post, wordsIn, beside, alarms: (now) => alarmsOf(state.brand, now) })
    await toneTurn(loop, models)
    for (const { source, poller } of pollers.due(state.brand.spec?.sources ?? []))
      beside(pollOne({ loop, hearing, source, poller }).finally(() => pollers.done(source.id)))
  }
  let running = true
  const run = async (): Promise<void> => {
    let isTroubled = false
    while (running) {
      try {
        if (state.brand.spec !== null || state.brand.incidents.open.size > 0) await turnOnce()
        isTroubled = false
        await sleep(TURN_MS)
      } catch (error) {
        // The log takes nothing: told once, tried again. A bug of ours ends the wheel, and says so.
        if (!isFailure(error)) throw error
        if (!isTroubled) report(error, 'the brand watch')
        isTroubled = true
        await sleep(TROUBLE_MS)
      }
    }
  }
  const done = run().catch((error: unknown) => {
    report(error, 'the brand watch')
    process.exitCode = 70
    process.kill(process.pid, 'SIGTERM')
  })
  return {
    hearing,
    stop: async () => {
      running = false
      await done
      await Promise.all(calls)
    },
  }
}

type Due = { readonly source: SourceSpec; readonly poller: Poller }

/** One poller a source, made anew when the plan changes it; none is asked twice at once. */
const createPollers = (ports: PollerPorts) => {
  const known = new Map<string, { readonly spelt: string; readonly poller: Poller }>()
  const underWay = new Set<string>()
  return {
    due: (sources: readonly SourceSpec[]): readonly Due[] =>
      sources.flatMap((source): readonly Due[] => {
        if (source.kind === 'push' || underWay.has(source.id)) return []
        const spelt = canonicalJson(source)
        let has = known.get(source.id)
        if (has?.spelt !== spelt) {
          has = { spelt, poller: createPoller({ ...source, kind: source.kind }, ports) }
          known.set(source.id, has)
        }
        if (ports.now() < has.poller.nextAt()) return []
        underWay.add(source.id)
        return [{ source, poller: has.poller }]
      }),
    done: (id: string): void => {
      underWay.delete(id)
    },
  }
}

/** What it says goes on record; that it fails, and that it works again, is told once each. */
const pollOne = async ({
  loop,
  hearing,
  source,
  poller,
}: Due & { readonly loop: Loop; readonly hearing: Hearing }): Promise<void> => {
  const { state, ctx } = loop
  const say = async (type: string, data: object): Promise<void> => {
    await loop.record([{ id: ctx.newId(), type, key: source.id, at: ctx.now(), data }])
  }
  const isTroubled = (state.brand.sources.get(source.id)?.trouble ?? '') !== ''
  try {
    const found = await poller.poll()
    if (isTroubled) await say(SOURCE_RECOVERED, { source: source.id })
    await hearing.hear(source.id, found)
  } catch (error) {
    if (!isFailure(error)) throw error
    if (!isTroubled) await say(SOURCE_FAILED, { source: source.id, message: messageOf(error) })
  }
}
