// `windvane apply` and `windvane export`: the plan as a file under version control.

import { readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { Failure, messageOf } from '../../kernel/failure.ts'
import { LOCAL_OPERATOR } from '../../kernel/principal.ts'
import type { Plan, PlanResult } from '../../api/contract.ts'
import type { Range80 } from '../../feedback/index.ts'
import { createRenderer } from '../../delivery/index.ts'
import { callServer } from '../control.ts'
import { print } from '../output.ts'
import { applyTo, exportPlan } from '../apply-plan.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

type ApplyOptions = Common & { readonly dryRun: boolean; readonly overrideGate: string }

export const applyCommand = (): Command =>
  dataCommand('apply', 'put a plan (campaigns, creatives, limits, …) in force')
    .argument('<file>', 'YAML file, or - for standard input')
    .option('--dry-run', 'only check and show what would change', false)
    .option('--override-gate <reason>', 'let changed policies decide at once; the reason is recorded', '')
    .action(async (file: string, options: ApplyOptions) => {
      const { data, json, dryRun, overrideGate: override } = options
      const yaml = readText(file)
      const result = await onEither(
        data,
        async (card) => callServer<PlanResult>(card, 'POST', '/api/plan', { yaml, dryRun, override }),
        async ({ loop }) => {
          const renderer = createRenderer()
          try {
            return await applyTo({ loop, renderer }, { yaml, dryRun, by: LOCAL_OPERATOR, override })
          } finally {
            await renderer.close()
          }
        },
      )
      if (result.problems.length > 0) process.exitCode = 1
      print({ json }, result, planText)
    })

export const exportCommand = (): Command =>
  dataCommand('export', 'write the plan in force as YAML')
    .option('--out <file>', 'file to write; standard output otherwise')
    .action(async ({ data, json, out }: Common & { readonly out?: string }) => {
      requireData(data)
      const plan = await onEither(
        data,
        async (card) => callServer<Plan>(card, 'GET', '/api/plan'),
        async ({ loop }) => exportPlan({ loop }),
      )
      if (out !== undefined) writeFileSync(out, plan.yaml)
      print({ json }, out === undefined ? plan : { ...plan, file: out }, ({ yaml }) =>
        out === undefined ? yaml.trimEnd() : `Written to ${out}.`,
      )
    })

const readText = (file: string): string => {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (cause) {
    throw new Failure({
      code: 'plan.unreadable',
      message: `cannot read ${file}: ${messageOf(cause)}`,
      hint: 'Check the path.',
      cause,
    })
  }
}

const planText = ({ applied, problems, changes, version, waits, because, forecasts }: PlanResult): string => {
  if (problems.length > 0)
    return [
      `Nothing was changed: ${problems.length} problem(s).`,
      ...problems.map(
        ({ path, message, hint }) =>
          `  ${path === '' ? 'plan' : path}: ${message}${hint === '' ? '' : `\n    ${hint}`}`,
      ),
    ].join('\n')
  if (changes.length === 0) return `Nothing differs from what is in force (version ${version}).`
  const why = because.map(({ code, detail }) => `  ${code}${detail === '' ? '' : `: ${detail}`}`)
  const list = changes.map((change) => `  ${change}`)
  if (waits !== null)
    return [
      `Nothing is changed yet: it waits for approval as ${waits}.`,
      ...list,
      'A person must look because of',
      ...why,
      `Look: windvane proposals show ${waits}   Approve: windvane proposals approve ${waits}`,
    ].join('\n')
  return [
    applied ? `In force now (version ${version}):` : 'Would change:',
    ...list,
    ...(why.length === 0 ? [] : ['A person would have to approve it because of', ...why]),
    ...(forecasts.length === 0
      ? []
      : ['Expected (80 % interval), as if live now:', ...forecasts.map(aheadLine)]),
  ].join('\n')
}

/** One line of what a campaign would bring. */
const aheadLine = ({ campaignId, of, days, audience, forecast }: PlanResult['forecasts'][number]): string => {
  const about = `  ${campaignId}, ${of === 'run' ? 'next run' : `${days} days`}, ${audience} in the audience:`
  if (forecast === null) return `${about} not known yet`
  const range = (name: string, one: Range80 | null, digits: number) =>
    one === null
      ? `${name} not known yet`
      : `${name} ${one.mean.toFixed(digits)} (${one.low.toFixed(digits)} … ${one.high.toFixed(digits)})`
  const { messages, buyers, margin, risk } = forecast
  return [
    `${about} ${range('messages', messages, 0)}`,
    range('with a result', buyers, 0),
    range('result', margin, 2),
    range('unsubscribes', risk?.unsubscribes ?? null, 1),
    range('complaints', risk?.complaints ?? null, 1),
  ].join(', ')
}
