// Sends and answers by local hour and by weekday: the same 62 numbers for the business, a segment and a person.

export const HOURS = 24
export const WEEKDAYS = 7

/** One of the two parts of an hour of the week; they are learnt apart and multiplied. */
export type Part = 'hours' | 'weekdays'

/** Sends by hour, answers by hour, sends by weekday, answers by weekday (0 = Sunday). */
export type Counts = Float32Array | Float64Array
export const COUNTS_WIDTH = 2 * (HOURS + WEEKDAYS)

const PLACES = {
  hours: { bins: HOURS, sent: 0, answered: HOURS },
  weekdays: { bins: WEEKDAYS, sent: 2 * HOURS, answered: 2 * HOURS + WEEKDAYS },
} as const

export const binsOf = (part: Part): number => PLACES[part].bins

export const sentIn = (counts: Counts, part: Part, bin: number): number =>
  counts[PLACES[part].sent + bin] as number

export const answeredIn = (counts: Counts, part: Part, bin: number): number =>
  counts[PLACES[part].answered + bin] as number

/** All sends, and all answers. */
export const totalsOf = (counts: Counts): { readonly sent: number; readonly answered: number } => {
  let [sent, answered] = [0, 0]
  for (let hour = 0; hour < HOURS; hour++) {
    sent += sentIn(counts, 'hours', hour)
    answered += answeredIn(counts, 'hours', hour)
  }
  return { sent, answered }
}

/** Counts one send; from `sentMax` sends on all counts are halved first, so that the old fades. */
export const countSend = (
  counts: Counts,
  send: { readonly hour: number; readonly weekday: number; readonly answered: 0 | 1 },
  sentMax: number,
): void => {
  if (totalsOf(counts).sent >= sentMax)
    for (let i = 0; i < counts.length; i++) counts[i] = (counts[i] ?? 0) / 2
  const add = (part: Part, bin: number): void => {
    const { sent, answered } = PLACES[part]
    counts[sent + bin] = (counts[sent + bin] ?? 0) + 1
    counts[answered + bin] = (counts[answered + bin] ?? 0) + send.answered
  }
  add('hours', send.hour)
  add('weekdays', send.weekday)
}

/** Adds the counts of another to `counts`. */
export const addCounts = (counts: Counts, other: Counts): void => {
  for (let i = 0; i < counts.length; i++) counts[i] = (counts[i] ?? 0) + (other[i] ?? 0)
}

/**
 * Sends and answers around a bin: itself with weight 1, neighbours up to `reach` bins away falling in a straight
 * line. The last hour is next to the first.
 */
export const around = (
  counts: Counts,
  part: Part,
  reach: number,
  bin: number,
): { readonly sent: number; readonly answered: number } => {
  const bins = binsOf(part)
  let [sent, answered] = [0, 0]
  for (let away = -reach; away <= reach; away++) {
    const other = (bin + away + bins) % bins
    const weight = 1 - Math.abs(away) / (reach + 1)
    sent += weight * sentIn(counts, part, other)
    answered += weight * answeredIn(counts, part, other)
  }
  return { sent, answered }
}
