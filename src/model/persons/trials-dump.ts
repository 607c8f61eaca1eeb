// The trials of campaigns as columns of a snapshot.

import type { Dump } from '../../log/dump.ts'
import type { GoalSpec } from '../../decision/events.ts'
import type { HoldoutSpec } from '../../feedback/events.ts'
import { createTrials, NOBODY, TRIAL_WIDTH, type CampaignTrial, type Trials } from './trials.ts'

const COLUMNS = ['slots', 'at', 'treated', 'discounts', 'outcomes', 'vectors'] as const

type About = {
  readonly holdout: Pick<HoldoutSpec, 'share' | 'salt'>
  readonly exempt: readonly string[]
  readonly goals: readonly (readonly [string, GoalSpec])[]
  readonly trials: readonly Pick<CampaignTrial, 'campaignId' | 'goal' | 'count' | 'next'>[]
}

/** Equal trials give equal columns. */
export const dumpTrials = (trials: Trials): Dump => {
  const all = [...trials.byCampaign.values()]
  const about: About = {
    holdout: trials.holdout,
    exempt: trials.exempt,
    goals: [...trials.goals],
    trials: all.map(({ campaignId, goal, count, next }) => ({ campaignId, goal, count, next })),
  }
  return {
    trials: about,
    ...Object.fromEntries(
      all.flatMap((trial, i) =>
        COLUMNS.map((name) => {
          const used = trial.count * (name === 'vectors' ? TRIAL_WIDTH : 1)
          return [`trials.${i}.${name}`, trial[name].slice(0, used)] as const
        }),
      ),
    ),
  }
}

export const restoreTrials = (dump: Dump): Trials => {
  const { holdout, exempt, goals, trials } = dump['trials'] as unknown as About
  const state = { ...createTrials(), holdout, exempt, goals: new Map(goals) }
  for (const [i, about] of trials.entries()) {
    const column = <T>(name: (typeof COLUMNS)[number]): T => dump[`trials.${i}.${name}`] as T
    const trial: CampaignTrial = {
      ...about,
      slots: column<Uint32Array>('slots'),
      at: column<Float64Array>('at'),
      treated: column<Uint8Array>('treated'),
      discounts: column<Float32Array>('discounts'),
      outcomes: column<Float64Array>('outcomes'),
      vectors: column<Float32Array>('vectors'),
      rowOf: new Map(),
    }
    for (let row = 0; row < trial.count; row++) {
      const slot = trial.slots[row] as number
      if (slot !== NOBODY) trial.rowOf.set(slot, row)
    }
    state.byCampaign.set(about.campaignId, trial)
  }
  return state
}
