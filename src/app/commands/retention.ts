// `windvane retention`: how long personal data is kept, what is over, and letting it go.

import type { Command } from 'commander'
import { Failure, messageOf } from '../../kernel/failure.ts'
import type { RetentionRun, RetentionView } from '../../api/contract.ts'
import { viewRetention, viewRun } from '../../api/views/retention.ts'
import { periodText } from '../../profile/index.ts'
import { expireData, planExpiry, type ExpiryParts } from '../../stages/expiring.ts'
import { readConfig } from '../config.ts'
import { callServer } from '../control.ts'
import { erasurePartsOf, ledgerOf } from '../erasures/erasure-parts.ts'
import { ledgerCopy } from '../erasures/ledger-file.ts'
import { openKeys } from '../keys.ts'
import type { OpenLoop } from '../open-loop.ts'
import { note, print, table } from '../output.ts'
import { nextAfter } from '../retention.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

const TIMEOUT_MS = 60 * 60_000

type Given = Common & { readonly dryRun: boolean; readonly yes: boolean }

export const retentionCommand = (): Command =>
  dataCommand('retention', 'let personal data go whose time is over, by the periods of the plan')
    .option('--dry-run', 'only say what would go', false)
    .option('--yes', 'really: it cannot be undone', false)
    .action(async ({ data, json, dryRun, yes }: Given) => {
      requireData(data)
      if (dryRun) return print({ json }, await lookAt(data), lookText)
      if (!yes)
        throw new Failure({
          code: 'retention.not_confirmed',
          message: 'This destroys what is over for good.',
          hint: 'Look at it first with windvane retention --dry-run; then pass --yes.',
        })
      return print({ json }, await runOn(data), runText)
    })

const lookAt = async (data: string): Promise<RetentionView> =>
  onEither<RetentionView>(
    data,
    async (card) => callServer(card, 'GET', '/api/retention'),
    async ({ loop, keys }) =>
      viewRetention(loop.state, planExpiry({ loop, holds: keys?.holds ?? null }), {
        nextRunAt: nextAfter(loop, Number.NEGATIVE_INFINITY),
        running: false,
      }),
  )

const runOn = async (data: string): Promise<RetentionRun> =>
  onEither<RetentionRun>(
    data,
    async (card) => callServer(card, 'POST', '/api/retention/run', {}, TIMEOUT_MS),
    async (opened) => viewRun(await expireData(partsOn(data, opened), 'the operator')),
  )

/** Of a folder that no server runs on: what is folded here is not kept, so nothing has to be folded anew. */
const partsOn = (data: string, opened: OpenLoop): ExpiryParts => {
  const keys = openKeys(data)
  const { audit } = readConfig({ dir: data, env: process.env, flags: {} })
  const copy = ledgerCopy(audit.anchorPath, data)
  const report = (error: unknown): void => note(messageOf(error))
  const parts = erasurePartsOf(opened, ledgerOf(opened, { dir: data, keys, copy, report }), keys)
  return { ...parts, refold: async () => undefined }
}

const lookText = ({ classes, contact, nextRunAt, last }: RetentionView): string => {
  const rows = classes.map(({ dataClass, months, before, items, bound, stored, next }) => [
    dataClass,
    periodText(months),
    String(stored),
    before === '' ? '' : `before ${before}`,
    String(items),
    next === null ? '' : `${dateOf(next.at)}: ${next.items} of ${next.month}`,
    bound === 0
      ? ''
      : dataClass === 'mentions'
        ? `${bound} of them stay: they came before they had keys of their own`
        : `${bound} of them go with their person only: they came before they had keys of their own`,
  ])
  const since = contact.before === 0 ? '' : `not heard of since ${dateOf(contact.before)}`
  return [
    table([
      ['class', 'period', 'stored', 'over', 'items', 'next', ''],
      ...rows,
      [
        'contact',
        periodText(contact.months),
        '',
        since,
        `${contact.people} people`,
        contact.soon === 0 ? '' : `within 30 days: ${contact.soon}`,
        '',
      ],
    ]),
    nextRunAt === null
      ? 'Everything is kept: the plan names no period (privacy: retention).'
      : `Next run: ${new Date(nextRunAt).toISOString()}.`,
    ...(last === null
      ? []
      : [
          `Last: ${new Date(last.at).toISOString()}, ${last.items} items and ${last.people} people, by ${last.by}.`,
        ]),
  ].join('\n')
}

const runText = ({ happened, classes, people }: RetentionRun): string =>
  happened
    ? [
        ...classes.map(
          ({ dataClass, before, items }) => `${dataClass} before ${before}: ${items} items are gone.`,
        ),
        ...(people === 0 ? [] : [`${people} people not heard of for long are gone.`]),
      ].join('\n')
    : 'Nothing is over.'

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
