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
  type HearRows,
  type ImportKind,
  type ImportSummary,
} from '../../connect/index.ts'
import { hearSaid } from '../../api/push-routes.ts'
import { shippedTone } from '../../brand/index.ts'
import type { Ack, NewEvent } from '../../log/port.ts'
import type { Loop } from '../../loop.ts'
import { createHearing } from '../../stages/brand/hearing.ts'
import { callServer } from '../control.ts'
import { note, print } from '../output.ts'
import { dataCommand, onEither, type Common } from './shared.ts'

type ImportOptions = Common & {
  readonly as: ImportKind
  readonly map?: string
  readonly timeZone?: string
  readonly rejects?: string
  readonly source?: string
}

export const importCommand = (): Command =>
  dataCommand('import', 'bring a CSV or NDJSON file in (gzip is understood)')
    .argument('<file>', 'file to read')
    .addOption(
      new Option('--as <kind>', 'what its rows are').choices([...IMPORT_KINDS]).makeOptionMandatory(),
    )
    .option('--map <file>', 'mapping of columns, YAML; guessed from the header otherwise')
    .option('--time-zone <zone>', 'of dates that name none')
    .option('--source <id>', 'of reviews: the plan’s source they come from (the file’s name)')
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
            async (source, mentions) =>
              callServer<Heard>(card, 'POST', '/api/import/reviews', { source, mentions }),
          ),
        async ({ loop }) => bring(file, options, async (events) => loop.record(events), hearingOn(loop)),
      )
      print({ json: options.json }, summary, summaryText)
    })

type Heard = { readonly fresh: number; readonly heard: number }

/** Without a server, read here as the server would. */
const hearingOn = (loop: Loop): HearRows => {
  const hearing = createHearing(loop)
  hearing.useModels(shippedTone())
  return async (source, rows) => hearSaid({ loop, hearing }, source, rows)
}

const bring = async (
  file: string,
  options: ImportOptions,
  append: (events: readonly NewEvent[]) => Promise<readonly Ack[]>,
  hear: HearRows,
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
      hear,
      ...(options.source === undefined ? {} : { heardAs: options.source }),
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
  aboutNobody = 0,
}: ImportSummary): string =>
  [
    `${rows} rows: ${imported} imported, ${duplicates} were there already, ${rejected} rejected (source ${source})`,
    ...(aboutNobody === 0
      ? []
      : [
          `  ${aboutNobody} of them name nobody who is watched and are not kept: say whom the source is about, \`about:\` in the plan.`,
        ]),
    ...Object.entries(reasons).map(([code, count]) => `  ${code}: ${count}`),
    ...(rejectsPath === null ? [] : [`Rejected rows, each with line and reason: ${rejectsPath}`]),
  ].join('\n')
