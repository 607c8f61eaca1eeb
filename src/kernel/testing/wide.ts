// The wide set: tests that `npm test` leaves to `npm run test:wide`, since what they add to their everyday neighbours
// takes long: more looks of a page, more kills, larger worlds. Their names end in "(wide)", and a run says how many it left.

import { it, type TestContext } from 'node:test'

/** Why it does not run every day; the reporter counts these. */
export const LEFT = 'left to npm run test:wide'
/** What the names of the wide set end in, and how `--rest` picks them. */
export const WIDE_NAMES = /\(wide\)$/

/** Whether they run: in a wide run, and in one of files that are named. */
export const isWide = process.env['WINDVANE_WIDE'] === '1'

type Declare = (
  name: string,
  test: (context: TestContext) => Promise<void> | void,
  options?: { readonly skip?: string | false; readonly timeout?: number },
) => void

const everyDay: Declare = (name, test, options = {}) => void it(name, options, test)

/** A test of the wide set, in the place of `it`. */
export const wide: Declare = (name, test, options = {}) =>
  void it(`${name} (wide)`, isWide ? options : { skip: LEFT }, test)

/** `it` for what is tested every day, `wide` for the rest: for tests that are made in a loop. */
export const daily = (isDaily: boolean): Declare => (isDaily ? everyDay : wide)
