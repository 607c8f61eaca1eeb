// `windvane evaluate`: what a policy learnt from logged decisions would have earned, judged on the half
// it has not seen. Works on a plain file without a server.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { Failure } from '../../kernel/failure.ts'
import {
  columnsOf,
  findColumn,
  importFile,
  keyOf,
  LEFT_OUT_SHARE_MAX,
  parseMapping,
  usualNames,
} from '../../connect/index.ts'
import { DECISION_IMPORTED, type DecisionImported } from '../../decision/events.ts'
import {
  evaluateLike,
  evaluateLogged,
  renderEvaluation,
  renderLike,
  type Evaluation,
  type LikeEvaluation,
} from '../../feedback/index.ts'
import { note, print } from '../output.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

type EvaluateOptions = Common & {
  readonly map?: string
  readonly action?: string
  readonly propensity?: string
  readonly reward?: readonly string[]
  readonly seed: string
  readonly lang: string
  readonly importId?: string
  readonly like?: string
  readonly by?: readonly string[]
}

export const evaluateCommand = (): Command =>
  dataCommand('evaluate', 'what a better policy would have earned on logged decisions')
    .argument('[file]', 'CSV or NDJSON of decisions; without it those imported into the data folder')
    .option('--action <column>', 'what was done (default: action, arm, treatment and the like)')
    .option('--propensity <column>', 'probability with which it was drawn (default: propensity and the like)')
    .option(
      '--reward <name...>',
      'what to judge by; several may be named (default: reward, click and the like)',
    )
    .option('--map <file>', 'mapping of columns, YAML, in place of these')
    .option('--seed <text>', 'decides which rows are learnt from', '1')
    .option('--import-id <name>', 'only decisions of this import')
    .option('--lang <language>', 'en or ru', 'en')
    .option('--like <file>', 'judge the policy that logged this file (read like the first), or `uniform`')
    .option('--by <column...>', 'with --like: columns that tell apart how often it takes an action')
    .action(async (file: string | undefined, options: EvaluateOptions) => {
      const { rows, rewards } =
        file === undefined
          ? { rows: await rowsOfFolder(options), rewards: options.reward ?? ['reward'] }
          : await readFile(file, options)
      const { like: other } = options
      if (other !== undefined) {
        const like = other === 'uniform' ? other : (await readFile(other, options)).rows
        const by = options.by ?? []
        const judged = rewards.map((rewardName) => evaluateLike({ rows, like, by, rewardName }))
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
      const results = rewards.map((rewardName) => evaluateLogged({ rows, rewardName, seed: options.seed }))
      print({ json: options.json }, results, (all: readonly Evaluation[]) =>
        all.map((result) => renderEvaluation(result, options.lang)).join('\n\n'),
      )
    })

type Read = { readonly rows: readonly DecisionImported[]; readonly rewards: readonly string[] }

const readFile = async (file: string, options: EvaluateOptions): Promise<Read> => {
  const { map } = options
  if (map !== undefined) {
    const mapping = parseMapping(readFileSync(map, 'utf8'), 'decisions')
    return { rows: await importRows(file, { map: mapping }), rewards: options.reward ?? ['reward'] }
  }
  const columns = await columnsOf(file)
  const columnOf = (key: 'action' | 'propensity' | 'reward', named: string | undefined): string =>
    findColumn(file, columns, {
      key,
      named,
      names: usualNames(key),
      required: true,
      option: `--${key}`,
    }) ?? ''
  const rewards = (options.reward ?? [undefined]).map((name) => columnOf('reward', name))
  const fields = {
    action: columnOf('action', options.action),
    propensity: columnOf('propensity', options.propensity),
  }
  return { rows: await importRows(file, { named: { fields, rewards } }), rewards: rewards.map(keyOf) }
}

/** Nothing is written beside the file: the rows that cannot be read are told and their file is taken away again. */
const importRows = async (
  file: string,
  how: Pick<Parameters<typeof importFile>[0], 'map' | 'named'>,
): Promise<readonly DecisionImported[]> => {
  const rows: DecisionImported[] = []
  const folder = mkdtempSync(join(tmpdir(), 'windvane-evaluate-'))
  try {
    const { rejectsPath, ...summary } = await importFile({
      ...how,
      file,
      as: 'decisions',
      append: async (events) => {
        for (const { data } of events) rows.push(data as DecisionImported)
        return events.map((_, index) => ({ offset: index + 1, duplicate: false }))
      },
      rejectsPath: join(folder, 'rejected.ndjson'),
    })
    if (rejectsPath !== null) refuseRejects(file, summary, readFileSync(rejectsPath, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  if (rows.length > 0) return rows
  throw new Failure({
    code: 'table.no_rows',
    message: `${file} has no readable row below its header.`,
    hint: 'Line 1 must be the header, and each line after it a decision.',
  })
}

/** A cell of them, in a row as JSON. */
const NO_NUMBER = /"[-+]?(nan|inf(inity)?)"/i

/** Rows in which a cell is empty are left out, as long as they are few; those with something else are refused. */
const refuseRejects = (
  file: string,
  { rows, rejected }: { rows: number; rejected: number },
  text: string,
) => {
  const rejects = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; code: string; reason: string; row: unknown })
  const isEmpty = ({ code, row }: (typeof rejects)[number]): boolean =>
    code === 'required_missing' && !NO_NUMBER.test(JSON.stringify(row))
  const wrong = rejects.find((reject) => !isEmpty(reject)) ?? rejects[0]
  const told = `${rejected} of ${rows} rows of ${file}`
  const first = `line ${wrong?.line ?? 0}: ${wrong?.reason ?? ''}`
  if (wrong !== undefined && isEmpty(wrong) && rejected <= Math.max(1, LEFT_OUT_SHARE_MAX * rows))
    return note(`${told} left out: ${first}.`)
  throw new Failure({
    code: 'table.cell',
    message: `${told} cannot be used: ${first}.`,
    hint: 'Mend the lines or take them out, or name other columns with --action, --propensity and --reward.',
  })
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
