// The drill: STOP tried from each surface on a running system, without stopping anything real. The scope
// is a campaign that is not there; what is measured is the time until a sender would hold its message.

import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DRILL_CAMPAIGN, DRILLED, type Actor, type Drilled } from '../governance/events.ts'
import { STOP_LIFTED, type StopLifted, type StopScope } from '../guardrail/events.ts'
import { stopReasons, type OutsideStops } from '../guardrail/index.ts'
import { Failure } from '../kernel/failure.ts'
import type { Loop } from '../loop.ts'
import { stopFileIn } from './stop-file.ts'

export type DrillPorts = {
  readonly loop: Loop
  readonly dir: string
  readonly outside: () => OutsideStops
  /** Where this server answers, and a key of this run. */
  readonly url: () => string
  readonly token: string
  /** True once the server is ending: a drill under way takes its STOP away and gives up, having shown nothing. */
  readonly isEnding: () => boolean
  /** How long a surface is waited for, ms; 20 s unless told. */
  readonly patienceMs?: number
}

/** STOP is to hold within this, ms: the figure that a drill is judged by. */
export const SILENCE_MS_MAX = 1_000

const SCOPE: StopScope = { kind: 'campaign', campaignId: DRILL_CAMPAIGN }
const WIRE = `campaign:${DRILL_CAMPAIGN}`
const TRIES = { http: 20, file: 20, signal: 20, cli: 3 } as const
type Surface = keyof typeof TRIES
const SURFACES = (Object.keys(TRIES) as Surface[]).filter(
  // Windows has no such signals.
  (surface) => surface !== 'signal' || process.platform !== 'win32',
)
const PATIENCE_MS = 20_000

/**
 * Tries every surface, puts the figures on record and returns them. A surface that does not hold at all is on record with
 * the time it was waited for, and tried no more. One drill at a time. Throws Failures `drill.stopped`, `drill.ended`.
 */
export const createDrill = (ports: DrillPorts): ((by: Actor) => Promise<Drilled>) => {
  let running: Promise<Drilled> | null = null
  return async (by) => {
    running ??= drill(ports, by).finally(() => {
      running = null
    })
    return running
  }
}

const drill = async (ports: DrillPorts, by: Actor): Promise<Drilled> => {
  const { loop } = ports
  if (isHeld(ports))
    throw new Failure({
      code: 'drill.stopped',
      message: 'Everything is stopped already: there is nothing to measure.',
      hint: 'Resume first, then drill.',
    })
  const surfaces: Drilled['surfaces'][number][] = []
  for (const surface of SURFACES) {
    const took: number[] = []
    while (took.length < TRIES[surface] && (took.at(-1) ?? 0) < patienceOf(ports)) {
      took.push(await timeOne(ports, surface))
      await lift(ports)
      if (ports.isEnding())
        throw new Failure({ code: 'drill.ended', message: 'The server is ending: nothing was measured.' })
    }
    surfaces.push(figuresOf(surface, took))
  }
  const drilled: Drilled = { by, surfaces, passed: surfaces.every(({ p99Ms }) => p99Ms < SILENCE_MS_MAX) }
  await loop.record([{ id: loop.ctx.newId(), type: DRILLED, key: '', at: loop.ctx.now(), data: drilled }])
  return drilled
}

const patienceOf = ({ patienceMs = PATIENCE_MS }: DrillPorts): number => patienceMs

/** From asking to holding, ms; what the surface says afterwards is waited for, but not counted. At most the patience there is. */
const timeOne = async (ports: DrillPorts, surface: Surface): Promise<number> => {
  const begun = performance.now()
  const took = (): number => performance.now() - begun
  // A surface that cannot even be used is one that does not hold.
  const raised = RAISE[surface](ports).catch(() => undefined)
  while (!isHeld(ports) && took() < patienceOf(ports) && !ports.isEnding()) await sleep(1)
  const heldAfter = took()
  // A server that does not answer is not waited for, for ever.
  await Promise.race([raised, sleep(patienceOf(ports), undefined, { ref: false })])
  return heldAfter
}

const RAISE: Readonly<Record<Surface, (ports: DrillPorts) => Promise<void>>> = {
  http: async ({ url, token }) => {
    const answer = await fetch(new URL('/api/stop', url()), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ scope: WIRE, reason: 'drill' }),
    })
    await answer.text()
  },
  // As another program would, behind the back of this one.
  file: async ({ dir }) => stopFileIn(dir).write('drill', SCOPE),
  // SIGUSR2 stops everything. The drill takes the same road by a signal that means nothing else to this process, so that a
  // real STOP is never taken for a drill.
  signal: async ({ dir }) => {
    process.once('SIGWINCH', () => stopFileIn(dir).write('drill', SCOPE))
    process.kill(process.pid, 'SIGWINCH')
  },
  cli: async ({ dir }) => {
    const main = fileURLToPath(
      new URL(`./main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
    )
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        main,
        'stop',
        '--data',
        dir,
        '--scope',
        WIRE,
        '--reason',
        'drill',
        '--json',
      ],
      { stdio: 'ignore' },
    )
    await new Promise((resolve) => child.once('close', resolve))
  },
}

const isHeld = ({ loop, outside }: DrillPorts): boolean =>
  stopReasons(loop.state.guardrail.stops, outside(), { channel: 'email', campaignId: DRILL_CAMPAIGN })
    .length > 0

const lift = async (ports: DrillPorts): Promise<void> => {
  const { loop, dir } = ports
  const lifted: StopLifted = { scope: SCOPE, by: 'drill' }
  stopFileIn(dir).remove(SCOPE)
  await loop.record([{ id: loop.ctx.newId(), type: STOP_LIFTED, key: '', at: loop.ctx.now(), data: lifted }])
  const begun = performance.now()
  while (isHeld(ports) && performance.now() - begun < patienceOf(ports)) await sleep(5)
}

const figuresOf = (surface: string, took: readonly number[]): Drilled['surfaces'][number] => {
  const sorted = took.toSorted((left, right) => left - right)
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { surface, tries: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: round(sorted.at(-1) ?? 0) }
}

const round = (ms: number): number => Math.round(ms * 10) / 10
