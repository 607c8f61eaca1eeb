// The wide set: tests that `npm test` leaves to `npm run test:wide`, since what they add to their everyday neighbours
// takes long: more looks of a page, more kills, larger worlds. A run says how many it left.

/** Why it does not run every day; the reporter counts these. */
export const LEFT = 'left to npm run test:wide'
/** What the names of the wide set end in, and how `--rest` picks them. */
export const WIDE_NAMES = /\(wide\)$/

/** Whether they run: in a wide run, and in one of files that are named. */
export const isWide = process.env['WINDVANE_WIDE'] === '1'

/**
 * The options of a test of the wide set; its name ends in "(wide)".
 * @example it('K1 holds in a large world (wide)', WIDE, () => { … })
 */
export const WIDE: { readonly skip?: string } = isWide ? {} : { skip: LEFT }

/** For tests that are made in a row, some for every day and the rest for the wide set: what the name ends in, and the options. */
export const daily = (isDaily: boolean): { readonly end: string; readonly options: typeof WIDE } =>
  isDaily ? { end: '', options: {} } : { end: ' (wide)', options: WIDE }
