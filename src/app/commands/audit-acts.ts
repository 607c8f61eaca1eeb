// `windvane audit acts` and `windvane audit export`: who did what, when, why and on whose yes.

import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Command, Option } from 'commander'
import { actsFile, type ActsFormat } from '../../api/views/acts-file.ts'
import { viewActs } from '../../api/views/audit.ts'
import type { Act, ActsPage } from '../../api/contract-audit.ts'
import { ACT_GROUPS, type ActGroup } from '../../insight/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { callServer, fileFromServer } from '../control.ts'
import { folderSources } from '../folder-sources.ts'
import { note, print, table } from '../output.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'
import { DATA_DEFAULT } from '../stop-at-once.ts'

type Language = 'en' | 'ru'
const language = (): Option =>
  new Option('--lang <language>', 'of the sentences').choices(['en', 'ru']).default('en')

export const listActs = (): Command =>
  dataCommand('acts', 'who did what, when and why, newest first')
    .addOption(new Option('--group <group>', 'only acts of this kind').choices([...ACT_GROUPS]))
    .option('--who <name>', 'only those of whom this is a part of the name; `machine` for those of nobody')
    .option('--limit <count>', 'how many', '50')
    .addOption(language())
    .action(
      async ({
        data,
        json,
        group,
        who,
        limit,
        lang,
      }: Common & {
        readonly group?: ActGroup
        readonly who?: string
        readonly limit: string
        readonly lang: Language
      }) => {
        requireData(data)
        const asked = { ...(group === undefined ? {} : { group }), ...(who === undefined ? {} : { who }) }
        const page = await onEither(
          data,
          async (card) =>
            callServer<ActsPage>(
              card,
              'GET',
              `/api/audit/acts?${new URLSearchParams({ ...asked, limit: String(countOf(limit)), lang }).toString()}`,
            ),
          async ({ loop }) =>
            viewActs(folderSources(loop, data), { ...asked, limit: countOf(limit), language: lang }),
        )
        print({ json }, page, ({ items }) => (items.length === 0 ? 'No acts.' : table(items.map(rowOf))))
      },
    )

export const exportActs = (): Command =>
  new Command('export')
    .description('every act of the log, for an auditor')
    .option('--data <dir>', 'data folder', process.env['WINDVANE_DATA_DIR'] ?? DATA_DEFAULT)
    .addOption(new Option('--format <format>', 'of the file').choices(['csv', 'ndjson']).default('csv'))
    .option('--out <file>', 'where to write it; left out: to standard output')
    .option('--from <moment>', 'from this day or moment on, ISO 8601')
    .option('--to <moment>', 'up to this moment, ISO 8601')
    .addOption(language())
    .action(
      async ({
        data,
        format,
        out,
        from,
        to,
        lang,
      }: {
        readonly data: string
        readonly format: ActsFormat
        readonly out?: string
        readonly from?: string
        readonly to?: string
        readonly lang: Language
      }) => {
        requireData(data)
        const asked = {
          format,
          lang,
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
        }
        await onEither(
          data,
          async (card) =>
            write(
              await fileFromServer(card, `/api/audit/export?${new URLSearchParams(asked).toString()}`),
              out,
            ),
          async ({ loop }) => write(actsFile(folderSources(loop, data), asked), out),
        )
        if (out !== undefined) note(`Written to ${out}.`)
      },
    )

const write = async (pieces: AsyncIterable<string | Uint8Array>, out: string | undefined): Promise<void> => {
  if (out !== undefined) return pipeline(pieces, createWriteStream(out))
  for await (const piece of pieces) process.stdout.write(piece)
}

const countOf = (text: string): number => {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 200) return count
  throw new Failure({
    code: 'audit.limit',
    message: `${text} is no number of acts.`,
    hint: 'From 1 to 200; for all of them: windvane audit export',
  })
}

const rowOf = ({ at, who, text, reason, approvals }: Act): readonly string[] => [
  new Date(at).toISOString().slice(0, 19).replace('T', ' '),
  who.name === '' ? 'windvane' : who.name,
  [
    text,
    ...(reason === '' ? [] : [`(${reason})`]),
    ...approvals.map(({ name, via }) => `[yes: ${name}, ${via}]`),
  ].join(' '),
]
