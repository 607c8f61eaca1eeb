// Folders that tests write to, removed at the end.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Temp = { readonly folder: () => string; readonly remove: () => void }

export const createTemp = (name: string): Temp => {
  const made: string[] = []
  return {
    folder: () => {
      const folder = mkdtempSync(join(tmpdir(), `windvane-${name}-`))
      made.push(folder)
      return folder
    },
    remove: () => {
      for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
    },
  }
}
