// How long personal data is kept and what is over, for people.

import type { ExpiryPlan, Expiry } from '../../stages/expiring.ts'
import type { LoopState } from '../../loop.ts'
import type { RetentionRun, RetentionView } from '../contract.ts'

export const viewRetention = (
  { profile }: Pick<LoopState, 'profile'>,
  { classes, contact }: ExpiryPlan,
  { nextRunAt, running }: Pick<RetentionView, 'nextRunAt' | 'running'>,
): RetentionView => {
  const { last } = profile.retention
  return {
    classes: classes.map((one) => ({ ...one })),
    contact,
    nextRunAt,
    running,
    last:
      last === null
        ? null
        : {
            at: last.at,
            items: last.classes.reduce((sum, { items }) => sum + items, 0),
            classes: last.classes.map((one) => ({ ...one })),
            people: last.people,
            by: last.by,
          },
  }
}

export const viewRun = ({ happened, classes, people }: Expiry): RetentionRun => ({
  happened,
  classes: classes.map((one) => ({ ...one })),
  people,
})
