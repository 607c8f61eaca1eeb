// What of a record's text is sealed together: whose items they are, and what stands around them.

import type { Lapsing } from '../port.ts'

/** Parts the texts that are sealed together: no JSON has this character but as an escape. */
export const BETWEEN = '\u001e'

/** Whether anything of it goes earlier than its owner. */
export const lapses = (lapsing: Lapsing | undefined): boolean =>
  lapsing !== undefined && (lapsing.aroundPeriod !== '' || lapsing.periods.some((period) => period !== ''))

/** Items at these places as one text; `texts` instead where the first have none. */
export const plainOf = (
  beside: string,
  at: readonly number[],
  texts: readonly string[],
  instead: readonly string[] = texts,
): string => {
  let plain = beside
  for (const place of at) plain += BETWEEN + (texts[place] || (instead[place] ?? ''))
  return plain
}

/** Items at these places as one text, with nothing of what stands around them. */
export const itemsOf = (at: readonly number[], texts: readonly string[]): string => {
  let plain = texts[at[0] ?? -1] ?? ''
  for (let n = 1; n < at.length; n++) plain += BETWEEN + (texts[at[n] as number] ?? '')
  return plain
}

/** What stays around the items, cut where they stood. */
export const besideOf = ({ around, aroundPeriod }: Lapsing, whole: string): string =>
  aroundPeriod === '' ? whole : `${around.slice(0, -2)}${BETWEEN}${around.slice(-2)}`

/** The places of each owner's items, in the order in which owners come first. */
export const placesOf = (
  owners: readonly string[],
  count: number,
): ReadonlyMap<string, readonly number[]> => {
  const places = new Map<string, number[]>()
  for (let place = 0; place < count; place++) {
    const owner = owners[place] ?? ''
    const own = places.get(owner)
    if (own === undefined) places.set(owner, [place])
    else own.push(place)
  }
  // What lies beside an empty list is kept as well.
  if (places.size === 0) places.set('', [])
  return places
}

export type InPeriod = {
  readonly period: string
  /** Whether it is that of all that stands around the items. */
  readonly around: boolean
  /** By owner, which of their items. */
  readonly own: ReadonlyMap<string, readonly number[]>
}

/** What goes earlier than its owner, by period. */
export const periodsOf = (
  places: ReadonlyMap<string, readonly number[]>,
  { periods, aroundPeriod }: Lapsing,
): readonly InPeriod[] =>
  [...new Set([...periods, aroundPeriod])]
    .filter((period) => period !== '')
    .map((period) => {
      const around = period === aroundPeriod
      const own = new Map<string, readonly number[]>()
      for (const [owner, at] of places) {
        const inPeriod = at.every((place) => periods[place] === period)
          ? at
          : at.filter((place) => periods[place] === period)
        // What is around them is of everybody.
        if (around || inPeriod.length > 0) own.set(owner, inPeriod)
      }
      return { period, around, own }
    })
