// STOP as a file: create `STOP` in the data folder and nothing leaves any more, whatever else is broken.
// `STOP-channel-email` or `STOP-campaign-winback` hold only theirs; any other name that begins with STOP
// holds everything. Its text is the reason. It outlives restarts; taking it away is what ends it.

import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readScope, spellScope } from '../api/scope.ts'
import type { StopScope } from '../guardrail/events.ts'
import { Failure, isFailure, messageOf } from '../kernel/failure.ts'

export type FiledStop = {
  readonly scope: StopScope
  readonly reason: string
  /** Which file it is: another one of the same name and words has another mark. */
  readonly mark: string
}

export type StopFile = {
  /** Every STOP that lies there. Anything unreadable counts as a STOP of everything. */
  readonly list: () => readonly FiledStop[]
  /** The reason when everything is stopped by file, else null. */
  readonly read: () => string | null
  /** Throws Failure `stop.not_written`; a running server holds its sending all the same. */
  readonly write: (reason: string, scope?: StopScope) => void
  /**
   * Ends those of this scope; given marks, only the files that bear one. Throws Failure `stop.changed` when another lies
   * there, which stays.
   */
  readonly remove: (scope?: StopScope, marks?: readonly string[]) => void
}

const REASON_LENGTH_MAX = 500
const ALL: StopScope = { kind: 'all' }
const UNREADABLE: readonly FiledStop[] = [
  { scope: ALL, reason: 'the STOP file cannot be read', mark: 'unreadable' },
]
/** Of a STOP that only this process holds. */
const HELD_MARK = 'held'
/** A file on its way out: still one that holds everything. */
const LIFTING = 'STOP.lifting'

export const stopFileIn = (dir: string): StopFile => {
  const pathOf = (scope: StopScope): string => join(dir, nameOf(scope))
  /** Where no file could be made: hold as long as this process lives. */
  const held = new Map<string, FiledStop>()
  const list = (): readonly FiledStop[] => {
    let names: readonly string[]
    try {
      names = readdirSync(dir)
    } catch {
      // A folder that cannot be looked at may hold a STOP.
      return UNREADABLE
    }
    const found = names.filter((name) => name.startsWith('STOP')).map((name) => readStop(dir, name))
    return held.size === 0 ? found : [...held.values(), ...found]
  }
  return {
    list,
    read: () => list().find(({ scope }) => scope.kind === 'all')?.reason ?? null,
    write: (reason, scope = ALL) => {
      const path = pathOf(scope)
      try {
        writeFileSync(path, `${reason}\n`, { flush: true })
      } catch (cause) {
        // A full disk still makes an empty file, and the file is what counts.
        if (existsSync(path)) return
        held.set(spellScope(scope), { scope, reason, mark: HELD_MARK })
        throw new Failure({
          code: 'stop.not_written',
          message: `cannot write ${path}: ${messageOf(cause)}`,
          hint: 'Run it as the user who runs the server, or end the server to stop all sending.',
          cause,
        })
      }
    },
    remove: (scope = ALL, marks) => {
      for (const name of scope.kind === 'all' ? namesOfAll(dir) : [nameOf(scope)]) {
        if (marks === undefined) rmSync(join(dir, name), { force: true })
        else removeSeen(dir, name, marks)
      }
      held.delete(spellScope(scope))
    },
  }
}

/** `STOP`, `STOP-channel-email`, `STOP-campaign-winback`. */
const nameOf = (scope: StopScope): string =>
  scope.kind === 'all' ? 'STOP' : `STOP-${encodeURIComponent(spellScope(scope)).replace('%3A', '-')}`

/** Every name that holds everything: the plain one, and those that mean nothing else. */
const namesOfAll = (dir: string): readonly string[] =>
  readdirSync(dir).filter((name) => name.startsWith('STOP') && scopeOf(name).kind === 'all')

const scopeOf = (name: string): StopScope => {
  const found = /^STOP-(channel|campaign)-(.+)$/.exec(name)
  if (found === null) return ALL
  try {
    return readScope(`${found[1] ?? ''}:${decodeURIComponent(found[2] ?? '')}`)
  } catch (error) {
    // A name that cannot be understood: somebody wants something stopped, so everything is.
    if (!isFailure(error) && !(error instanceof URIError)) throw error
    return ALL
  }
}

const readStop = (dir: string, name: string): FiledStop => {
  const scope = scopeOf(name)
  const path = join(dir, name)
  try {
    // The mark first: words that are written meanwhile are then not taken for seen.
    const mark = markOf(path)
    return { scope, reason: readFileSync(path, 'utf8').trim().slice(0, REASON_LENGTH_MAX), mark }
  } catch (error) {
    // Taken away between the two looks, or not to be read: until the next look it is still a STOP.
    return { scope, reason: messageOf(error), mark: markIfThere(path) }
  }
}

/** Same file, same time of its last write: whoever stops again writes anew, or puts another file there. */
const markOf = (path: string): string => {
  const { dev, ino, mtimeNs, size } = statSync(path, { bigint: true })
  return `${dev}-${ino}-${mtimeNs}-${size}`
}

const markIfThere = (path: string): string => {
  try {
    return markOf(path)
  } catch (error) {
    if (!isSystemError(error)) throw error
    return 'unreadable'
  }
}

const isSystemError = (error: unknown): boolean => error instanceof Error && 'code' in error

/**
 * Takes a file away only if it is one that was seen. It is moved aside first, under a name that holds everything, so that
 * what is put in its place meanwhile is another file, and stays.
 */
const removeSeen = (dir: string, name: string, marks: readonly string[]): void => {
  const path = join(dir, name)
  const aside = join(dir, `${LIFTING}-${process.pid}-${name}`)
  try {
    renameSync(path, aside)
  } catch (error) {
    // Gone by itself: there is nothing to take away.
    if (!isSystemError(error) || existsSync(path)) throw error
    return
  }
  if (marks.includes(markOf(aside))) {
    rmSync(aside)
    return
  }
  // Not lost, whatever lies in its old place by now.
  if (!existsSync(path)) renameSync(aside, path)
  throw new Failure({
    code: 'stop.changed',
    message: `Another STOP file has come since you looked: ${name}`,
    hint: 'Look at who stopped what and why, and resume again.',
  })
}
