// `windvane proposals`: what waits for a yes, and answering it.

import { Command } from 'commander'
import type { ProposalsView, ProposalView } from '../../api/contract-governance.ts'
import type { AnswerBody } from '../../api/contract.ts'
import { actorOf } from '../../governance/index.ts'
import { parseDuration } from '../../kernel/duration.ts'
import { Failure } from '../../kernel/failure.ts'
import { LOCAL_OPERATOR } from '../../kernel/principal.ts'
import { callServer } from '../control.ts'
import { print } from '../output.ts'
import { folderSources } from '../folder-sources.ts'
import { proposalsText, proposalText } from './proposals-text.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

export const proposalsCommand = (): Command => {
  const command = new Command('proposals').description(
    'what waits for approval: look, approve, reject, take back',
  )
  command.addCommand(listCommand(), { isDefault: true })
  command.addCommand(showCommand())
  command.addCommand(
    answerCommand('approve', 'say yes; several of one class at once').option(
      '--note <text>',
      'a word with it',
      '',
    ),
  )
  command.addCommand(
    answerCommand('reject', 'say no, with the reason it is learnt from').requiredOption(
      '--reason <text>',
      'why',
    ),
  )
  command.addCommand(
    answerCommand('snooze', 'ask me again later').option('--for <duration>', 'how long', '1h'),
  )
  command.addCommand(
    answerCommand('answer', 'answer what it asks, in words').requiredOption('--text <text>', 'the answer'),
  )
  command.addCommand(
    answerCommand('edit', 'leave some actions out of a batch, before saying yes').requiredOption(
      '--without <action...>',
      'actions to leave out',
    ),
  )
  command.addCommand(
    answerCommand('undo', 'take back what was done, while it can be').option('--reason <text>', 'why', ''),
  )
  return command
}

const listCommand = (): Command =>
  dataCommand('list', 'what waits, and what can still be taken back')
    .option('--all', 'what is over, too', false)
    .action(async ({ data, json, all }: Common & { readonly all: boolean }) => {
      requireData(data)
      const view = await onEither(
        data,
        async (card) => callServer<ProposalsView>(card, 'GET', '/api/proposals'),
        async ({ loop }) => {
          const { viewProposals } = await import('../../api/views/proposals.ts')
          return viewProposals(folderSources(loop, data), actorOf(LOCAL_OPERATOR))
        },
      )
      print({ json }, view, (shown) => proposalsText(shown, { all }))
    })

const showCommand = (): Command =>
  dataCommand('show', 'one of them, whole')
    .argument('<id>', 'such as P12')
    .action(async (id: string, { data, json }: Common) => {
      requireData(data)
      print({ json }, await lookAt(data, id), proposalText)
    })

const lookAt = async (data: string, id: string): Promise<ProposalView> =>
  onEither(
    data,
    async (card) => callServer<ProposalView>(card, 'GET', `/api/proposals/${encodeURIComponent(id)}`),
    async ({ loop }) => {
      const { viewProposal } = await import('../../api/views/proposals.ts')
      return viewProposal(folderSources(loop, data), id, actorOf(LOCAL_OPERATOR))
    },
  )

type AnswerOptions = Common & {
  readonly note?: string
  readonly reason?: string
  readonly for?: string
  readonly text?: string
  readonly without?: readonly string[]
}

const answerCommand = (answer: AnswerBody['answer'], description: string): Command =>
  dataCommand(answer, description)
    .argument('<id...>', 'such as P12')
    .action(async (ids: readonly string[], options: AnswerOptions) => {
      const { data, json } = options
      requireData(data)
      const body = bodyOf(answer, options)
      if (ids.length > 1) await requireOneClass(data, ids)
      const answered: ProposalView[] = []
      for (const id of ids) answered.push(await give(data, id, body))
      print({ json }, answered.length === 1 ? answered[0] : answered, () =>
        answered.map((one) => `${one.proposalId} is ${wordOf(one)}.`).join('\n'),
      )
    })

const bodyOf = (answer: AnswerBody['answer'], options: AnswerOptions): AnswerBody => {
  const text = options.note ?? options.reason ?? options.text ?? ''
  if (answer === 'edit') return { answer, without: [...(options.without ?? [])] }
  if (answer !== 'snooze') return { answer, text }
  const forMs = parseDuration(options.for ?? '1h')
  if (forMs === undefined || forMs < 60_000)
    throw new Failure({
      code: 'proposals.duration',
      message: `${options.for} is no time to snooze.`,
      hint: 'Write 30m, 2h, 1d.',
    })
  return { answer, forMs }
}

const give = async (data: string, id: string, body: AnswerBody): Promise<ProposalView> =>
  onEither(
    data,
    async (card) => callServer<ProposalView>(card, 'POST', `/api/proposals/${encodeURIComponent(id)}`, body),
    async ({ loop }) => {
      const { answerOnFolder } = await import('../answer-on-folder.ts')
      return answerOnFolder(loop, data, id, body)
    },
  )

/** Answered together is only what is of one kind: nobody waves through what they did not mean. */
const requireOneClass = async (data: string, ids: readonly string[]): Promise<void> => {
  const classes = new Set<string>()
  for (const id of ids) classes.add((await lookAt(data, id)).class)
  if (classes.size > 1)
    throw new Failure({
      code: 'governance.mixed_classes',
      message: `These are of different classes: ${[...classes].join(', ')}.`,
      hint: 'Answer together only what is of one class.',
    })
}

const wordOf = ({ status, approvals, eyes, snoozedUntil }: ProposalView): string => {
  if (status === 'open' && approvals.length > 0) return `approved by ${approvals.length} of ${eyes}`
  if (status === 'open' && snoozedUntil > 0) return 'snoozed'
  return status
}
