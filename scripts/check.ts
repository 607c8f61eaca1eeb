// Everything a machine can say about a change: format, lint with types, type check, then all tests.

import { run, runSteps } from './run.ts'

const quick = process.argv.includes('--quick')

process.exitCode = runSteps([
  ['format', () => run('biome', ['format', '.'])],
  [
    'lint',
    () => run('oxlint', ['--type-aware', '--deny-warnings', 'src', 'test', 'bench', 'scripts', 'console']),
  ],
  ['types', () => run('tsc', ['--noEmit', '-p', '.'])],
  ['console types', () => run('tsc', ['--noEmit', '-p', 'console'])],
  ...(quick ? [] : ([['tests', () => run('node', ['scripts/test.ts', '--wide'])]] as const)),
])
