// What views read, for commands on a folder that no server runs on.

import type { ViewSources } from '../api/views/sources.ts'
import type { Loop } from '../loop.ts'
import { stopFileIn } from './stop-file.ts'

export const folderSources = (loop: Loop, dir: string): ViewSources => ({
  loop,
  mode: 'live',
  clockRate: 1,
  truth: () => null,
  stopFile: () => stopFileIn(dir).read(),
  stopFiles: () => stopFileIn(dir).list(),
  snapshotOffset: () => 0,
  troubles: () => [],
  models: { isRunning: () => false, begin: () => undefined },
})
