// Contract-valid answers of the gate: one campaign with a challenger on its way, one with one that waits, one without.

import { CAMPAIGNS, FIXTURE_NOW, HOUR_MS, LONG, type FixtureState } from './world.ts'
import type { Gate, GateCheckView, GateTrack } from '../../src/api/contract.ts'

const DAY_MS = 24 * HOUR_MS

const check = (
  name: string,
  state: GateCheckView['state'],
  figures: Partial<Pick<GateCheckView, 'value' | 'limit' | 'low' | 'high'>> = {},
): GateCheckView => ({ name, state, value: null, limit: null, low: null, high: null, ...figures })

const CHECKS: readonly GateCheckView[] = [
  check('sample_ratio', 'passes', { value: 0.412, limit: 0.001 }),
  check('propensity', 'passes', { value: 0.61, limit: 5 }),
  check('overlap', 'passes', { value: 0, limit: 0 }),
  check('effective_sample', 'passes', { value: 4_812, limit: 500 }),
  check('weight', 'passes', { value: 0.003, limit: 0.05 }),
  check('gain', 'passes', { value: 0.21, limit: 0, low: 0.04, high: 0.41 }),
  check('calibration', 'passes', { value: 0.93, limit: 0.8, low: 0.81, high: 1.05 }),
  check('unsubscribes', 'passes', { value: 0.0021, limit: 0.01, low: 0.001, high: 0.004 }),
  check('complaints', 'passes', { value: 0.0002, limit: 0.003, low: 0, high: 0.0012 }),
  check('margin', 'passes', { value: 0.12, limit: 0, low: -0.31, high: 0.55 }),
]

const WAITING: readonly GateCheckView[] = CHECKS.map((one) =>
  one.name === 'gain'
    ? check('gain', 'waits', { value: 0.02, limit: 0, low: -0.4, high: 0.5 })
    : one.name === 'effective_sample'
      ? check('effective_sample', 'waits', { value: 212, limit: 500 })
      : one.name === 'margin'
        ? check('margin', 'not_applicable')
        : one.name === 'unsubscribes'
          ? check('unsubscribes', 'fails', { value: 0.021, limit: 0.01, low: 0.014, high: 0.031 })
          : one,
)

export function makeGate(state: FixtureState): Gate {
  const steps = [0.05, 0.2, 0.5, 1]
  if (state === 'empty') return { items: [], steps }
  const words = (text: string) => (state === 'long' ? LONG : text)
  const items = CAMPAIGNS.map(({ id, name }, index): GateTrack => {
    const since = FIXTURE_NOW - (40 + index) * DAY_MS
    const rolling = index === 0
    return {
      campaignId: id,
      name: words(name),
      champion: { policy: words('squarecb, floor 0.05'), since },
      challenger:
        index === 2
          ? null
          : {
              id: `challenger-${id}`,
              policy: words(
                rolling
                  ? 'thompson, floor 0.05'
                  : 'always cart-free-delivery, floor 0.1 on a dense model of its own',
              ),
              safety: false,
              by: 'Anna (user u4k)',
              reason: words('plan'),
              proposedAt: FIXTURE_NOW - 9 * DAY_MS,
              share: rolling ? 0.2 : 0,
              shareSince: FIXTURE_NOW - 2 * DAY_MS,
              nextShare: rolling ? 0.5 : 0.05,
              verdict: rolling ? 'passes' : 'fails',
              checks: [...(rolling ? CHECKS : WAITING)],
              decisions: rolling ? 5_121 : 1,
              own: rolling ? 61 : 0,
              ownNeeded: 100,
              judgedAt: FIXTURE_NOW - 3 * HOUR_MS,
            },
      past:
        index === 1
          ? []
          : [
              {
                id: `past-${id}`,
                policy: words('uniform'),
                at: FIXTURE_NOW - 20 * DAY_MS,
                to: rolling ? 0 : 1,
                from: 0.05,
                cause: rolling ? 'harm' : 'step_passed',
                detail: rolling ? 'margin -0.42 [-0.8, -0.04], limit 0' : '',
                by: '',
              },
            ],
    }
  })
  return { items, steps }
}
