#!/usr/bin/env node
// The command line's entry, and almost nothing of it: `windvane stop` must hold before the rest of the program is even
// loaded. A STOP that is asked for in plain words is written here at once, and a server
// that is coming up heeds the signal; cli.ts then does everything else.

import { stopAtOnce, stopOnSignal } from './stop-at-once.ts'

const words = process.argv.slice(2)
const dataDir = process.env['WINDVANE_DATA_DIR']
if (!stopAtOnce(words, dataDir)) stopOnSignal(words, dataDir)

const { keepCompiled } = await import('./compiled.ts')
keepCompiled()
await import('./cli.ts')
