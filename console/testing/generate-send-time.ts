// When people of the fixture shop answer.

import { LONG, type FixtureState } from './world.ts'
import type { SendTimeCampaign, SendTimeView } from '../../src/api/contract.ts'

export function makeSendTime(state: FixtureState): SendTimeView {
  const isEmpty = state === 'empty'
  return {
    sends: isEmpty ? 0 : 8_421,
    people: isEmpty ? 0 : 2_217,
    answers: isEmpty ? 0 : state === 'unsure' ? 21 : 1_204,
    answersMin: 50,
    rates: Array.from({ length: 7 }, (_, day) =>
      Array.from({ length: 24 }, (_, hour) => (isEmpty || hour < 9 || hour > 20 ? null : rateAt(day, hour))),
    ),
    sendsByHour: Array.from({ length: 24 }, (_, hour) => (isEmpty || hour < 9 || hour > 20 ? 0 : 690 + hour)),
    left: isEmpty ? { otherHour: 0, notSent: 0, noRoom: 0 } : { otherHour: 31, notSent: 4, noRoom: 0 },
    campaigns: isEmpty ? [] : [compared('cart', state), compared('winback', 'unsure')],
  }
}

const rateAt = (day: number, hour: number): number =>
  (0.08 + 0.07 * Math.exp(-(((hour - 19) / 2) ** 2)) + 0.03 * Math.exp(-(((hour - 10) / 2) ** 2))) *
  (day === 0 || day === 6 ? 0.8 : 1.05)

const compared = (campaignId: string, state: FixtureState): SendTimeCampaign => {
  const isUnsure = state === 'unsure'
  return {
    campaignId,
    name: state === 'busy' ? `Cart left behind ${LONG}`.slice(0, 160) : campaignId,
    stage: isUnsure ? 'learning' : 'choosing',
    best: isUnsure ? { sent: 0, answered: 0 } : { sent: 21_400, answered: 3_103 },
    explore: isUnsure ? { sent: 180, answered: 21 } : { sent: 6_120, answered: 702 },
    atOnce: isUnsure ? { sent: 20, answered: 2 } : { sent: 3_060, answered: 336 },
    verdict: isUnsure ? 'not_known_yet' : 'better',
    difference: isUnsure ? null : { value: 0.035, low: 0.021, high: 0.049 },
    detectable: isUnsure ? null : 0.019,
  }
}
