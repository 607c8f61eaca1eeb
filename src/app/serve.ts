// A system with its doors open: the HTTP server over it, the plan, and what a command on this machine may ask.

import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { existsSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { Failure, messageOf } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import { LOCAL_OPERATOR } from '../kernel/principal.ts'
import type { PlanResult } from '../api/contract.ts'
import { welcomeUrl } from '../api/people-routes.ts'
import { createServer, type ServerOptions } from '../api/server.ts'
import type { AccessDesk } from '../governance/access/index.ts'
import type { ViewSources } from '../api/views/sources.ts'
import { createCtx, type RatedClock } from './clock.ts'
import { createPushSignatures } from './push-signatures.ts'
import type { Config } from './config.ts'
import { removeCard, writeCard } from './control.ts'
import { createDrill, type DrillPorts } from './drill.ts'
import { createDrillClock } from './drill-clock.ts'
import { importEvents } from './import-events.ts'
import { serveAccess } from './serve-access.ts'
import type { Keyring } from './keys.ts'
import { applyTo, exportPlan } from './apply-plan.ts'
import { applyPolicy, viewPolicy } from './policy-plan.ts'
import { createNoticeDesk } from './notify/notice-desk.ts'
import { systemDesk } from './mcp-desk.ts'
import { openSystem, type AdsOptions, type System } from './system.ts'
import { version } from './version.ts'

export type ServeOptions = {
  readonly dir: string
  readonly config: Config
  readonly keys: Keyring
  readonly clock: RatedClock
  readonly mode: 'live' | 'demo'
  readonly report: (error: unknown, where: string) => void
  /** Ad platforms; none when left out. */
  readonly ads?: AdsOptions
  /** Planted lift of the demo's market. */
  readonly truth?: () => number | null
}

export type Served = {
  readonly system: System
  readonly access: AccessDesk
  /** A link for the first owner; null while there is one. */
  readonly setupUrl: () => Promise<string | null>
  readonly url: string
  readonly app: FastifyInstance
  readonly applyPlan: (yaml: string, dryRun: boolean) => Promise<PlanResult>
  readonly close: () => Promise<void>
}

/** The built console, beside the sources or beside the packed program. */
export const consoleDir = (): string => {
  const candidates = ['../../console/dist', '../console'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
  return candidates.find((path) => existsSync(path)) ?? candidates[0] ?? ''
}

/** Opens the system in `dir` and listens. Throws Failures that say what is in the way (`serve.port_in_use`, `log.*`, …). */
export const serve = async (options: ServeOptions): Promise<Served> => {
  const { dir, config, keys, clock, mode, report } = options
  const token = randomBytes(24).toString('base64url')
  let url =
    config.publicUrl === ''
      ? `http://${shown(config.host)}:${config.port}`
      : config.publicUrl.replace(/\/+$/, '')
  const ctx = createCtx(clock)
  const doors = Promise.withResolvers<void>()
  const system = await openSystem({
    dir,
    config,
    keys,
    ctx,
    mode,
    clockRate: clock.rate,
    report,
    publicUrl: () => url,
    turnsAfter: doors.promise,
    ...(options.ads === undefined ? {} : { ads: options.ads }),
  })
  try {
    const { loop } = system
    const access = await serveAccess({ loop, keys, config, report, token, publicUrl: () => url })
    const applyPlan = async (
      yaml: string,
      dryRun: boolean,
      by = LOCAL_OPERATOR,
      override = '',
    ): Promise<PlanResult> => applyTo(system, { yaml, dryRun, by, override })
    let ready = true
    const sources = sourcesOf(options, system)
    const drill = drillOf(system, dir, { url: () => local, token, isEnding: () => !ready })
    const app = await createServer({
      sources,
      mcp: systemDesk(system, sources),
      ...access.serverOptions,
      ...doorsOf(system),
      isSigned: createPushSignatures(config.brand.pushSecrets, Date.now),
      plan: { export: () => exportPlan(system), apply: applyPlan },
      drill,
      policy: policyOf(system),
      importEvents: async (events) => importEvents(system, events),
      audit: system.audit === null ? null : { tip: system.audit.tip, anchor: system.audit.anchors.now },
      notices: createNoticeDesk(system),
      consoleDir: consoleDir(),
      version,
      isReady: () => ready,
      report,
    })
    const port = await listen(app, config)
    if (config.publicUrl === '') url = `http://${shown(config.host)}:${port}`
    const local = `http://${config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : shown(config.host)}:${port}`
    writeCard(dir, { pid: process.pid, url: local, token })
    doors.resolve()
    const weekly = createDrillClock(loop, drill, report)
    return {
      system,
      url: local,
      app,
      applyPlan,
      access: access.desk,
      setupUrl: async () => {
        const link = await access.desk.people.setupLink()
        return link === null ? null : welcomeUrl(url, link)
      },
      close: async () => {
        ready = false
        await weekly.close()
        await app.close()
        await access.close()
        await system.close()
        removeCard(dir)
      },
    }
  } catch (error) {
    await system.close()
    throw error
  }
}

const drillOf = (system: System, dir: string, here: Pick<DrillPorts, 'url' | 'token' | 'isEnding'>) =>
  createDrill({ loop: system.loop, outside: system.outside, dir, ...here })

const policyOf = (system: System): ServerOptions['policy'] => ({
  view: () => viewPolicy(system.loop),
  apply: async (yaml, dryRun, by) => applyPolicy(system, { yaml, dryRun, by }),
})

/** What the routes may ask of the system as it is. */
const doorsOf = (system: System) => ({
  signer: system.signer,
  stop: system.stop,
  governor: system.governor,
  erasePerson: system.erase,
  retention: system.retention,
  answerPlacement: system.answerPlacement,
  answerRecommendation: system.answerRecommendation,
  trainRecommender: system.trainRecommender,
  reportResponse: system.reportResponse,
  hearing: system.hearing,
})

const sourcesOf = ({ mode, clock, truth }: ServeOptions, system: System): ViewSources => ({
  loop: system.loop,
  mode,
  clockRate: clock.rate,
  truth: truth ?? (() => null),
  stopFile: () => system.stopFile?.read() ?? null,
  stopFiles: () => system.stopFile?.list() ?? [],
  snapshotOffset: system.snapshotOffset,
  troubles: system.troubles,
  models: system.modelTrainer,
})

const shown = (host: string): string => (host.includes(':') ? `[${host}]` : host)

const listen = async (app: FastifyInstance, { host, port }: Config): Promise<number> => {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    const code = isRecord(cause) ? cause['code'] : undefined
    if (code === 'EADDRINUSE')
      throw new Failure({
        code: 'serve.port_in_use',
        message: `Port ${port} on ${host} is taken by another program.`,
        hint: 'Choose another with --port N, or stop that program.',
        cause,
      })
    if (code === 'EACCES')
      throw new Failure({
        code: 'serve.port_forbidden',
        message: `This user may not listen on port ${port}.`,
        hint: 'Choose one above 1023 with --port N.',
        cause,
      })
    throw new Failure({
      code: 'serve.cannot_listen',
      message: `Cannot listen on ${host}:${port}: ${messageOf(cause)}`,
      hint: 'Check host and port.',
      cause,
    })
  }
  return (app.server.address() as AddressInfo).port
}
