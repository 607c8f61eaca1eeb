// `npm run simulate -- --seeds 200 --from 1`: the whole system, simulated, one seed after the other. A seed that fails
// prints what broke and how to see it again; the exit code is then 1.

import { parseArgs } from 'node:util'
import { BUGS, type Bug } from './bugs.ts'
import { runSeed, type SeedReport } from './run.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    days: { type: 'string', default: '2' },
    bug: { type: 'string' },
    until: { type: 'string', default: '' },
    verbose: { type: 'boolean', default: false },
  },
})
const bug = BUGS.find((name) => name === values.bug) ?? null
if (values.bug !== undefined && bug === null) {
  console.error(`No such bug: ${values.bug}. Known: ${BUGS.join(', ')}.`)
  process.exit(2)
}
const [seeds, from, days] = [Number(values.seeds), Number(values.from), Number(values.days)]
if (!(Number.isInteger(seeds) && seeds > 0 && Number.isInteger(from) && days > 0)) {
  console.error('--seeds and --from are whole numbers, --days is above 0: --seeds 200 --from 1 --days 1')
  process.exit(2)
}

const sumOf = (reports: readonly SeedReport[], of: (report: SeedReport) => number): number =>
  reports.reduce((sum, report) => sum + of(report), 0)

const reports: SeedReport[] = []
let failed = 0
for (let seed = from; seed < from + seeds; seed++) {
  const report = await runSeed({ seed, days, bug })
  reports.push(report)
  if (values.verbose) console.log(JSON.stringify({ ...report, violations: report.violations.length }))
  if (report.violations.length === 0) continue
  failed++
  console.log(`seed ${seed}: ${report.violations.length} violations`)
  for (const { rule, at, detail } of report.violations.slice(0, 5))
    console.log(`  ${new Date(at).toISOString()} ${rule}: ${detail}`)
  console.log(`  again: npm run simulate -- --seeds 1 --from ${seed} --days ${days}${again(bug)}`)
  if (values.until === 'failure') break
}
const count = (of: (report: SeedReport) => number): string => sumOf(reports, of).toLocaleString('en')
console.log(
  `${seeds} seeds of ${days} days: ${failed} failed; ${count((one) => one.steps)} steps, ${count((one) => one.kills)} kills (${count((one) => one.torn)} torn writes), ${count((one) => one.events)} log events, ${count((one) => one.acknowledged)} acknowledged, ${count((one) => one.counts.accepted)} messages accepted, ${count((one) => one.counts.unknownByCrash)} unknown by crash, ${count((one) => one.counts.unknownByServer)} by the server, ${count((one) => one.counts.vetoed)} vetoed at the first byte, ${count((one) => one.counts.optedOut)} people left, ${count((one) => one.counts.held)} holds, ${count((one) => one.counts.released)} releases; ${(sumOf(reports, (one) => one.tookMs) / 1_000).toFixed(1)} s`,
)
process.exitCode = failed > 0 ? 1 : 0

function again(planted: Bug | null): string {
  return planted === null ? '' : ` --bug ${planted}`
}
