// `npm test`: the everyday tests, the longest files first, one file more at a time than there are processors.
//   node scripts/test.ts [files…]   files that are named run whole, with their wide tests
//   --wide           everything: the wide tests too (src/kernel/testing/wide.ts)
//   --wide --rest    only the wide tests: what a run without it has left
//   --long           everything, in its long forms (chaos, many seeds)

import { existsSync, globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { run as runTests } from 'node:test'
import { WIDE_NAMES } from '../src/kernel/testing/wide.ts'
import { report } from './reporter.ts'
import { root, run } from './run.ts'

const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith('--')))
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const isLong = flags.has('--long')
const isRest = flags.has('--rest')
const isWide = flags.has('--wide') || isRest || isLong || named.length > 0

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const ALL = ['src/**/*.test.ts', 'test/**/*.test.ts', 'console/{src,testing}/**/*.test.ts']
/** Where the files that take longest lie: they begin first, so that none is left running alone at the end. */
const LONGEST_FIRST = [
  'test/e2e/console-',
  'test/simulation/',
  'test/tour',
  'test/chaos/',
  'test/e2e/',
  'src/delivery/adapters/',
  'src/app/',
]
/** Many tests wait for a server, a child or a moment: while one does, another file runs. */
const FILES_AT_ONCE = availableParallelism() + 1

const browser = process.env['CHROMIUM_PATH'] ?? BROWSERS.find((path) => existsSync(path))
if (browser === undefined)
  console.log(
    'No Chromium found: the browser tests are skipped. Install one (Debian: apt-get install chromium) or set CHROMIUM_PATH.',
  )
else process.env['CHROMIUM_PATH'] = browser
// Hundreds of processes load the same modules: compiled once is enough.
process.env['NODE_COMPILE_CACHE'] ??= join(root, 'node_modules/.cache/compiled')
if (isWide) process.env['WINDVANE_WIDE'] = '1'
if (isLong) process.env['WINDVANE_LONG'] = '1'

// The console is built once here, so that the browser tests need not race to do it.
const built = run('node', ['scripts/console-ready.ts'])
if (built !== 0) process.exit(built)

const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort())

runTests({
  files: filesToRun(),
  cwd: root,
  concurrency: FILES_AT_ONCE,
  execArgv: ['--disable-warning=ExperimentalWarning'],
  signal: ending.signal,
  ...(isRest ? { testNamePatterns: [WIDE_NAMES] } : {}),
})
  .on('test:fail', () => {
    process.exitCode = 1
  })
  .compose(report)
  .pipe(process.stdout)

function filesToRun(): string[] {
  const found = (named.length > 0 ? named : ALL).flatMap((pattern) => {
    const files = globSync(pattern, { cwd: root })
    if (files.length > 0) return files
    console.error(`No test file is called ${pattern}.`)
    process.exit(1)
  })
  return [...new Set(found)]
    .filter((file) => !isRest || /\/testing\/wide\.ts'/.test(readFileSync(join(root, file), 'utf8')))
    .toSorted((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1))
    .map((file) => join(root, file))
}

function rank(file: string): number {
  const at = LONGEST_FIRST.findIndex((start) => file.startsWith(start))
  return at < 0 ? LONGEST_FIRST.length : at
}
