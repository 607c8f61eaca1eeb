// The demo's ad market: six lines on a simulated platform that lies as real ones do, three weeks old when the demo
// begins, living on with the demo's clock. Experiments are read for it now and then, as a business would run them.

import { BUDGET_EXPERIMENT_READ } from '../budget/index.ts'
import type { AdPlatform } from '../delivery/index.ts'
import type { NewEvent } from '../log/port.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { createAdMarket } from './ad-market.ts'
import { createLyingPlatform, type LyingPlatform } from './lying-platform.ts'

const LINES = ['Search', 'Video', 'Social', 'Retargeting', 'Marketplaces', 'Newsletters of others']
const TOTAL = 12_000
const HISTORY_DAYS = 21
const EXPERIMENT_DAYS = 10
const TICK_MS = 50

export type AdDemo = {
  readonly platform: AdPlatform
  readonly demandOn: (day: number) => number | null
  /** The plan's section for these lines, as YAML. */
  readonly planYaml: string
  /** Lets the market live with the clock; experiments go to `record`. */
  readonly start: (
    record: (events: readonly NewEvent[]) => Promise<unknown>,
    report: (error: unknown) => void,
  ) => void
  readonly stop: () => void
}

export const createAdDemo = (about: { readonly seed: string; readonly now: () => number }): AdDemo => {
  const { seed, now } = about
  const market = createAdMarket({ seed, lines: LINES.length, total: TOTAL, jumpEveryDays: 30 })
  const firstDay = Math.floor(now() / DAY_MS) - HISTORY_DAYS
  const fair = (TOTAL / LINES.length) * 1_000_000
  const lying: LyingPlatform = createLyingPlatform({
    market,
    seed,
    startAt: firstDay * DAY_MS,
    budgets: LINES.map(() => fair),
    currency: 'EUR',
  })
  let lived = firstDay * DAY_MS
  const catchUp = (): void => {
    while (lived + HOUR_MS <= now()) {
      lying.passHour()
      lived += HOUR_MS
    }
  }
  catchUp()
  let tested = Math.floor(now() / DAY_MS)
  let timer: NodeJS.Timeout | null = null
  return {
    platform: { ...lying.platform, name: 'simulated' },
    demandOn: (day) => (day < firstDay ? null : market.demandSeen(day - firstDay)),
    planYaml: planYaml(),
    start: (record, report) => {
      timer = setInterval(() => {
        catchUp()
        const today = Math.floor(now() / DAY_MS)
        if (today < tested + 2) return
        tested = today
        const line = Math.floor(today / 2) % LINES.length
        const { effect, standardError } = market.experiment(line, EXPERIMENT_DAYS)
        const event: NewEvent = {
          id: `experiment:${line}:${today}`,
          type: BUDGET_EXPERIMENT_READ,
          key: idOf(line),
          at: now(),
          data: {
            lineId: idOf(line),
            fromDay: today - EXPERIMENT_DAYS,
            toDay: today - 1,
            effect,
            standardError,
            kind: 'geo',
          },
        }
        // The log may be busy or closing: the next experiment comes in two days.
        record([event]).catch(report)
      }, TICK_MS)
    },
    stop: () => {
      if (timer !== null) clearInterval(timer)
    },
  }
}

const idOf = (line: number): string => (LINES[line] ?? '').toLowerCase().replaceAll(' ', '-')

const planYaml = (): string =>
  [
    'ads:',
    '  currency: EUR',
    '  time_zone: UTC',
    `  day_target: ${TOTAL}`,
    `  day_max: ${TOTAL * 2.3}`,
    `  month_max: ${TOTAL * 34}`,
    '  lines:',
    ...LINES.map(
      (name, line) =>
        `    - { id: ${idOf(line)}, name: ${name}, platform: simulated, external_id: "${line}", day_max: ${TOTAL * 1.6}, month_max: ${TOTAL * 26}, day_low: ${TOTAL * 0.005} }`,
    ),
    '',
  ].join('\n')
