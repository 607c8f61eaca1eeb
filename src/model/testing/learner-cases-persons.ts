// The models of persons in the suite of all learners: from signals by the journal, the round of training and the events it
// gives to scores, as the running system has them.

import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import { DAY_MS } from '../../kernel/time.ts'
import type { Dump } from '../../log/dump.ts'
import type { LogEvent } from '../../log/port.ts'
import {
  createProfiles,
  dumpProfiles,
  findProfile,
  foldProfiles,
  mergesOf,
  restoreProfiles,
  type Profiles,
} from '../../profile/index.ts'
import type { SignalReceived } from '../../signal/events.ts'
import { createSignalState, foldSignal } from '../../signal/index.ts'
import { trainingInput } from '../persons/due.ts'
import { dumpPersons, restorePersons } from '../persons/dump.ts'
import { PersonScores } from '../persons/scores.ts'
import { parseModels } from '../persons/settings.ts'
import { createPersons, foldPersons, type Persons } from '../persons/state.ts'
import { FROM, peopleWorld } from '../persons/testing/people-world.ts'
import { trainModels } from '../persons/train.ts'
import { learnerConformance } from './learner-conformance.ts'

type Data = {
  readonly events: readonly LogEvent<SignalReceived>[]
  /** Whom scores are asked of. */
  readonly users: readonly string[]
  /** ms. */
  readonly now: number
  readonly marginShare: number
}
type Model = { readonly persons: Persons; readonly profiles: Profiles }

const DAYS = 50
const KEYS = ['purchase', 'value'] as const
const SETTINGS = parseModels({ purchase_within: '7d' }, [])

const fold = (model: Model, events: readonly LogEvent[]): void => {
  const signals = createSignalState()
  const { persons, profiles } = model
  for (const event of events) {
    const touches = foldProfiles(profiles, event, foldSignal(signals, event), DEFAULT_BUSINESS)
    foldPersons(persons, event, { profiles, touches, merges: mergesOf(profiles), business: DEFAULT_BUSINESS })
  }
}

const train = (model: Model, { now, marginShare }: Data): void => {
  const asked = trainingInput(model.persons, { ...DEFAULT_BUSINESS, marginShare }, KEYS)
  const facts = trainModels({ ...asked, dataUntil: now })
  fold(
    model,
    facts.map(({ type, data }, i) => ({
      offset: 1e6 + i,
      id: `trained ${i}`,
      type,
      key: data.key,
      at: now,
      data: JSON.parse(JSON.stringify(data)) as unknown,
    })),
  )
}

const scoresOf = ({ persons, profiles }: Model, { users, now }: Data) =>
  users.map((value) => {
    const slot = findProfile(profiles, { kind: 'user', value })
    if (slot === undefined) return []
    const scores = new PersonScores({ persons, profiles, business: DEFAULT_BUSINESS }, slot, now)
    return [scores.purchase, scores.orders, scores.clv, scores.alive].map((score) => score ?? -1)
  })

export const registerPersons = (): void =>
  learnerConformance<Data, Model>({
    name: 'persons',
    covers: ['trainModels'],
    dataOf: (seed, many) => {
      const { events, people } = peopleWorld({ seed: `learner ${seed}`, people: 160 * many, days: DAYS })
      return {
        events,
        users: people.slice(0, 60).map(({ userId }) => userId),
        now: FROM + DAYS * DAY_MS,
        marginShare: 0.4,
      }
    },
    learn: (data) => {
      const model = { persons: createPersons({ peopleMax: 200 }), profiles: createProfiles() }
      model.persons.settings = SETTINGS
      fold(model, data.events)
      train(model, data)
      return model
    },
    answer: scoresOf,
    reordered: {
      doesNotApply:
        'Signals come in the order of time, and who is seen first has the lower number, by which people are divided for tuning.',
    },
    changed: (data) => [
      { ...data, users: data.users.slice(1) },
      { ...data, users: [...data.users, 'nobody has seen'] },
      { ...data, now: data.now + 400 * DAY_MS },
    ],
    kept: {
      dump: ({ persons, profiles }) => ({ persons: dumpPersons(persons), profiles: dumpProfiles(profiles) }),
      restore: (kept: { readonly persons: Dump; readonly profiles: Dump }) => ({
        persons: restorePersons(kept.persons, { peopleMax: 200 }),
        profiles: restoreProfiles(kept.profiles),
      }),
      learnOn: (model, data) => {
        fold(
          model,
          data.events.map((event) => ({ ...event, id: `${event.id} again`, offset: event.offset + DAYS })),
        )
        train(model, data)
      },
    },
    // Samples of 200 people with 512 facts at most, 18 bytes a profile of the book, and what was learnt.
    memory: { bytesMax: 24 * 2 ** 20, many: 4 },
    broken: (data) => [
      ['a date of NaN', { ...data, now: Number.NaN }],
      ['an infinite date', { ...data, now: Infinity }],
      ['a margin of NaN', { ...data, marginShare: Number.NaN }],
    ],
  })
