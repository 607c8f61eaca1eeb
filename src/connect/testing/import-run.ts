// Imports of files that a test writes on the spot, into a log in memory.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert } from '../../kernel/assert.ts'
import { isFailure } from '../../kernel/failure.ts'
import { createMemoryLog, type EventLog, type LogEvent } from '../../log/index.ts'
import type { Signal } from '../../signal/events.ts'
import { createSignalState, foldSignal } from '../../signal/index.ts'
import { importFile, type ImportInput } from '../import-file.ts'
import type { ImportKind } from '../mapping-schema.ts'
import { parseMapping } from '../mapping.ts'

export const NOW = Date.UTC(2026, 5, 1)

export const EVENTS =
  'name: shop\nfields: { userId: user, at: time, event: what }\nproperties: { page: page }'

/** A folder for files, gone after `remove`. */
export const createFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'windvane-import-'))
  let files = 0
  return {
    folder,
    fileOf: async (content: string | Uint8Array, name = 'data.csv'): Promise<string> => {
      const path = join(folder, `${++files}-${name}`)
      await writeFile(path, content)
      return path
    },
    remove: async () => rm(folder, { recursive: true, force: true }),
  }
}

/** Imports with a mapping as YAML text, or by a guess when it is null. */
export const run = async (
  file: string,
  as: ImportKind,
  map: string | null,
  more: Partial<ImportInput> = {},
  log = createMemoryLog(),
) => {
  const mapping = map === null ? {} : { map: parseMapping(map, as) }
  const summary = await importFile({ file, as, append: log.append, now: () => NOW, ...mapping, ...more })
  return { summary, log }
}

export const eventsOf = async (log: EventLog): Promise<readonly LogEvent[]> => {
  const events: LogEvent[] = []
  for await (const page of log.read()) events.push(...page)
  return events
}

export const signalsOf = async (log: EventLog): Promise<readonly Signal[]> => {
  const state = createSignalState()
  return (await eventsOf(log)).flatMap((event) => foldSignal(state, event))
}

/** Code, message and hint of the Failure that `promise` must end in. */
export const failureOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise
  } catch (thrown) {
    assert(isFailure(thrown), `not a Failure: ${String(thrown)}`)
    return `${thrown.code} ${thrown.message} ${thrown.hint ?? ''}`
  }
  assert(false, 'it did not fail')
}
