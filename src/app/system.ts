// Windvane put together and running: log opened, state restored, loop turning, doors open.

import { statfsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ctx } from '../kernel/ctx.ts'
import { messageOf } from '../kernel/failure.ts'
import type { DecisionId } from '../kernel/ids.ts'
import {
  createEmailChannel,
  createLinkSigner,
  createRenderer,
  createWebhookChannel,
  type AdPlatform,
  type Channel,
  type LinkSigner,
  type Renderer,
} from '../delivery/index.ts'
import type { OutsideStops } from '../guardrail/index.ts'
import type { ChannelName } from '../profile/events.ts'
import type { ProfileRef } from '../profile/index.ts'
import type { SystemStarted } from '../guardrail/events.ts'
import type { Loop } from '../loop.ts'
import type { PollerPorts } from '../connect/index.ts'
import type { Hearing } from '../stages/brand/hearing.ts'
import { createCourier, type Courier, type CourierPorts } from '../stages/courier.ts'
import { createGovernor, type Governor } from '../stages/governor.ts'
import { answerPlacement, type PlacementAnswer, type PlacementQuestion } from '../stages/placement.ts'
import {
  answerRecommendation,
  recommendForDecision,
  type RecommendAnswer,
  type RecommendQuestion,
} from '../stages/recommendation.ts'
import type { AddressHash } from '../stages/recipient.ts'
import { erasePerson, resumeErasures, type Erasure } from '../stages/erasing.ts'
import { resumeExpiry, type ExpiryParts } from '../stages/expiring.ts'
import { erasurePartsOf, ledgerOf } from './erasures/erasure-parts.ts'
import { ledgerCopy } from './erasures/ledger-file.ts'
import { resumeUnmerges } from '../stages/unmerge.ts'
import { addressHash } from './address-hash.ts'
import { closeAudit, openAudit, type SystemAudit } from './audit/system-audit.ts'
import { startBrand } from './brand-wheel.ts'
import type { Config } from './config.ts'
import type { Keyring } from './keys.ts'
import { createKpiClock, type KpiClock } from './kpi-clock.ts'
import { createNotifier, type Notifier } from './notify/notifier.ts'
import { openLoop, type OpenLoop } from './open-loop.ts'
import { startGateWheel } from './gate-wheel.ts'
import { createModelTrainer, type ModelTrainer } from './model-trainer.ts'
import { startMoneyWheel } from './money-wheel.ts'
import { endSending } from './end-sending.ts'
import { executorsFor } from './executors.ts'
import { startWheel } from './wheel.ts'
import { responseFacts } from './responses.ts'
import { mayReachOf } from './may-reach.ts'
import { lookAtAll, startPulse } from './pulse.ts'
import { stopRaiser, type RaiseStop } from './raise-stop.ts'
import { createSaving, type Saving } from './saving.ts'
import { refold } from './refold.ts'
import { createRetention, type RetentionKeeper } from './retention.ts'
import { startFacts } from './start-facts.ts'
import { stopFileIn, type StopFile } from './stop-file.ts'
import { watchStopFile } from './stop-watch.ts'
import { startTrainer, type TrainingSummary } from './trainer.ts'
import { createWriter } from './writer.ts'

export type AdsOptions = {
  readonly platforms: ReadonlyMap<string, AdPlatform>
  /** Demand of a day relative to the usual; null when nobody knows. */
  readonly demandOn: (day: number) => number | null
}

export type SystemOptions = {
  /** Data folder; null keeps everything in memory (tests, simulations). */
  readonly dir: string | null
  readonly config: Config
  readonly keys: Keyring
  readonly ctx: Ctx
  readonly mode: 'live' | 'demo'
  /** Product ms per real ms. */
  readonly clockRate: number
  readonly report: (error: unknown, where: string) => void
  readonly publicUrl: () => string
  /** Channels in place of the configured ones, for simulations. */
  readonly channels?: readonly Channel[]
  /** Ad platforms by the name a plan uses, and what is known of demand. */
  readonly ads?: AdsOptions
  /** Where the services that sources name are; others in tests. */
  readonly mentionHosts?: PollerPorts['hosts']
  /** Nothing is decided or sent before this is settled: the doors by which it can be stopped must be open first. */
  readonly turnsAfter?: Promise<unknown>
}

export type System = {
  readonly loop: Loop
  readonly courier: Courier
  readonly governor: Governor
  readonly signer: LinkSigner
  readonly renderer: Renderer
  readonly hash: AddressHash
  readonly modelTrainer: ModelTrainer
  /** Takes in what sources say. */
  readonly hearing: Hearing
  /** Tells people what they must know. */
  readonly notifier: Notifier
  readonly stopFile: StopFile | null
  readonly stop: RaiseStop
  /** What stops from outside the log, as senders see it. */
  readonly outside: () => OutsideStops
  readonly snapshotOffset: () => number
  /** The end of the log's chain and its anchors; null in memory. */
  readonly audit: SystemAudit | null
  readonly troubles: () => readonly {
    readonly kind: 'disk_full' | 'delivery_failing'
    readonly detail: string
  }[]
  readonly answerPlacement: (question: PlacementQuestion) => Promise<PlacementAnswer>
  readonly answerRecommendation: (question: RecommendQuestion) => Promise<RecommendAnswer>
  /** Trains recommendations now, in a worker. */
  readonly trainRecommender: () => Promise<TrainingSummary>
  readonly reportResponse: (decisionId: DecisionId, kind: 'bounced' | 'complained') => Promise<void>
  /** Destroys what is held on a person; see {@link erasePerson}. */
  readonly erase: (ref: ProfileRef, by: string) => Promise<Erasure>
  /** What personal data is over, and letting it go. */
  readonly retention: RetentionKeeper
  /** Saves the folded state beside the log now. */
  readonly snapshot: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens everything and starts turning. Throws Failures `log.*`, `snapshot.*`. */
export const openSystem = async (options: SystemOptions): Promise<System> => {
  const { dir, config, keys, ctx, report } = options
  const opened = await openLoop({ dir, ctx })
  const { loop, snapshots, snapshotOffset } = opened
  const { state } = loop
  const channels = channelsOf(options)
  const tools = toolsOf(keys)
  const { signer, renderer, hash } = tools
  const { pulse, watched } = watchStops(dir, loop)
  const { stopFile, outside } = watched
  const writer = createWriter({
    state,
    renderer,
    signer,
    publicUrl: options.publicUrl,
    recommend: async (about) => recommendForDecision({ loop, outside }, about),
  })
  const courier = courierOf(options, { loop, channels, render: writer.message, outside, hash })

  const every = config.snapshotEveryEvents
  const saving = createSaving(state, snapshots, { every, offset: snapshotOffset, report })
  const erasing = erasingOf(opened, options)
  await begin(opened, { channels: [...channels.keys(), 'onsite'], mode: options.mode, erasing })
  const retention = createRetention(erasing, { quietly: saving.without, report })
  const troubles = troublesOf(loop, dir)
  const notifier = createNotifier({ ...options, ...tools, loop, troubles, governor: () => governor })
  const brand = startBrand({ ...options, loop, isKnown: notifier.isKnown })
  const executors = executorsFor(state, brand.post)
  const governor: Governor = createGovernor({ loop, executors, report })
  const audit = openAudit(options, opened.tip, () => state.guardrail.pauses.epoch)
  const kpis = createKpiClock(loop, report)
  const modelTrainer = createModelTrainer(loop, report)
  const afterTurn = afterTurnOf({ saving, audit, kpis, modelTrainer, retention })
  const wheel = startWheel({ loop, courier, governor, hash, afterTurn, after: options.turnsAfter, report })
  const moneyWheel = startMoneyWheel({ loop, outside, report, ...(options.ads ?? NO_ADS) })
  const trainer = startTrainer(loop, report)
  const gateWheel = startGateWheel(loop, report)
  return {
    loop,
    courier,
    governor,
    signer,
    renderer,
    hash,
    modelTrainer,
    hearing: brand.hearing,
    notifier,
    stopFile,
    outside,
    stop: stopRaiser({ loop, watched, report: options.report }),
    snapshotOffset: saving.offset,
    audit,
    troubles,
    answerPlacement: async (question) =>
      answerPlacement({ loop, outside, hash, render: writer.placement }, question),
    answerRecommendation: async (question) => answerRecommendation({ loop, outside }, question),
    trainRecommender: trainer.train,
    reportResponse: async (decisionId, kind) => {
      await loop.record(await responseFacts(loop, decisionId, kind, hash))
    },
    erase: async (ref, by) => erasePerson(erasing, ref, by),
    retention,
    snapshot: saving.now,
    close: async () => {
      pulse.stop()
      for (const beside of [notifier, brand, gateWheel, trainer, moneyWheel]) await beside.stop()
      await modelTrainer.close()
      await wheel.stop()
      await kpis.close()
      await retention.close()
      await endSending(courier, channels.values())
      await governor.idle()
      await saving.now()
      for (const channel of channels.values()) await channel.close(0)
      await renderer.close()
      await closeAudit(audit, report)
      await opened.close()
    },
  }
}

const toolsOf = (keys: Keyring) => ({
  signer: createLinkSigner({ secret: keys.linkSecret.toString('base64url') }),
  renderer: createRenderer(),
  hash: addressHash(keys.addressSecret),
})

/** With what a crash left half done. */
const begin = async (
  opened: OpenLoop,
  { channels, mode, erasing }: Pick<SystemStarted, 'channels' | 'mode'> & { readonly erasing: ExpiryParts },
): Promise<void> => {
  const { loop, keys } = opened
  await loop.record(startFacts(loop, { channels, mode }))
  await resumeUnmerges(loop)
  const marks = keys?.marks() ?? []
  await resumeErasures(erasing, marks)
  await resumeExpiry(erasing, marks)
}

const erasingOf = (opened: OpenLoop, { dir, keys, config, report }: SystemOptions): ExpiryParts => {
  const copy = dir === null ? null : ledgerCopy(config.audit.anchorPath, dir)
  const parts = erasurePartsOf(opened, ledgerOf(opened, { dir, keys, copy, report }), keys)
  return { ...parts, refold: async () => refold(opened.loop) }
}

/** What is looked after between two turns. */
const afterTurnOf =
  ({ saving, audit, kpis, modelTrainer, retention }: AfterTurn) =>
  async (): Promise<void> => {
    retention.maybe()
    saving.maybe()
    modelTrainer.maybe()
    audit?.anchors.maybe()
    await kpis.tick()
  }

type AfterTurn = Pick<System, 'audit' | 'modelTrainer' | 'retention'> & {
  readonly saving: Saving
  readonly kpis: KpiClock
}

const courierOf = (
  { config, ctx, publicUrl, report }: SystemOptions,
  {
    loop,
    ...parts
  }: Pick<CourierPorts, 'channels' | 'render' | 'outside' | 'hash'> & { readonly loop: Loop },
): Courier => {
  const mayReach = mayReachOf(config)
  return createCourier({
    ...parts,
    state: loop.state,
    ctx,
    append: loop.record,
    ...(mayReach === undefined ? {} : { mayReach }),
    domain: domainOf(publicUrl()),
    pause: async (ms) => sleep(ms),
    report,
  })
}

/** STOP from outside the log, and whether what a sender must know can be read at all. */
const watchStops = (dir: string | null, { state, log }: Loop) => {
  const pulse = startPulse(lookAtAll(dir, () => state, log.head))
  return { pulse, watched: watchStopFile(dir === null ? null : stopFileIn(dir), pulse.isAlive) }
}

const NO_ADS: AdsOptions = { platforms: new Map(), demandOn: () => null }

const channelsOf = ({ config, channels }: SystemOptions): ReadonlyMap<ChannelName, Channel> => {
  if (channels !== undefined) return new Map(channels.map((channel) => [channel.name, channel]))
  const made: Channel[] = []
  const { smtp, webhook } = config
  if (smtp !== undefined)
    made.push(
      createEmailChannel({
        smtp: {
          host: smtp.host,
          port: smtp.port,
          secure: smtp.secure,
          ...(smtp.user === '' ? {} : { auth: { user: smtp.user, pass: smtp.password } }),
        },
        limits: { connectionsMax: smtp.connections },
        ...(smtp.recipientsAllowed.length === 0 ? {} : { recipientsAllowed: smtp.recipientsAllowed }),
      }),
    )
  if (webhook !== undefined)
    made.push(
      createWebhookChannel({ url: webhook.url, secret: webhook.secret, hostsAllowed: webhook.hostsAllowed }),
    )
  return new Map(made.map((channel) => [channel.name, channel]))
}

const domainOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : 'localhost')

/** Free bytes above which a log that was full is taken to have room again, before anything tried it. */
const ROOM_BYTES_MIN = 1 << 20
/** Refusals that pass by themselves within moments: not for people. */
const PASSING = new Set(['log.overloaded', 'log.closed'])

/** What keeps the log from taking anything, for people; gone with the first append that works, or with room on the disk. */
const troublesOf = (loop: Loop, dir: string | null) => () => {
  const trouble = loop.trouble()
  if (trouble === null || PASSING.has(trouble.code)) return []
  if (trouble.code === 'log.disk_full' && dir !== null) {
    const { bavail, bsize } = statfsSync(dir)
    if (bavail * bsize > ROOM_BYTES_MIN) return []
  }
  return [{ kind: 'disk_full' as const, detail: messageOf(trouble) }]
}
