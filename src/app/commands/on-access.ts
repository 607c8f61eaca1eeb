// Commands about people and keys: asked of the running server, or done on the folder when none runs.

import { existsSync } from 'node:fs'
import type { AccessDesk } from '../../governance/access/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { readConfig } from '../config.ts'
import type { ServerCard } from '../control.ts'
import { openKeys } from '../keys.ts'
import { openAccess } from '../open-access.ts'
import { reportTo } from '../report.ts'
import { note } from '../output.ts'
import { onEither } from './shared.ts'

/** Throws Failure `data.missing` when there is no folder: a typing error must not make an installation. */
export const onAccess = async <T>(
  dir: string,
  onServer: (card: ServerCard) => Promise<T>,
  onDesk: (desk: AccessDesk) => Promise<T>,
): Promise<T> => {
  if (!existsSync(dir))
    throw new Failure({
      code: 'data.missing',
      message: `There is no folder ${dir}.`,
      hint: 'Name the data folder with --data DIR, or start there first: windvane start --data DIR',
    })
  return onEither(dir, onServer, async ({ loop }) => {
    const keys = openKeys(dir)
    const config = readConfig({ dir, env: process.env, flags: {} })
    const desk = await openAccess({ loop, keys, config, report: reportTo(note) })
    try {
      return await onDesk(desk)
    } finally {
      await keys.store.settled()
    }
  })
}

/** As the server would tell it, from the settings alone. */
export const publicUrlIn = (dir: string): string => {
  const { publicUrl, host, port } = readConfig({ dir, env: process.env, flags: {} })
  return publicUrl === '' ? `http://${host}:${port}` : publicUrl.replace(/\/+$/, '')
}
