// The secrets' file, `access.json` in the data folder: readable by its owner only, written whole and flushed before
// the old one is replaced. In force in memory at once, since a full disk must not keep people from signing in.

import { existsSync, readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { Failure, messageOf } from '../../../kernel/failure.ts'
import { isRecord } from '../../../kernel/json.ts'
import { EMPTY_STORE, type AccessStore, type StoredAccess } from '../ports.ts'

/** Opens the file, or starts with nothing. `path` null keeps it in memory. Throws Failure `access.unreadable`. */
export const openAccessStore = (path: string | null): AccessStore => {
  let current = path === null || !existsSync(path) ? EMPTY_STORE : readFrom(path)
  let version = 0
  let writing: Promise<void> = Promise.resolve()
  let written = 0
  const write = async (): Promise<void> => {
    if (path === null || written === version) return
    const [seen, text] = [version, JSON.stringify(current, null, 1)]
    await writeTo(path, text)
    written = seen
  }
  return {
    read: () => current,
    change: async (next) => {
      current = next(current)
      version++
      // One after the other; who comes while one is written is in the next, together with others.
      const mine = writing.then(write)
      writing = mine.catch(() => undefined)
      await mine
    },
    version: () => version,
    settled: async () => writing,
  }
}

const readFrom = (path: string): StoredAccess => {
  let found: unknown
  try {
    found = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw unreadable(path, messageOf(cause), cause)
  }
  const lists = ['users', 'links', 'keys', 'sessions']
  if (isRecord(found) && found['version'] === 1 && lists.every((name) => Array.isArray(found[name])))
    return found as StoredAccess
  throw unreadable(path, 'it is not an access file of this version')
}

const unreadable = (path: string, why: string, cause?: unknown): Failure =>
  new Failure({
    code: 'access.unreadable',
    message: `cannot read ${path}: ${why}`,
    hint: 'Restore it from a backup. Deleting it ends all sessions and keys; people then need new links: windvane users reset.',
    cause,
  })

const writeTo = async (path: string, text: string): Promise<void> => {
  try {
    const file = await open(`${path}.new`, 'w', 0o600)
    try {
      await file.writeFile(`${text}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(`${path}.new`, path)
  } catch (cause) {
    throw new Failure({
      code: 'access.not_stored',
      message: `cannot write ${path}: ${messageOf(cause)}`,
      hint: 'It holds until the server ends. Make room or mend the rights of the folder, and do it again.',
      retryable: true,
      cause,
    })
  }
}
