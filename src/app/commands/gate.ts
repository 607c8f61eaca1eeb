// `windvane gate`: who decides in each campaign, what stands at the gate and why it is let through or not.

import type { Command } from 'commander'
import { Failure } from '../../kernel/failure.ts'
import { LOCAL_OPERATOR, spellPrincipal } from '../../kernel/principal.ts'
import type { Gate, GateRequest } from '../../api/contract.ts'
import { viewGate } from '../../api/views/gate.ts'
import { actAtGate } from '../../stages/gate-acts.ts'
import { callServer } from '../control.ts'
import { print } from '../output.ts'
import { gateText } from './gate-text.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

type GateOptions = Common & {
  readonly withdraw?: string
  readonly override?: string
  readonly propose?: string
  readonly freshModel?: string
  readonly safety: boolean
}

export const gateCommand = (): Command =>
  dataCommand('gate', 'which policy decides, and how the next one stands at the gate')
    .argument('[campaign]', 'only this campaign')
    .option('--withdraw <reason>', 'end the challenger')
    .option('--override <reason>', 'let the challenger decide for everybody now, past the gate')
    .option('--propose <reason>', "put the plan's policy up again")
    .option('--fresh-model <reason>', 'put up the policy in force on a model that starts anew')
    .option('--safety', 'with --propose or --fresh-model: it may earn a little less', false)
    .action(async (campaign: string | undefined, options: GateOptions) => {
      const { data, json } = options
      requireData(data)
      const request = requestOf(campaign, options)
      const path = campaign === undefined ? '/api/gate' : `/api/gate?campaign=${encodeURIComponent(campaign)}`
      const gate = await onEither(
        data,
        async (card) =>
          request === null
            ? callServer<Gate>(card, 'GET', path)
            : callServer<Gate>(card, 'POST', `/api/gate/${encodeURIComponent(campaign ?? '')}`, request),
        async ({ loop }) => {
          if (request !== null && campaign !== undefined) {
            const { act, reason, safety = false } = request
            const by = spellPrincipal(LOCAL_OPERATOR)
            await actAtGate(loop, { campaignId: campaign, act, reason, safety, by })
          }
          return viewGate({ loop }, campaign)
        },
      )
      if (campaign !== undefined && gate.items.length === 0)
        throw new Failure({
          code: 'gate.no_campaign',
          message: `There is no campaign \`${campaign}\` in the plan.`,
          hint: 'Without a name all are shown: windvane gate',
        })
      print({ json }, gate, gateText)
    })

const requestOf = (campaign: string | undefined, options: GateOptions): GateRequest | null => {
  const asked = (
    [
      ['withdraw', options.withdraw],
      ['override', options.override],
      ['propose', options.propose],
      ['fresh_model', options.freshModel],
    ] as const
  ).filter(([, reason]) => reason !== undefined)
  const [first, second] = asked
  if (first === undefined) return null
  if (second !== undefined)
    throw new Failure({
      code: 'gate.one_act',
      message: `--${first[0].replace('_', '-')} and --${second[0].replace('_', '-')} at once.`,
      hint: 'One at a time.',
    })
  const [act, reason = ''] = first
  if (campaign === undefined)
    throw new Failure({
      code: 'gate.which',
      message: `--${act.replace('_', '-')} needs to know which campaign.`,
      hint: 'Name it: windvane gate CAMPAIGN …',
    })
  return { act, reason, ...(options.safety ? { safety: true } : {}) }
}
