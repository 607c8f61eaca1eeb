// Where the lines and labels of a chart's axes go.

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const TIME_STEPS_MS = [1, 2, 3, 6, 12, 24, 48, 168, 336, 720, 2160].map((hours) => hours * HOUR_MS)

/**
 * Round values that cover [low, high] in about `count` steps.
 *
 * @example niceTicks(0, 9, 3) // [0, 5, 10]
 */
export function niceTicks(low: number, high: number, count: number): readonly number[] {
  if (!(high > low)) return [low]
  const rough = (high - low) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
  const first = Math.floor(low / step)
  const last = Math.ceil(high / step)
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}

/** Round local times within [from, to], at most `count`; `daily` says that a label needs only the day. */
export function timeTicks(
  from: number,
  to: number,
  count: number,
  timeZone: string,
): { readonly at: readonly number[]; readonly daily: boolean } {
  const step = TIME_STEPS_MS.find((candidate) => (to - from) / candidate <= count) ?? (to - from || HOUR_MS)
  const shift = zoneOffsetMs(from, timeZone)
  const first = Math.ceil((from + shift) / step) * step - shift
  const at: number[] = []
  for (let tick = first; tick <= to && at.length < count + 1; tick += step) at.push(tick)
  return { at, daily: step >= DAY_MS }
}

/** How far local time in the zone is ahead of UTC at that moment. */
export function zoneOffsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((known) => known.type === type)?.value ?? 0)
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return local - Math.floor(at / 1000) * 1000
}

/** Where a label at `x` starts so that it does not leave the drawing on the right. */
export function anchorAt(x: number, width: number): 'middle' | 'end' {
  return x > width - 24 ? 'end' : 'middle'
}

/** At most `most` of the items, evenly, always with the last one. */
export function thin<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items
  const step = (items.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, index) => items[Math.round(index * step)] as T)
}

/** Range of the axis for a lift: the settled half of the history decides, so that the first wild intervals do not flatten the rest. */
export function liftRange(
  history: readonly { readonly low: number; readonly high: number }[],
  also: readonly number[],
): readonly [number, number] {
  const settled = history.slice(Math.floor(history.length / 3))
  const low = Math.min(0, ...also, ...settled.map((point) => point.low))
  const high = Math.max(0, ...also, ...settled.map((point) => point.high))
  const room = (high - low || 1) * 0.06
  return [low - room, high + room]
}
