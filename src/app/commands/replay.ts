// `windvane replay`: makes logged decisions again and compares them byte for byte.

import type { Command } from 'commander'
import { join } from 'node:path'
import { openSqliteLog } from '../../log/index.ts'
import { addressHash } from '../address-hash.ts'
import { openKeys } from '../keys.ts'
import { print } from '../output.ts'
import { replayLog } from '../replay.ts'
import { dataCommand, requireData, type Common } from './shared.ts'

export const replayCommand = (): Command =>
  dataCommand('replay', 'make logged decisions again from the log and compare the bytes')
    .option('--limit <n>', 'decisions to replay, from the first one on', '100000')
    .action(async ({ data, json, limit }: Common & { readonly limit: string }) => {
      requireData(data)
      const log = await openSqliteLog({ path: join(data, 'log.db'), keysPath: join(data, 'keys.db') })
      try {
        const report = await replayLog(log, {
          limit: Number(limit),
          hash: addressHash(openKeys(data).addressSecret),
        })
        if (report.identical + report.onExpired !== report.decisions) process.exitCode = 1
        print({ json }, report, ({ events, decisions, identical, fromRecord, onExpired, differences }) =>
          [
            `${decisions} decisions over ${events} events: ${identical} byte-identical from the log, ${fromRecord} drawn again from their record alone`,
            ...(onExpired === 0 ? [] : [`${onExpired} were made on data whose time is over since`]),
            ...differences.map(
              ({ decisionId, recorded, again }) =>
                `${decisionId}\n  recorded ${recorded}\n  again    ${again}`,
            ),
          ].join('\n'),
        )
      } finally {
        await log.close()
      }
    })
