// `windvane import`: files of other systems into the log, by a mapping. Running it again changes nothing.

import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { Option } from 'commander'
import { SingleBar } from 'cli-progress'
import { Failure, messageOf } from '../../kernel/failure.ts'
import {
  importFile,
  IMPORT_KINDS,
  parseMapping,
  type ImportKind,
  type ImportSummary,
} from '../../connect/index.ts'
import type { Ack, NewEvent } from '../../log/port.ts'
import { callServer } from '../control.ts'
import { note, print } from '../output.ts'
import { dataCommand, onEither, type Common } from './shared.ts'

type ImportOptions = Common & {
  readonly as: ImportKind
  readonly map?: string
  readonly timeZone?: string
  readonly rejects?: string
}

export const importCommand = (): Command =>
  dataCommand('import', 'bring a CSV or NDJSON file in (gzip is understood)')
    .argument('<file>', 'file to read')
    .addOption(
      new Option('--as <kind>', 'what its rows are').choices([...IMPORT_KINDS]).makeOptionMandatory(),
    )
    .option('--map <file>', 'mapping of columns, YAML; guessed from the header otherwise')
    .option('--time-zone <zone>', 'of dates that name none')
    .option('--rejects <file>', 'where rejected rows go (<file>.rejected.ndjson)')
    .action(async (file: string, options: ImportOptions) => {
      const summary = await onEither(
        options.data,
        async (card) =>
          bring(
            file,
            options,
            async (events) =>
              (await callServer<{ acks: Ack[] }>(card, 'POST', '/api/import', { events })).acks,
          ),
        async ({ loop }) => bring(file, options, async (events) => loop.record(events)),
      )
      print({ json: options.json }, summary, summaryText)
    })

const bring = async (
  file: string,
  options: ImportOptions,
  append: (events: readonly NewEvent[]) => Promise<readonly Ack[]>,
): Promise<ImportSummary> => {
  const bar =
    process.stderr.isTTY && !options.json
      ? new SingleBar({ format: '{bar} {percentage} %  {rows} rows  {rejected} rejected', hideCursor: true })
      : null
  try {
    return await importFile({
      file,
      as: options.as,
      append,
      now: () => Date.now(),
      ...(options.map === undefined ? {} : { map: parseMapping(readText(options.map), options.as) }),
      ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
      ...(options.rejects === undefined ? {} : { rejectsPath: options.rejects }),
      onGuess: ({ yaml, notes }) =>
        note(
          [
            'Mapping guessed from the header (save it and pass it with --map to change it):',
            yaml.trimEnd(),
            ...notes,
          ].join('\n'),
        ),
      onProgress: ({ bytesRead, bytesTotal, rows, rejected }) => {
        if (bar === null) return
        if (bar.isActive) bar.update(bytesRead, { rows, rejected })
        else bar.start(bytesTotal, bytesRead, { rows, rejected })
      },
    })
  } finally {
    bar?.stop()
  }
}

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Failure({
      code: 'import.mapping_unreadable',
      message: `cannot read ${file}: ${messageOf(cause)}`,
      hint: 'Check the path.',
      cause,
    })
  }
}

const summaryText = ({
  rows,
  imported,
  rejected,
  duplicates,
  reasons,
  rejectsPath,
  source,
}: ImportSummary): string =>
  [
    `${rows} rows: ${imported} imported, ${duplicates} were there already, ${rejected} rejected (source ${source})`,
    ...Object.entries(reasons).map(([code, count]) => `  ${code}: ${count}`),
    ...(rejectsPath === null ? [] : [`Rejected rows, each with line and reason: ${rejectsPath}`]),
  ].join('\n')
