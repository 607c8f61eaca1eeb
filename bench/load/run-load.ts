// Starts a load generator as a process of its own and gives what it measured.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { LoadPlan, LoadReport } from './generator.ts'

const GENERATOR = fileURLToPath(new URL('generator.ts', import.meta.url))
const OUTPUT_BYTES_MAX = 10 << 20
const run = promisify(execFile)

const DEFAULTS = {
  connections: 32,
  seconds: 5,
  warmupSeconds: 2,
  perSecond: 0,
  batchSize: 100,
  people: 50_000,
}

let runs = Math.floor(Date.now() / 1_000) % 20

/** Runs the load to its end. Ids of different runs never meet. */
export const runLoad = async (
  plan: Pick<LoadPlan, 'port' | 'key' | 'target'> & Partial<LoadPlan>,
): Promise<LoadReport> => {
  runs += 1
  const whole: LoadPlan = { ...DEFAULTS, run: runs, ...plan }
  const { stdout } = await run(process.execPath, [GENERATOR, JSON.stringify(whole)], {
    maxBuffer: OUTPUT_BYTES_MAX,
  })
  return JSON.parse(stdout) as LoadReport
}
