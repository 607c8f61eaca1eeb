// Makes `dist/`: the JavaScript that `npm pack` ships, and the built console beside it.

import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, runSteps } from './run.ts'

rmSync(join(root, 'dist'), { recursive: true, force: true })
process.exitCode = runSteps([
  ['compile', () => run('tsc', ['-p', 'tsconfig.build.json'])],
  ['console', () => run('vite', ['build', 'console', '--logLevel', 'warn'])],
  [
    'copy',
    () => {
      cpSync(join(root, 'console', 'dist'), join(root, 'dist', 'console'), { recursive: true })
      return 0
    },
  ],
])
