// A small log for tests: signals and events told one after another and folded as the loop would.

import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import type { LogEvent } from '../../log/port.ts'
import { SIGNAL_RECEIVED } from '../../signal/events.ts'
import type { Signal } from '../../signal/events.ts'
import type { Touch } from '../index.ts'
import { createProfiles, foldProfiles } from '../index.ts'
import type { ProfileOptions, Profiles } from '../index.ts'

export const START = Date.UTC(2026, 2, 2, 10)
export const DAY = 86_400_000
export const HOUR = 3_600_000

export const signalOf = (about: Partial<Signal>): Signal => ({
  kind: 'track',
  messageId: 'm',
  userId: '',
  anonymousId: '',
  previousId: '',
  groupId: '',
  name: '',
  properties: {},
  traits: {},
  context: {},
  at: START,
  receivedAt: about.at ?? START,
  source: 'test',
  ...about,
})

export type Story = {
  state: Profiles
  readonly events: LogEvent[]
  /** One request with these signals. */
  readonly tell: (...signals: Partial<Signal>[]) => readonly Touch[]
  /** One other event. */
  readonly record: (type: string, data: unknown, at?: number) => readonly Touch[]
  /** Folds an event that is there already, as a replay does. */
  readonly replay: (event: LogEvent) => readonly Touch[]
}

export const signalsOf = (event: LogEvent): readonly Signal[] =>
  event.type === SIGNAL_RECEIVED ? (event.data as readonly Signal[]) : []

export const createStory = (options: Partial<ProfileOptions> = {}): Story => {
  const story: Story = {
    state: createProfiles(options),
    events: [],
    tell: (...signals) => {
      const data = signals.map(signalOf)
      return append(SIGNAL_RECEIVED, data, data[0]?.receivedAt ?? START)
    },
    record: (type, data, at = START) => append(type, data, at),
    replay: (event) => foldProfiles(story.state, event, signalsOf(event), DEFAULT_BUSINESS),
  }
  const append = (type: string, data: unknown, at: number): readonly Touch[] => {
    const offset = story.events.length + 1
    const event: LogEvent = { offset, id: `e${offset}`, type, key: '', at, data }
    story.events.push(event)
    return story.replay(event)
  }
  return story
}

/** The whole log in one page, as `read` of a log gives it. */
export async function* historyOf(story: Story): AsyncGenerator<readonly LogEvent[]> {
  yield story.events
}
