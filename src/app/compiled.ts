// Compiling the program takes longer than most commands do: what was compiled once is kept beside the modules, where only
// who owns them writes.

import { enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))
/** A server may be killed, and then writes nothing at its end. */
const FLUSHED_AFTER_MS = 10_000

/** From here on, also for threads and programs that start from here: they ask their environment. */
export const keepCompiled = (): void => {
  enableCompileCache(folder)
  process.env['NODE_COMPILE_CACHE'] ??= folder
  setTimeout(flushCompileCache, FLUSHED_AFTER_MS).unref()
}
