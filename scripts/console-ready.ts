// Builds the console when its sources are newer than what was built; otherwise does nothing.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.ts'

const newest = (folder: string): number => {
  let at = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'dist' || entry.name === 'node_modules') continue
    const path = join(folder, entry.name)
    at = Math.max(at, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs)
  }
  return at
}

const built = join(root, 'console', 'dist', 'index.html')
const sources = Math.max(
  newest(join(root, 'console')),
  statSync(join(root, 'src', 'api', 'contract.ts')).mtimeMs,
)
if (!existsSync(built) || statSync(built).mtimeMs < sources)
  process.exitCode = run('vite', ['build', 'console', '--logLevel', 'warn'])
