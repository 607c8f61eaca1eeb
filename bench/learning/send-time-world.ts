// A seeded world of people who answer at hours of their own: a habit hour per person drawn around one of three, some
// people without any preference, and a visible segment that is right hardly more often than chance.

import { createRng } from '../../src/kernel/rng.ts'

/** Outside quiet hours: 8 to 21. */
export const ALLOWED: readonly number[] = Array.from({ length: 14 }, (_, i) => 8 + i)

export type WorldPerson = {
  readonly id: string
  readonly segments: readonly string[]
  /** True chance of an answer by hour of the day and weekday. */
  readonly chance: (hour: number, weekday: number) => number
}

export type WorldOptions = {
  readonly seed: string
  readonly people: number
  /** Hours and weekdays make no difference to anybody. */
  readonly flat: boolean
}

const KINDS = [
  { name: 'early', hour: 9, share: 0.25 },
  { name: 'noon', hour: 13, share: 0.2 },
  { name: 'late', hour: 20, share: 0.3 },
] as const
/** The rest, a quarter, has no hour of its own. */
const PLAIN = 'plain'
/** A person's label is that of their kind this often, else any of the four: right in 44 of 100, by chance in 25. */
const LABEL_TOLD = 0.25
/** Of habit hours around that of their kind, hours. */
const HABIT_SPREAD = 1.5
/** Width of the habit itself, hours, and how many times likelier an answer is at its top. */
const HABIT_WIDTH = 1.6
const HABIT_LIFT = 3
/** Opens and clicks of mail are answered like this; clicks alone would take several times as many sends. */
const BASE_MEAN = 0.15
const WEEKEND = 0.75

export const createWorld = ({ seed, people, flat }: WorldOptions): readonly WorldPerson[] => {
  const rng = createRng(`send-time world ${seed}`)
  return Array.from({ length: people }, (_, i): WorldPerson => {
    const kind = kindOf(rng.uniform())
    const label = rng.uniform() < LABEL_TOLD ? kind.name : (NAMES[rng.below(NAMES.length)] as string)
    const habit = kind.hour + HABIT_SPREAD * rng.normal()
    // Log-normal around the mean: some answer nearly never, some often.
    const base = Math.min(0.32, BASE_MEAN * Math.exp(0.6 * rng.normal() - 0.18))
    const lifts = flat || kind.name === PLAIN ? null : habit
    return {
      id: `p${i}`,
      segments: [label],
      chance: (hour, weekday) =>
        base * liftAt(lifts, hour) * (!flat && (weekday === 0 || weekday === 6) ? WEEKEND : 1),
    }
  })
}

const NAMES = [...KINDS.map(({ name }) => name as string), PLAIN]

const kindOf = (u: number): { readonly name: string; readonly hour: number } => {
  let left = u
  for (const kind of KINDS) {
    left -= kind.share
    if (left < 0) return kind
  }
  return { name: PLAIN, hour: 12 }
}

const liftAt = (habit: number | null, hour: number): number => {
  if (habit === null) return 1
  const apart = Math.abs(((hour - habit + 36) % 24) - 12)
  return 1 + (HABIT_LIFT - 1) * Math.exp(-0.5 * (apart / HABIT_WIDTH) ** 2)
}
