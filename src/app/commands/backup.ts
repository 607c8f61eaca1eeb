// `windvane backup` and `windvane restore`.

import { existsSync } from 'node:fs'
import { SingleBar } from 'cli-progress'
import type { Command } from 'commander'
import { Failure } from '../../kernel/failure.ts'
import { LOCAL_OPERATOR, spellPrincipal } from '../../kernel/principal.ts'
import { backUp, type BackupReport } from '../backup/backup.ts'
import { restoreBackup, type RestoreReport } from '../backup/restore.ts'
import { createCtx, systemClock } from '../clock.ts'
import { print } from '../output.ts'
import { dataCommand, requireData, type Common } from './shared.ts'

export const backupCommand = (): Command =>
  dataCommand('backup', 'back the data folder up, while the server runs or not, and verify the copy')
    .argument('<dest>', 'folder to make')
    .option('--secrets <dir>', 'put what opens the rest (keys) into a folder apart')
    .action(async (dest: string, { data, json, secrets }: Common & { readonly secrets?: string }) => {
      requireData(data)
      const bar = createBar(json)
      try {
        const report = await backUp({
          dir: data,
          dest,
          now: Date.now(),
          ...(secrets === undefined ? {} : { secretsDest: secrets }),
          onProgress: bar.show,
        })
        bar.stop()
        if (report.chain.faultsTotal > 0) process.exitCode = 1
        print({ json }, report, backupText)
      } finally {
        bar.stop()
      }
    })

type RestoreWords = Common & {
  readonly secrets?: string
  readonly erasures?: string
  readonly despiteFaults: boolean
}

export const restoreCommand = (): Command =>
  dataCommand('restore', 'put a backup into an empty folder; it sends nothing until it is resumed')
    .argument('<src>', 'folder that windvane backup made')
    .option('--secrets <dir>', 'where its secrets were put apart')
    .option(
      '--erasures <file>',
      'ledger of erasures (erasures.ndjson of the old folder); those left in the folder, beside it and beside the anchors are found without it',
    )
    .option('--despite-faults', 'although its chain shows tampering', false)
    .action(async (src: string, { data, json, secrets, erasures, despiteFaults }: RestoreWords) => {
      if (erasures !== undefined && !existsSync(erasures))
        throw new Failure({
          code: 'restore.no_ledger',
          message: `There is no file ${erasures}.`,
          hint: 'Name the erasures.ndjson of the old data folder, or its copy beside the anchors.',
        })
      const bar = createBar(json)
      const ctx = createCtx(systemClock)
      try {
        const report = await restoreBackup({
          src,
          dir: data,
          by: spellPrincipal(LOCAL_OPERATOR),
          now: ctx.now(),
          newId: ctx.newId,
          despiteFaults,
          ...(secrets === undefined ? {} : { secretsSrc: secrets }),
          ...(erasures === undefined ? {} : { erasures }),
          onProgress: bar.show,
        })
        bar.stop()
        print({ json }, report, restoreText)
      } finally {
        bar.stop()
      }
    })

const createBar = (json: boolean) => {
  const bar =
    process.stderr.isTTY && !json
      ? new SingleBar({ format: '{bar} {percentage} %  {what}', hideCursor: true })
      : null
  return {
    show: (what: string, done: number, total: number): void => {
      if (bar === null) return
      if (!bar.isActive) bar.start(total, done, { what })
      bar.setTotal(total)
      bar.update(done, { what })
    },
    stop: (): void => bar?.stop(),
  }
}

const MEGABYTE = 1_000_000

const backupText = ({ dest, secretsDest, manifest, bytes, chain }: BackupReport): string =>
  [
    `Backed up to ${dest}: ${manifest.files.length} files, ${(bytes / MEGABYTE).toFixed(1)} MB, ${chain.records} records up to offset ${manifest.offset}.`,
    chain.faultsTotal === 0
      ? 'The copy was verified: its chain is whole.'
      : `THE CHAIN IS BROKEN from offset ${chain.faults[0]?.from ?? 0} on; see windvane audit verify.`,
    secretsDest === null
      ? 'Keys are in it: keep it as you keep them.'
      : `Keys are apart, in ${secretsDest}: without them it cannot be restored.`,
  ].join('\n')

const restoreText = ({ dir, epoch, backupAt, records, faults, erasures }: RestoreReport): string =>
  [
    `Restored to ${dir}: ${records} records, as of ${new Date(backupAt).toISOString()}; this is epoch ${epoch}.`,
    ...(faults.length === 0 ? [] : [`Its chain shows tampering from offset ${faults[0]?.from ?? 0} on.`]),
    ...erasuresText(erasures),
    'Everything is stopped. Start it (windvane start --data DIR), look at what waits, then: windvane resume.',
  ].join('\n')

const UNKNOWN: Readonly<Record<RestoreReport['erasures']['unknown'], string>> = {
  '': '',
  no_ledger: 'no ledger of erasures was found',
  began_later: 'the ledger of erasures begins after the backup',
  older_than_backup: 'the ledger of erasures is older than the backup',
}

const erasuresText = ({ ledgers, lastAt, noted, people, unknown }: RestoreReport['erasures']): string[] => [
  ...(ledgers.length === 0
    ? []
    : [
        `Erased again, by ${ledgers.join(' and ')}: ${people} people (${noted} lines that the backup did not have; the last erasure it knows is of ${lastAt === null ? 'never' : new Date(lastAt).toISOString()}).`,
      ]),
  ...(unknown === ''
    ? []
    : [
        `WHO WAS ERASED AFTER THE BACKUP IS NOT KNOWN: ${UNKNOWN[unknown]}. They may be in what was restored. Nothing is sent until a person confirms (windvane resume --erasures-seen); better restore again with --erasures FILE.`,
      ]),
]
