// Ends and starts the product again and again, in good order, under load and with mail on its way: an upgrade
// done a hundred times. Nothing may be lost, doubled or left uncertain.
//   node test/chaos/restart.ts --restarts 100 [--seed any] [--rate 2000] [--dir DIR]

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { faultsOf, killProduct, showReport, type KillReport } from './kill.ts'

export type RestartPlan = {
  readonly dir: string
  readonly restarts: number
  readonly seed: string
  readonly rate: number
  readonly leaveShare?: number
  readonly onRestart?: (done: number) => void
}

/** The report of {@link killProduct} with an orderly end in place of each kill, and what of it must not be. */
export const restartProduct = async ({
  dir,
  restarts,
  seed,
  rate,
  leaveShare,
  onRestart,
}: RestartPlan): Promise<{ readonly report: KillReport; readonly faults: readonly string[] }> => {
  const report = await killProduct({
    dir,
    kills: restarts,
    seed,
    rate,
    gently: true,
    lifeMsMax: 800,
    ...(leaveShare === undefined ? {} : { leaveShare }),
    ...(onRestart === undefined ? {} : { onKill: onRestart }),
  })
  return {
    report,
    faults: [
      ...faultsOf(report),
      // Whoever is asked to end finishes what is under way.
      ...(report.unknownByCrash === 0 ? [] : [`${report.unknownByCrash} unknown after an orderly end`]),
    ],
  }
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      restarts: { type: 'string', default: '100' },
      seed: { type: 'string', default: 'restart' },
      rate: { type: 'string', default: '2000' },
      dir: { type: 'string' },
    },
  })
  const dir = values.dir ?? mkdtempSync(join(tmpdir(), 'windvane-restart-'))
  const { report, faults } = await restartProduct({
    dir,
    restarts: Number(values.restarts),
    seed: values.seed,
    rate: Number(values.rate),
    onRestart: (done) => {
      if (done % 10 === 0) console.error(`${done} restarts`)
    },
  })
  console.log(showReport(report))
  console.log(faults.length === 0 ? 'all is well' : `FAULTS\n${faults.join('\n')}\nthe folder stays: ${dir}`)
  if (faults.length > 0) process.exitCode = 1
  else if (values.dir === undefined) rmSync(dir, { recursive: true, force: true })
}

if (import.meta.main) await main()
