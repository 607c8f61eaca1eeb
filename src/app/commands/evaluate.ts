// `windvane evaluate`: what a policy learnt from logged decisions would have earned, judged on the half
// it has not seen. Works on a plain file without a server.

import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { Failure } from '../../kernel/failure.ts'
import { importFile, parseMapping } from '../../connect/index.ts'
import { DECISION_IMPORTED, type DecisionImported } from '../../decision/events.ts'
import {
  evaluateLike,
  evaluateLogged,
  renderEvaluation,
  renderLike,
  type Evaluation,
  type LikeEvaluation,
} from '../../feedback/index.ts'
import type { NewEvent } from '../../log/port.ts'
import { note, print } from '../output.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

type EvaluateOptions = Common & {
  readonly map?: string
  readonly reward: readonly string[]
  readonly seed: string
  readonly lang: string
  readonly importId?: string
  readonly like?: string
  readonly by?: readonly string[]
}

export const evaluateCommand = (): Command =>
  dataCommand('evaluate', 'what a better policy would have earned on logged decisions')
    .argument('[file]', 'CSV or NDJSON of decisions; without it those imported into the data folder')
    .option('--map <file>', 'mapping of columns, YAML')
    .option('--reward <name...>', 'which reward to judge by; several may be named', ['reward'])
    .option('--seed <text>', 'decides which rows are learnt from', '1')
    .option('--import-id <name>', 'only decisions of this import')
    .option('--lang <language>', 'en or ru', 'en')
    .option('--like <file>', 'judge the policy that logged this file (read like the first), or `uniform`')
    .option('--by <column...>', 'with --like: columns that tell apart how often it takes an action')
    .action(async (file: string | undefined, options: EvaluateOptions) => {
      const rows = file === undefined ? await rowsOfFolder(options) : await rowsOfFile(file, options)
      const { like: other } = options
      if (other !== undefined) {
        const like = other === 'uniform' ? other : await rowsOfFile(other, options)
        const by = options.by ?? []
        const judged = options.reward.map((rewardName) => evaluateLike({ rows, like, by, rewardName }))
        return print({ json: options.json }, judged, (all: readonly LikeEvaluation[]) =>
          all.map((result) => renderLike(result, options.lang)).join('\n\n'),
        )
      }
      if (options.by !== undefined)
        throw new Failure({
          code: 'evaluate.by_alone',
          message: '--by says how the policy of --like is read, and there is none.',
          hint: 'Add --like FILE.',
        })
      const results = options.reward.map((rewardName) =>
        evaluateLogged({ rows, rewardName, seed: options.seed }),
      )
      print({ json: options.json }, results, (all: readonly Evaluation[]) =>
        all.map((result) => renderEvaluation(result, options.lang)).join('\n\n'),
      )
    })

const rowsOfFile = async (file: string, { map }: EvaluateOptions): Promise<readonly DecisionImported[]> => {
  const rows: DecisionImported[] = []
  const collect = async (events: readonly NewEvent[]) => {
    for (const { data } of events) rows.push(data as DecisionImported)
    return events.map((_, index) => ({ offset: index + 1, duplicate: false }))
  }
  const summary = await importFile({
    file,
    as: 'decisions',
    append: collect,
    ...(map === undefined ? {} : { map: parseMapping(readFileSync(map, 'utf8'), 'decisions') }),
  })
  if (summary.rejected > 0) note(`${summary.rejected} rows were rejected: ${summary.rejectsPath ?? ''}`)
  return rows
}

const rowsOfFolder = async ({ data, importId }: EvaluateOptions): Promise<readonly DecisionImported[]> => {
  requireData(data)
  return onEither(
    data,
    async () => {
      throw new Failure({
        code: 'evaluate.server_runs',
        message: 'A server runs on this folder.',
        hint: 'Name the file, or end the server first.',
      })
    },
    async ({ loop }) => {
      const rows: DecisionImported[] = []
      for await (const events of loop.log.read())
        for (const { type, data: row } of events)
          if (
            type === DECISION_IMPORTED &&
            (importId === undefined || (row as DecisionImported).importId === importId)
          )
            rows.push(row as DecisionImported)
      return rows
    },
  )
}
