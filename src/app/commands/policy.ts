// `windvane policy`: what the machine may do unasked, its history, and another one tried on last week.

import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { PolicyResult, PolicyView } from '../../api/contract.ts'
import { createRenderer } from '../../delivery/index.ts'
import { Failure, messageOf } from '../../kernel/failure.ts'
import { LOCAL_OPERATOR } from '../../kernel/principal.ts'
import { callServer } from '../control.ts'
import { print, table } from '../output.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

export const policyCommand = (): Command => {
  const command = new Command('policy').description('how much may be done unasked: show, try, change')
  command.addCommand(showCommand(), { isDefault: true })
  command.addCommand(historyCommand())
  command.addCommand(changeCommand('dry-run', true))
  command.addCommand(changeCommand('apply', false))
  return command
}

const view = async (data: string): Promise<PolicyView> =>
  onEither(
    data,
    async (card) => callServer<PolicyView>(card, 'GET', '/api/policy'),
    async ({ loop }) => {
      const { viewPolicy } = await import('../policy-plan.ts')
      return viewPolicy(loop)
    },
  )

const showCommand = (): Command =>
  dataCommand('show', 'the governance section in force, as YAML').action(async ({ data, json }: Common) => {
    requireData(data)
    print({ json }, await view(data), ({ yaml, governed }) =>
      governed
        ? yaml.trimEnd()
        : `# No policy was applied yet: campaigns act as their plan says.\n${yaml.trimEnd()}`,
    )
  })

const historyCommand = (): Command =>
  dataCommand('history', 'who changed it, when, and what').action(async ({ data, json }: Common) => {
    requireData(data)
    print({ json }, await view(data), ({ versions }) =>
      versions.length === 0
        ? 'No policy was ever applied.'
        : versions
            .map(({ version, at, by, proposalId, changes }) =>
              [
                `${version}  ${new Date(at).toISOString()}  ${by.name}${proposalId === '' ? '' : ` (${proposalId})`}`,
                ...changes.map(changeText),
              ].join('\n'),
            )
            .join('\n'),
    )
  })

const changeCommand = (name: string, dryRun: boolean): Command =>
  dataCommand(
    name,
    dryRun
      ? 'what another policy would change, and what last week would have come to under it'
      : 'put another policy in force; what allows more waits for approval',
  )
    .argument('<file>', 'YAML with a governance section, or - for standard input')
    .action(async (file: string, { data, json }: Common) => {
      requireData(data)
      const yaml = readText(file)
      const result = await onEither(
        data,
        async (card) => callServer<PolicyResult>(card, 'POST', '/api/policy', { yaml, dryRun }),
        async ({ loop }) => {
          const { applyPolicy } = await import('../policy-plan.ts')
          const renderer = createRenderer()
          try {
            return await applyPolicy({ loop, renderer }, { yaml, dryRun, by: LOCAL_OPERATOR })
          } finally {
            await renderer.close()
          }
        },
      )
      if (result.problems.length > 0) process.exitCode = 1
      print({ json }, result, resultText)
    })

const readText = (file: string): string => {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (cause) {
    throw new Failure({
      code: 'policy.unreadable',
      message: `cannot read ${file}: ${messageOf(cause)}`,
      hint: 'Check the path.',
      cause,
    })
  }
}

const SIGNS = { lower: 'less risk', raise: 'MORE RISK', same: '' } as const

const changeText = ({ path, is, willBe, risk }: PolicyResult['changes'][number]): string =>
  `  ${path}: ${is} → ${willBe}${SIGNS[risk] === '' ? '' : `  (${SIGNS[risk]})`}`

const resultText = ({ applied, problems, changes, waits, because, impact }: PolicyResult): string => {
  if (problems.length > 0)
    return [
      `Nothing was changed: ${problems.length} problem(s).`,
      ...problems.map(
        ({ path, message, hint }) => `  ${path}: ${message}${hint === '' ? '' : `\n    ${hint}`}`,
      ),
    ].join('\n')
  if (changes.length === 0) return 'Nothing differs from the policy in force.'
  const why = because.map(({ code, detail }) => `  ${code}: ${detail}`)
  const head =
    waits !== null
      ? `It allows more, so it waits for approval as ${waits}:`
      : applied
        ? 'In force now:'
        : why.length > 0
          ? 'Would wait for approval:'
          : 'Would take effect at once, since it only lowers risk:'
  return [
    head,
    ...changes.map(changeText),
    ...why,
    ...(impact === null ? [] : ['', impactText(impact)]),
  ].join('\n')
}

const impactText = ({
  decisions,
  complete,
  rows,
  proposals,
}: NonNullable<PolicyResult['impact']>): string => {
  const counts = (of: (typeof rows)[number]['now']): string =>
    `${of.went} went, ${of.undoable} undoable, ${of.waited} waited, ${of.suggested + of.shadow} not done`
  return [
    `Last week's decisions under it (${decisions}${complete ? '' : ', the newest of them'}):`,
    rows.length === 0
      ? '  none acted'
      : table([
          ['class', 'campaign', 'decisions', 'as it was', 'as it would have been'],
          ...rows.map((row) => [row.class, row.campaignId, row.decisions, counts(row.now), counts(row.then)]),
        ]),
    ...proposals.map(
      ({ proposalId, class: of, was, wouldBe, eyes, title }) =>
        `  ${proposalId} ${of}: level ${was} → ${wouldBe}, ${eyes} to say yes: ${title.slice(0, 60)}`,
    ),
  ].join('\n')
}
