#!/usr/bin/env node
// The command line's entry, and almost nothing of it: `windvane stop` must hold before the rest of the program is even
// loaded. A STOP that is asked for in plain words is written here at once; cli.ts then does everything else.

import { stopAtOnce } from './stop-at-once.ts'

stopAtOnce(process.argv.slice(2), process.env['WINDVANE_DATA_DIR'])
await import('./cli.ts')
