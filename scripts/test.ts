// `npm test`: every test file, two at a time. `--long` adds the long forms (chaos, many seeds).

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.ts'

const long = process.argv.includes('--long')
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const browser = process.env['CHROMIUM_PATH'] ?? BROWSERS.find((path) => existsSync(path))
if (browser === undefined)
  console.log(
    'No Chromium found: the browser tests are skipped. Install one (Debian: apt-get install chromium) or set CHROMIUM_PATH.',
  )

// The console is built once here, so that the browser tests need not race to do it.
const built = run('node', ['scripts/console-ready.ts'])
if (built !== 0) process.exit(built)

const files = only.length > 0 ? only : ['src/**/*.test.ts', 'test/**/*.test.ts', 'console/**/*.test.ts']
process.exitCode = run(
  'node',
  [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-concurrency=2',
    '--test-reporter=dot',
    '--test-reporter-destination=stdout',
    '--test-reporter=./scripts/reporter.ts',
    '--test-reporter-destination=stdout',
    ...files,
  ],
  {
    // Hundreds of processes load the same modules: compiled once is enough.
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(root, 'node_modules/.cache/compiled'),
    ...(browser === undefined ? {} : { CHROMIUM_PATH: browser }),
    ...(long ? { WINDVANE_LONG: '1' } : {}),
  },
)
