// Days of lines as an adapter gathers them from a report. A day that a platform has no row for cost nothing.

import type { ReportedDay } from '../../delivery/index.ts'

export type DayFigures = Required<Omit<ReportedDay, 'day'>>
export type DayTable = {
  readonly add: (externalId: string, day: number, figures: DayFigures) => void
  readonly daysOf: (externalId: string) => readonly ReportedDay[]
}

const NOTHING: DayFigures = { spendMicros: 0, valueMicros: 0, conversions: 0, clicks: 0 }

/** For one question: days outside of it are not taken. Rows of the same line and day add up. */
export const createDayTable = ({
  fromDay,
  toDay,
}: {
  readonly fromDay: number
  readonly toDay: number
}): DayTable => {
  const lines = new Map<string, Map<number, DayFigures>>()
  return {
    add: (externalId, day, figures) => {
      if (day < fromDay || day > toDay) return
      const days = lines.get(externalId) ?? new Map<number, DayFigures>()
      lines.set(externalId, days)
      const known = days.get(day) ?? NOTHING
      days.set(day, {
        spendMicros: known.spendMicros + figures.spendMicros,
        valueMicros: known.valueMicros + figures.valueMicros,
        conversions: known.conversions + figures.conversions,
        clicks: known.clicks + figures.clicks,
      })
    },
    daysOf: (externalId) => {
      const days = lines.get(externalId)
      return Array.from({ length: Math.max(toDay - fromDay + 1, 0) }, (_, i) => ({
        day: fromDay + i,
        ...(days?.get(fromDay + i) ?? NOTHING),
      }))
    },
  }
}
