// Trains the recommender anew each night by the product's clock: in a worker, from what the folded state remembers, and
// what comes out is an event. A training that fails is told, and the model in service stays.

import { setTimeout as sleep } from 'node:timers/promises'
import { interactionColumns } from '../catalogue/index.ts'
import { Failure, isFailure } from '../kernel/failure.ts'
import { localTime, HOUR_MS } from '../kernel/time.ts'
import { learnInWorker, RECOMMEND_TRAINED, trainedFact, type RecommendTrained } from '../model/index.ts'
import type { Loop, LoopState } from '../loop.ts'

export type TrainingSummary = {
  readonly version: string
  readonly kind: string
  readonly fallback: string | null
  readonly split: string
  readonly people: number
  readonly items: number
  readonly rows: number
  readonly backtest: readonly {
    readonly kind: string
    readonly ndcg: number
    readonly recall: number
    readonly coverage: number
    readonly ndcgError: number
  }[]
}

const ROWS_MAX = 1_000_000
const EASE_ITEMS_MAX = 5_000
/** Weights of each product, as many as public data lose nothing by; fewer of many, so that the event fits into the log. */
const PER_ITEM_MAX = 300
const PER_ITEM_MIN = 16
const WEIGHTS_MAX = 800_000
/** Local hour of the nightly training. */
const NIGHT_HOUR = 3
/** Interests before the first training is worth anything. */
const INTERESTS_MIN = 200
/** Real time between looks, and between trainings however fast the product's clock runs. */
const PACE = { lookMs: 2_000, restMs: 60_000 } as const

/** Learns from the state as it is and records the result. Throws Failures `recommend.*`, `log.*`. */
export const trainRecommender = async (loop: Loop, signal?: AbortSignal): Promise<TrainingSummary> => {
  const { state, ctx } = loop
  const asOf = state.offset
  const columns = interactionColumns(state.catalogue, ROWS_MAX)
  if (columns.users.length === 0)
    throw new Failure({
      code: 'recommend.nothing_to_learn',
      message: 'Nobody has looked at, put into a cart or bought a product yet.',
      hint: 'Send Product Viewed, Product Added and Order Completed with product_id.',
    })
  const learnt = await learnInWorker(
    {
      ...columns,
      easeItemsMax: EASE_ITEMS_MAX,
      perItem: perItemOf(columns.ids.length),
    },
    signal,
  )
  const data = trainedFact(learnt, asOf)
  await loop.record([
    {
      id: `rec-train:${asOf}:${data.version}`,
      type: RECOMMEND_TRAINED,
      key: '',
      at: ctx.now(),
      data,
    },
  ])
  return summaryOf(data)
}

const perItemOf = (items: number): number =>
  Math.min(PER_ITEM_MAX, Math.max(PER_ITEM_MIN, Math.floor(WEIGHTS_MAX / Math.max(1, items))))

const summaryOf = ({ version, card }: RecommendTrained): TrainingSummary => ({
  version,
  kind: card.kind,
  fallback: card.fallback,
  split: card.split,
  people: card.people,
  items: card.items,
  rows: card.rows,
  backtest: card.backtest.map(({ kind, ndcg, recall, coverage, ndcgError }) => ({
    kind,
    ndcg,
    recall,
    coverage,
    ndcgError,
  })),
})

export type Trainer = {
  /** Trains now; while a training is under way, that one. */
  readonly train: () => Promise<TrainingSummary>
  readonly stop: () => Promise<void>
}

/** Looks every few seconds whether a training is due. */
export const startTrainer = (
  loop: Loop,
  report: (error: unknown, where: string) => void,
  { lookMs, restMs }: { readonly lookMs: number; readonly restMs: number } = PACE,
): Trainer => {
  const stopping = new AbortController()
  let underWay: Promise<TrainingSummary> | null = null
  const train = async (): Promise<TrainingSummary> => {
    underWay ??= trainRecommender(loop, stopping.signal).finally(() => {
      underWay = null
    })
    return underWay
  }
  const pause = async (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal: stopping.signal, ref: false }).catch((error: unknown) => {
      if (!stopping.signal.aborted) throw error
    })
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await pause(lookMs)
      if (stopping.signal.aborted || !isTrainingDue(loop.state, loop.ctx.now())) continue
      try {
        await train()
      } catch (error) {
        if (!isFailure(error)) throw error
        if (!stopping.signal.aborted) report(error, 'training of recommendations')
      }
      await pause(restMs)
    }
  }
  const done = run().catch((error: unknown) => report(error, 'training of recommendations'))
  return {
    train,
    stop: async () => {
      stopping.abort()
      await done
    },
  }
}

/** Once there is something to learn, and then each night of the business. */
export const isTrainingDue = (
  { catalogue, recommender, business }: Pick<LoopState, 'catalogue' | 'recommender' | 'business'>,
  now: number,
): boolean => {
  if (catalogue.interests < INTERESTS_MIN) return false
  const { trained } = recommender
  const nightOf = (at: number): number => localTime(at - NIGHT_HOUR * HOUR_MS, business.timeZone).day
  return trained === null || nightOf(now) > nightOf(trained.at)
}
