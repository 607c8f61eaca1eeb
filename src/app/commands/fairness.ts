// `windvane fairness`: who of which group a campaign decided on, reached, held back, gave offers to and heard from. Read from
// the log; the groups may be of a sensitive trait, since nothing is decided by what is shown here.

import type { Command } from 'commander'
import type { Fairness } from '../../api/contract.ts'
import { viewFairness } from '../../api/views/fairness.ts'
import { callServer } from '../control.ts'
import { print, table } from '../output.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

type Share = Fairness['groups'][number]['treated']
type Options = Common & { readonly by: string }

const TIMEOUT_MS = 10 * 60_000

export const fairnessCommand = (): Command =>
  dataCommand('fairness', 'whom of which group a campaign treated, held, gave offers to and heard from')
    .argument('<campaign>', 'id of a campaign in force')
    .requiredOption('--by <trait>', 'the trait whose values are the groups; a sensitive one may be named')
    .action(async (id: string, options: Options) => {
      const { data, json, by } = options
      requireData(data)
      const query = new URLSearchParams({ by })
      const answer = await onEither<Fairness>(
        data,
        async (card) =>
          callServer(
            card,
            'GET',
            `/api/campaigns/${encodeURIComponent(id)}/fairness?${query}`,
            undefined,
            TIMEOUT_MS,
          ),
        async ({ loop }) => viewFairness(loop, { campaignId: id, by }),
      )
      print({ json }, answer, fairnessText)
    })

const fairnessText = ({ campaignId, by, groups, putTogether }: Fairness): string => {
  if (groups.length === 0) return `${campaignId} has decided on nobody yet.`
  const show = ({ people, of, share, low, high, differs }: Share): string =>
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
