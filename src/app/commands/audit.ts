// `windvane audit`: whether the log is what it was, anchors for keeping elsewhere, and the key they are signed with.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SingleBar } from 'cli-progress'
import { Command } from 'commander'
import { Failure, messageOf } from '../../kernel/failure.ts'
import { createAnchorSigner } from '../audit/anchor.ts'
import { anchorFile } from '../audit/anchor-keeper.ts'
import { verifyAudit, type AuditReport } from '../audit/verify.ts'
import { readConfig } from '../config.ts'
import { callServer, readCard } from '../control.ts'
import { openKeys } from '../keys.ts'
import { print } from '../output.ts'
import { listActs, exportActs } from './audit-acts.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

export const auditCommand = (): Command =>
  new Command('audit')
    .description('who did what; whether the log was tampered with; anchors to keep elsewhere')
    .addCommand(listActs())
    .addCommand(exportActs())
    .addCommand(verifyCommand())
    .addCommand(anchorCommand())
    .addCommand(keyCommand())

const verifyCommand = (): Command =>
  dataCommand(
    'verify',
    'go through the chain of the log and find what was changed, removed, moved or cut off',
  )
    .option('--anchors <file>', 'anchors to hold it against (audit.anchorPath)')
    .option('--key <file>', 'public key of the anchors, PEM (that of the data folder)')
    .action(
      async ({ data, json, anchors, key }: Common & { readonly anchors?: string; readonly key?: string }) => {
        requireData(data)
        if (anchors !== undefined && !existsSync(anchors))
          throw new Failure({
            code: 'audit.anchors_unreadable',
            message: `There is no file ${anchors}.`,
            hint: 'Name the file of anchors, or leave it out to use that of the settings.',
          })
        const bar =
          process.stderr.isTTY && !json
            ? new SingleBar({ format: '{bar} {percentage} %  {value} records', hideCursor: true })
            : null
        try {
          const live = await liveTip(data)
          const report = await verifyAudit({
            logPath: join(data, 'log.db'),
            anchorsPath: anchors ?? anchorFile(configIn(data).audit.anchorPath, data),
            publicKeyPem:
              key === undefined ? createAnchorSigner(openKeys(data).anchorKey).publicKeyPem : readKey(key),
            ...(live === null ? {} : { liveTip: live }),
            onProgress: (done, total) => {
              if (bar === null) return
              if (bar.isActive) bar.update(done)
              else bar.start(total, done)
            },
          })
          bar?.stop()
          if (!report.ok) process.exitCode = 1
          print({ json }, report, auditText)
        } finally {
          bar?.stop()
        }
      },
    )

const anchorCommand = (): Command =>
  dataCommand('anchor', 'sign the end of the log now and put it under the anchors').action(
    async ({ data, json }: Common) => {
      requireData(data)
      const tip = await onEither(
        data,
        async (card) => callServer<{ offset: number; hash: string }>(card, 'POST', '/api/audit/anchor', {}),
        async (opened) => {
          const tipOf = opened.tip
          if (tipOf === null)
            throw new Failure({ code: 'audit.in_memory', message: 'This log is not on disk.' })
          // With the channels behind it: verifying does not wait for those.
          const { openAnchors } = await import('../audit/open-anchors.ts')
          const anchors = openAnchors({
            dir: data,
            config: configIn(data),
            keys: openKeys(data),
            tip: tipOf,
            epoch: () => opened.loop.state.guardrail.pauses.epoch,
            report: (error) => {
              throw error
            },
          })
          anchors.now()
          await anchors.close()
          return { offset: tipOf().offset, hash: tipOf().hash }
        },
      )
      print({ json }, tip, ({ offset, hash }) => `Anchored: offset ${offset}, ${hash}`)
    },
  )

const keyCommand = (): Command =>
  dataCommand('key', 'print the public key that anchors are checked with').action(
    ({ data, json }: Common) => {
      requireData(data)
      const { publicKeyPem } = createAnchorSigner(openKeys(data).anchorKey)
      print({ json }, { publicKeyPem }, ({ publicKeyPem: pem }) => pem.trimEnd())
    },
  )

const configIn = (dir: string) => readConfig({ dir, env: process.env, flags: {} })

/** Where the running server says the log ends; null when none runs here. */
const liveTip = async (dir: string): Promise<{ offset: number; hash: string } | null> => {
  const card = readCard(dir)
  if (card === null) return null
  return callServer<{ offset: number; hash: string }>(card, 'GET', '/api/audit/tip')
}

const readKey = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Failure({
      code: 'audit.key_unreadable',
      message: `cannot read ${file}: ${messageOf(cause)}`,
      hint: 'It is what `windvane audit key` printed.',
      cause,
    })
  }
}

const KIND_WORDS: Readonly<Record<AuditReport['faults'][number]['kind'], string>> = {
  changed: 'is not what was written',
  missing: 'was removed',
  unlinked: 'is covered by no link of the chain: put in by hand, or its link was taken away',
  relinked: 'has a link that does not follow from what stands before it',
  cut_off: 'was there once and is cut off',
  rewritten: 'is not what was anchored',
}
const PROBLEM_WORDS: Readonly<Record<AuditReport['anchors']['problems'][number]['kind'], string>> = {
  unreadable: 'is no anchor',
  forged: 'is not signed with this key',
  gap: 'does not follow from the line before it: one was removed or changed',
}
const SHOWN_MAX = 20

const auditText = (report: AuditReport): string => {
  const { ok, records, head, faults, faultsTotal, anchors, replaced, firstBad } = report
  return [
    ok
      ? `The log is whole: ${records} records, up to offset ${head.offset}.`
      : `THE LOG IS NOT WHAT IT WAS${firstBad === null ? '' : `, from offset ${firstBad} on`}.`,
    ...faults.slice(0, SHOWN_MAX).map(({ kind, from, to }) => `  ${rangeText(from, to)} ${KIND_WORDS[kind]}`),
    ...(faultsTotal > SHOWN_MAX ? [`  and ${faultsTotal - SHOWN_MAX} more`] : []),
    ...(replaced ? ['  None of the anchors is of this log: another one stands in its place.'] : []),
    ...anchors.problems
      .slice(0, SHOWN_MAX)
      .map(({ line, kind }) => `  Anchor line ${line} ${PROBLEM_WORDS[kind]}`),
    ...report.restores.map(restoreText),
    anchorText(report),
  ].join('\n')
}

const restoreText = ({ epoch, at, by, backupAt, offset, left }: AuditReport['restores'][number]): string =>
  `Restored ${new Date(at).toISOString()} by ${by} from the backup of ${new Date(backupAt).toISOString()}, which ended at offset ${offset}: epoch ${epoch}.${left > 0 ? ` ${left} records that were anchored after it are NOT here.` : ''}`

const rangeText = (from: number, to: number): string =>
  from === to ? `Record ${from}` : `One or more of records ${from} to ${to}`

const anchorText = ({ anchors, head }: AuditReport): string => {
  if (anchors.file === null)
    return 'No anchors: a log that was cut off, or written anew as a whole, cannot be told from this. Set audit.anchorPath.'
  const rest = head.offset - anchors.vouchedTo
  return `${anchors.agreeing} of ${anchors.read} anchors agree (${anchors.file}); they vouch for all up to offset ${anchors.vouchedTo}${rest > 0 ? `, not for the ${rest} after it` : ''}.`
}
