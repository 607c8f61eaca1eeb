// Kills the process that writes the log, at random moments under load, and checks each time that
// nothing it acknowledged is missing, changed or doubled.
//   node test/chaos/log-kill.ts --kills 200 [--rate 5000] [--seed any] [--dir DIR]

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { assert } from '../../src/kernel/assert.ts'
import { createRng } from '../../src/kernel/rng.ts'
import { openSqliteLog } from '../../src/log/index.ts'
import { assertNumbered, numberedId } from '../../src/log/testing/numbered-events.ts'
import { runAndKill } from '../../src/log/testing/run-and-kill.ts'

export type KillPlan = {
  readonly dir: string
  readonly kills: number
  /** Events per second that the writer is asked to append. */
  readonly rate: number
  readonly seed: string
  /** The writer lives this long after its start, evenly at random. */
  readonly lifeMsMin?: number
  readonly lifeMsMax?: number
  readonly onKill?: (done: number) => void
}

export type KillReport = {
  readonly kills: number
  readonly acknowledged: number
  /** Acknowledged, but not in the log. */
  readonly lost: number
  /** In the log although nobody heard of it: killed between the flush and the word. Not an error. */
  readonly unheard: number
  readonly inLog: number
  /** Acknowledged events per second of the writers' working time. */
  readonly ratePerSecond: number
  readonly reopenMsMax: number
}

const WRITER = fileURLToPath(new URL('../../src/log/testing/log-writer.ts', import.meta.url))
/** The log is checked after every so many kills; in between the next writer recovers it by itself. */
const CHECK_EVERY = 3

/** Runs the plan. Asserts that offsets have no gap, ids are not doubled and events are whole; what is lost is counted. */
export const killLog = async (plan: KillPlan): Promise<KillReport> => {
  const { dir, kills, rate, seed, lifeMsMin = 20, lifeMsMax = 500, onKill } = plan
  const path = join(dir, 'log.db')
  const rng = createRng(seed)
  const unseen = new Set<string>()
  let acknowledged = 0
  let workedMs = 0
  let checked: Checked = { head: 0, lost: 0, unheard: 0, reopenMs: 0 }
  let reopenMsMax = 0
  for (let run = 1; run <= kills; run++) {
    const done = await runAndKill({
      args: [WRITER, path, String(run), String(rate)],
      isAtWork: (line) => line === 'ready',
      lifeMs: lifeMsMin + rng.uniform() * (lifeMsMax - lifeMsMin),
      onLine: (line) => {
        const [word, first, last] = line.split(' ')
        // A line this short goes into a pipe whole or not at all.
        if (word !== 'ack' || first === undefined || last === undefined) return
        for (let number = Number(first); number <= Number(last); number++) unseen.add(numberedId(run, number))
        acknowledged += Number(last) - Number(first) + 1
      },
    })
    workedMs += done.workedMs
    onKill?.(run)
    if (run % CHECK_EVERY !== 0 && run !== kills) continue
    checked = await check(path, checked, unseen)
    reopenMsMax = Math.max(reopenMsMax, checked.reopenMs)
  }
  await checkWhole(path, checked.head)
  const { lost, unheard, head } = checked
  return {
    kills,
    acknowledged,
    lost,
    unheard,
    inLog: head,
    ratePerSecond: (acknowledged / workedMs) * 1_000,
    reopenMsMax,
  }
}

type Checked = {
  readonly head: number
  readonly lost: number
  readonly unheard: number
  readonly reopenMs: number
}

/** Opens the log after a kill, reads what is new and strikes it off the list of what must be there. */
const check = async (path: string, before: Checked, unseen: Set<string>): Promise<Checked> => {
  const start = performance.now()
  const log = await openSqliteLog({ path })
  const reopenMs = performance.now() - start
  const head = log.head()
  assert(head >= before.head, `the log went back from ${before.head} to ${head}`)
  let unheard = 0
  for await (const page of log.read({ after: before.head })) {
    for (const event of page) {
      assertNumbered(event)
      if (!unseen.delete(event.id)) unheard += 1
    }
  }
  await log.close()
  const lost = unseen.size
  unseen.clear()
  return { head, lost: before.lost + lost, unheard: before.unheard + unheard, reopenMs }
}

/** Once more from the start: every offset there, no id twice. */
const checkWhole = async (path: string, head: number): Promise<void> => {
  const log = await openSqliteLog({ path })
  const ids = new Set<string>()
  for await (const page of log.read()) {
    for (const event of page) {
      assertNumbered(event)
      ids.add(event.id)
    }
  }
  await log.close()
  assert(ids.size === head && log.head() === head, `${head} offsets, but ${ids.size} ids`)
}

/** The report as lines for a person. */
export const showReport = (report: KillReport): string =>
  [
    `kills                      ${report.kills}`,
    `acknowledged events        ${report.acknowledged}`,
    `acknowledged and lost      ${report.lost}`,
    `written, not yet announced ${report.unheard}`,
    `in the log, no gaps        ${report.inLog}`,
    `acknowledged events/s      ${Math.round(report.ratePerSecond)}`,
    `slowest reopening          ${report.reopenMsMax.toFixed(0)} ms`,
  ].join('\n')

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      rate: { type: 'string', default: '5000' },
      seed: { type: 'string', default: 'log-kill' },
      dir: { type: 'string' },
    },
  })
  const dir = values.dir ?? mkdtempSync(join(tmpdir(), 'windvane-log-kill-'))
  const report = await killLog({
    dir,
    kills: Number(values.kills),
    rate: Number(values.rate),
    seed: values.seed,
  })
  console.log(showReport(report))
  if (values.dir === undefined) rmSync(dir, { recursive: true, force: true })
  if (report.lost > 0) process.exitCode = 1
}

if (import.meta.main) await main()
