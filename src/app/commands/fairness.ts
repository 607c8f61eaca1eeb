// `windvane fairness`: who of which group a campaign decided on, reached, held back, gave offers to and heard from. Read from
// the log; the groups may be of a sensitive trait, since nothing is decided by what is shown here.

import type { Command } from 'commander'
import { campaignOf, campaignsInForce } from '../../decision/index.ts'
import { createFairness, type FairnessReport, type FairnessShare } from '../../feedback/index.ts'
import { Failure } from '../../kernel/failure.ts'
import { asCampaignId } from '../../kernel/ids.ts'
import { didYouMean } from '../../kernel/problem.ts'
import { refOf, viewProfile } from '../../profile/index.ts'
import { createCtx, systemClock } from '../clock.ts'
import { openLoop } from '../open-loop.ts'
import { print, table } from '../output.ts'
import { dataCommand, requireData, type Common } from './shared.ts'

type Options = Common & { readonly by: string }
type Answer = FairnessReport & { readonly campaignId: string; readonly by: string }

export const fairnessCommand = (): Command =>
  dataCommand('fairness', 'whom of which group a campaign treated, held, gave offers to and heard from')
    .argument('<campaign>', 'id of a campaign in force')
    .requiredOption('--by <trait>', 'the trait whose values are the groups; a sensitive one may be named')
    .action(async (id: string, options: Options) => {
      requireData(options.data)
      const opened = await openLoop({ dir: options.data, ctx: createCtx(systemClock) })
      try {
        const { state, log } = opened.loop
        const campaign = campaignOf(state.decision, asCampaignId(id))
        if (campaign === undefined)
          throw new Failure({
            code: 'fairness.no_campaign',
            message: `There is no campaign ${id}.`,
            hint: didYouMean(
              id,
              campaignsInForce(state.decision).campaigns.map((one) => one.id),
            ),
          })
        const now = Date.now()
        const fairness = createFairness(campaign, (profileId) => {
          const ref = refOf(state.profile, profileId)
          if (ref === undefined) return ''
          const value = viewProfile(state.profile, ref, now, state.business).traits[options.by]
          if (value === undefined || value === null) return ''
          return typeof value === 'string' ? value : JSON.stringify(value)
        })
        for await (const events of log.read()) for (const event of events) fairness.take(event)
        const answer: Answer = { campaignId: id, by: options.by, ...fairness.report() }
        print({ json: options.json }, answer, fairnessText)
      } finally {
        await opened.close()
      }
    })

const fairnessText = ({ campaignId, by, groups, putTogether }: Answer): string => {
  if (groups.length === 0) return `${campaignId} has decided on nobody yet.`
  const show = ({ people, of, share, low, high, differs }: FairnessShare): string =>
    of === 0
      ? '-'
      : `${(100 * share).toFixed(1)} % (${(100 * low).toFixed(1)} … ${(100 * high).toFixed(1)})${differs ? ' *' : ''} ${people}`
  return [
    `${campaignId} by ${by}: shares of people with their interval of 95 %, and how many`,
    table([
      [by, 'decided on', 'treated', 'control group', 'held back', 'of treated: offer', 'of treated: result'],
      ...groups.map(({ value, decided, treated, heldOut, withheld, offers, responded }) => [
        value,
        decided,
        ...[treated, heldOut, withheld, offers, responded].map(show),
      ]),
    ]),
    '* differs from everybody else beyond chance (5 % over the whole table). A difference is no verdict: look for its cause.',
    ...(putTogether === 0 ? [] : [`${putTogether} small groups are put together as (other).`]),
  ].join('\n')
}
