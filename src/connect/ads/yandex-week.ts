// Campaigns of Yandex Direct whose strategy keeps a weekly budget: to the plan they are lines with a seventh of it a day.
// https://yandex.com/dev/direct/doc/en/campaigns/update-text-campaign, …/update-unified-campaign (WeeklySpendLimit)

import { isRecord } from '../../kernel/json.ts'
import { at, numberAt, textAt } from './wire.ts'

const DAYS = 7

/** Where a campaign keeps its weekly budget. */
export type WeekBudget = {
  /** `TextCampaign`, `UnifiedCampaign`. */
  readonly kind: string
  /** `Search` or `Network`. */
  readonly place: string
  readonly strategyType: string
  /** The strategy's own block, such as `WbMaximumClicks`. */
  readonly block: string
  readonly settings: Readonly<Record<string, unknown>>
}

/** The blocks to ask for: unified campaigns are there from version 501 on. */
export const weekFields = (apiVersion: string): Readonly<Record<string, readonly string[]>> => ({
  TextCampaignFieldNames: ['BiddingStrategy'],
  ...(apiVersion === 'v501' ? { UnifiedCampaignFieldNames: ['BiddingStrategy'] } : {}),
})

/** The one weekly budget of a campaign; null where there is none, several, or one for a period of its own. */
export const weekBudgetOf = (campaign: unknown): WeekBudget | null => {
  const found = ['TextCampaign', 'UnifiedCampaign'].flatMap((kind) =>
    ['Search', 'Network'].flatMap((place): WeekBudget[] => {
      const strategy = at(campaign, kind, 'BiddingStrategy', place)
      if (!isRecord(strategy)) return []
      return Object.entries(strategy).flatMap(([block, settings]) =>
        isRecord(settings) && numberAt(settings, 'WeeklySpendLimit') > 0 && !hasPeriod(settings)
          ? [{ kind, place, strategyType: textAt(strategy, 'BiddingStrategyType'), block, settings }]
          : [],
      )
    }),
  )
  return found.length === 1 ? (found[0] ?? null) : null
}

const hasPeriod = (settings: Readonly<Record<string, unknown>>): boolean =>
  settings['CustomPeriodBudget'] !== undefined && settings['CustomPeriodBudget'] !== null

/** Micros a day, not below a seventh. */
export const dayMicros = ({ settings }: WeekBudget): number =>
  Math.ceil(numberAt(settings, 'WeeklySpendLimit') / DAYS)

/** The change that sets it, the strategy's other settings as they are. */
export const weekUpdate = (
  Id: number,
  { kind, place, strategyType, block, settings }: WeekBudget,
  budgetMicros: number,
): Readonly<Record<string, unknown>> => ({
  Id,
  [kind]: {
    BiddingStrategy: {
      [place]: {
        BiddingStrategyType: strategyType,
        [block]: { ...settings, WeeklySpendLimit: budgetMicros * DAYS },
      },
    },
  },
})
