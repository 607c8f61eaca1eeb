// What most commands share: the data folder, the format of the answer, and a loop to work on.

import { Command } from 'commander'
import { createCtx, systemClock } from '../clock.ts'
import { readCard, type ServerCard } from '../control.ts'
import { DATA_DEFAULT } from '../stop-at-once.ts'
import type { OpenLoop } from '../open-loop.ts'
import { Failure } from '../../kernel/failure.ts'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export type Common = { readonly data: string; readonly json: boolean }

/** A command with `--data` and `--json`. */
export const dataCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('--data <dir>', 'data folder', process.env['WINDVANE_DATA_DIR'] ?? DATA_DEFAULT)
    .option('--json', 'answer as one JSON document', false)

/** Runs `onServer` when a server runs on the folder, else `onFolder` with the folder's loop, closed afterwards. */
export const onEither = async <T>(
  dir: string,
  onServer: (card: ServerCard) => Promise<T>,
  onFolder: (opened: OpenLoop) => Promise<T>,
): Promise<T> => {
  const card = readCard(dir)
  if (card !== null) return onServer(card)
  // Loaded here: with a server at work, a command needs nothing of it.
  const { openLoop } = await import('../open-loop.ts')
  const opened = await openLoop({ dir, ctx: createCtx(systemClock) })
  try {
    return await onFolder(opened)
  } finally {
    await opened.close()
  }
}

/** Throws Failure `data.missing` unless the folder holds a log. */
export const requireData = (dir: string): void => {
  if (existsSync(join(dir, 'log.db'))) return
  throw new Failure({
    code: 'data.missing',
    message: `There is no log in ${dir}.`,
    hint: 'Name the data folder with --data DIR, or start there first: windvane start --data DIR',
  })
}
