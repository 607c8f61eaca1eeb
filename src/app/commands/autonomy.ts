// `windvane autonomy`: what each class of action has earned, and asking for the next level.

import { Command } from 'commander'
import type { GuardrailsView, ProposalView } from '../../api/contract.ts'
import { ACTION_CLASSES, type ActionClass } from '../../governance/events.ts'
import { actorOf } from '../../governance/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { LOCAL_OPERATOR } from '../../kernel/principal.ts'
import { callServer } from '../control.ts'
import { folderSources } from '../folder-sources.ts'
import { print, table } from '../output.ts'
import { proposalText } from './proposals-text.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

export const autonomyCommand = (): Command => {
  const command = new Command('autonomy').description(
    'levels by class of action, the evidence for them, ramps',
  )
  command.addCommand(showCommand(), { isDefault: true })
  command.addCommand(promoteCommand())
  return command
}

const showCommand = (): Command =>
  dataCommand('show', 'each class, its level and what it has earned').action(
    async ({ data, json }: Common) => {
      requireData(data)
      const view = await onEither(
        data,
        async (card) => callServer<GuardrailsView>(card, 'GET', '/api/guardrails'),
        async ({ loop }) => {
          const { viewGuardrails } = await import('../../api/views/guardrails.ts')
          return viewGuardrails(folderSources(loop, data))
        },
      )
      print({ json }, view, ladderText)
    },
  )

const promoteCommand = (): Command =>
  dataCommand('promote', 'ask for the next level of a class; a person approves it')
    .argument('<class>', ACTION_CLASSES.join(', '))
    .option('--campaign <id>', 'only for this campaign', '')
    .action(async (name: string, { data, json, campaign }: Common & { readonly campaign: string }) => {
      requireData(data)
      const proposal = await onEither(
        data,
        async (card) =>
          callServer<ProposalView>(card, 'POST', '/api/autonomy', { class: name, campaignId: campaign }),
        async ({ loop }) => {
          const { wishPromotion } = await import('../../stages/proposing.ts')
          const { viewProposal } = await import('../../api/views/proposals.ts')
          const by = actorOf(LOCAL_OPERATOR)
          const id = await wishPromotion(loop, { class: classOf(name), campaignId: campaign }, by)
          return viewProposal(folderSources(loop, data), id, by)
        },
      )
      print(
        { json },
        proposal,
        (one) => `${proposalText(one)}\n\nApprove: windvane proposals approve ${one.proposalId}`,
      )
    })

const classOf = (name: string): ActionClass => {
  const found = ACTION_CLASSES.find((known) => known === name)
  if (found !== undefined) return found
  throw new Failure({
    code: 'governance.unknown_class',
    message: `There is no class ${name}.`,
    hint: `Classes: ${ACTION_CLASSES.join(', ')}.`,
  })
}

const ladderText = ({ ladder, ramps, governed }: GuardrailsView): string =>
  [
    governed
      ? 'Levels: 0 shadow, 1 suggests, 2 asks, 3 acts (undo), 4 acts'
      : 'No policy was applied: campaigns act as their plan says.',
    table([
      [
        'class',
        'campaign',
        'level',
        'judged',
        'unedited',
        'acted',
        'taken back',
        'breaches',
        'gain from',
        'earned',
      ],
      ...ladder.map((rung) => [
        rung.class,
        rung.campaignId,
        rung.level === rung.policyLevel ? String(rung.level) : `${rung.level} (of ${rung.policyLevel})`,
        `${rung.judged}/${rung.needs.decisions}`,
        rung.judged === 0 ? '' : `${Math.round((rung.unedited / rung.judged) * 100)} %`,
        rung.acted,
        rung.undone,
        rung.breaches === 0 ? '' : `${rung.breaches} ${rung.lastBreach}`,
        rung.gainLow === null ? 'not known' : rung.gainLow.toFixed(4),
        rung.earned ? (rung.proposalId === '' ? 'yes' : rung.proposalId) : '',
      ]),
    ]),
    ...(ramps.length === 0
      ? []
      : [
          '',
          table([
            ['ramp', 'reaches', 'contacts', 'complaints', 'unsubscribed', 'bounced', 'errors', 'stopped by'],
            ...ramps.map((ramp) => [
              ramp.campaignId,
              `${Math.round(ramp.share * 1e4) / 100} %`,
              ramp.contacts,
              ramp.complaints,
              ramp.unsubscribes,
              ramp.bounces,
              ramp.errors,
              ramp.halted === null ? '' : `${ramp.halted.code} ${ramp.halted.detail}`,
            ]),
          ]),
        ]),
  ].join('\n')
