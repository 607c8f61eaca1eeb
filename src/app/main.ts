#!/usr/bin/env node
// The command line's entry, and almost nothing of it: `windvane stop` must hold before the rest of the program is even
// loaded. A STOP that is asked for in plain words is written here at once, and a server
// that is coming up heeds the signal; cli.ts then does everything else.

import { enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { stopAtOnce, stopOnSignal } from './stop-at-once.ts'

const words = process.argv.slice(2)
const dataDir = process.env['WINDVANE_DATA_DIR']
if (!stopAtOnce(words, dataDir)) stopOnSignal(words, dataDir)

// Compiling the rest takes longer than most commands do: it is kept beside the modules, where only who owns them writes.
const compiled = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))
enableCompileCache(compiled)
// Threads and programs that start from here ask their environment.
process.env['NODE_COMPILE_CACHE'] ??= compiled
// Who is killed writes nothing at the end.
setTimeout(flushCompileCache, 10_000).unref()

await import('./cli.ts')
