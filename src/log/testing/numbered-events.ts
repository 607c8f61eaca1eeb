// Events whose every byte follows from a run and a number, so that whoever reads them back can check them.

import { assert } from '../../kernel/assert.ts'
import { canonicalJson } from '../../kernel/json.ts'
import type { LogEvent, NewEvent } from '../port.ts'

/** A big one now and then, which does not fit a page of the file. */
const BIG_EVERY = 701
const BIG_CHARACTERS = 40_000

export const numberedId = (run: number, number: number): string =>
  `r${String(run).padStart(5, '0')}-${String(number).padStart(8, '0')}`

export const numbered = (run: number, number: number): NewEvent => ({
  id: numberedId(run, number),
  type: 'numbered.v1',
  key: `k${number % 97}`,
  at: number,
  data: { run, number, filler: 'ф'.repeat(number % BIG_EVERY === 0 ? BIG_CHARACTERS : (number * 7) % 300) },
})

/** Asserts that an event read back is, to the byte, one that {@link numbered} made. */
export const assertNumbered = ({ offset, ...event }: LogEvent): void => {
  const [, run, number] = /^r(\d+)-(\d+)$/.exec(event.id) ?? []
  assert(run !== undefined && number !== undefined, `an event that nobody wrote: ${event.id} at ${offset}`)
  assert(
    canonicalJson(event) === canonicalJson(numbered(Number(run), Number(number))),
    `the event at ${offset} was changed`,
  )
}
