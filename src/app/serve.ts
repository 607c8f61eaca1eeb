// A system with its doors open: the HTTP server over it, the plan, and what a command on this machine may ask.

import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { existsSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { Failure, messageOf } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import type { Problem } from '../kernel/problem.ts'
import { LOCAL_OPERATOR, spellPrincipal, type Principal } from '../kernel/principal.ts'
import type { NewEvent } from '../log/port.ts'
import { PLAN_APPLIED, type PlanApplied } from '../loop.ts'
import type { Plan, PlanResult } from '../api/contract.ts'
import { welcomeUrl } from '../api/people-routes.ts'
import { createServer } from '../api/server.ts'
import type { AccessDesk } from '../governance/access/index.ts'
import type { ViewSources } from '../api/views/sources.ts'
import { createCtx, type RatedClock } from './clock.ts'
import type { Config } from './config.ts'
import { removeCard, writeCard } from './control.ts'
import { importEvents } from './import-events.ts'
import { serveAccess } from './serve-access.ts'
import type { Keyring } from './keys.ts'
import { parsePlan, planFacts, planInForce, planVersion, renderPlan } from './plan.ts'
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
  const system = await openSystem({
    dir,
    config,
    keys,
    ctx,
    mode,
    clockRate: clock.rate,
    report,
    publicUrl: () => url,
    ...(options.ads === undefined ? {} : { ads: options.ads }),
  })
  try {
    const { loop } = system
    const access = await serveAccess({ loop, keys, config, report, token, publicUrl: () => url })
    const applyPlan = async (yaml: string, dryRun: boolean, by = LOCAL_OPERATOR): Promise<PlanResult> =>
      applyTo(system, { yaml, dryRun, by })
    let ready = true
    const app = await createServer({
      sources: sourcesOf(options, system),
      ...access.serverOptions,
      signer: system.signer,
      plan: { export: () => exportPlan(system), apply: applyPlan },
      importEvents: async (events) => importEvents(system, events),
      audit: system.audit === null ? null : { tip: system.audit.tip, anchor: system.audit.anchors.now },
      answerPlacement: system.answerPlacement,
      answerRecommendation: system.answerRecommendation,
      trainRecommender: system.trainRecommender,
      reportResponse: system.reportResponse,
      consoleDir: consoleDir(),
      version,
      isReady: () => ready,
      report,
    })
    const port = await listen(app, config)
    if (config.publicUrl === '') url = `http://${shown(config.host)}:${port}`
    const local = `http://${config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : shown(config.host)}:${port}`
    writeCard(dir, { pid: process.pid, url: local, token })
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

const sourcesOf = ({ mode, clock, truth }: ServeOptions, system: System): ViewSources => ({
  loop: system.loop,
  mode,
  clockRate: clock.rate,
  truth: truth ?? (() => null),
  stopFile: () => system.stopFile?.read() ?? null,
  writeStopFile: (reason) => system.stopFile?.write(reason),
  snapshotOffset: system.snapshotOffset,
  troubles: system.troubles,
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

export const exportPlan = ({ loop }: Pick<System, 'loop'>): Plan => {
  const plan = planInForce(loop.state)
  return { yaml: renderPlan(plan), version: planVersion(plan) }
}

/** Checks a plan and, unless it is a dry run, puts what changed into the log, all or none. */
export const applyTo = async (
  { loop, renderer }: Pick<System, 'loop' | 'renderer'>,
  { yaml, dryRun, by }: { readonly yaml: string; readonly dryRun: boolean; readonly by: Principal },
): Promise<PlanResult> => {
  const refused = (problems: readonly Problem[]): PlanResult => ({
    applied: false,
    version: planVersion(planInForce(loop.state)),
    problems: [...problems],
    changes: [],
  })
  const first = parsePlan(yaml, planInForce(loop.state))
  if (first.plan === null) return refused(first.problems)
  // A mail that could never be sent (no way to unsubscribe, for one) is refused here, not when it is due.
  const found: Problem[] = []
  for (const creative of first.plan.creatives)
    for (const one of (await renderer.compile(creative, first.plan.sender)).problems)
      found.push({ ...one, path: `creatives.${creative.id}.${one.path}` })
  if (found.length > 0) return refused(found)
  // Read again: another plan may have come into force while the creatives were compiled.
  const before = planInForce(loop.state)
  const { plan, problems } = parsePlan(yaml, before)
  if (plan === null) return refused(problems)
  const facts = planFacts(before, plan)
  const changes = facts.map(({ change }) => change)
  const version = planVersion(plan)
  if (!dryRun && facts.length > 0) {
    const applied: PlanApplied = { version, changes, by: spellPrincipal(by) }
    await loop.record(
      [...facts, { type: PLAN_APPLIED, data: applied }].map(
        ({ type, data }): NewEvent => ({ id: loop.ctx.newId(), type, key: '', at: loop.ctx.now(), data }),
      ),
    )
  }
  return { applied: !dryRun, version, problems: [], changes }
}
