// The plan's section `tone`: which events carry a text that the person wrote.

import { Type, type Static } from 'typebox'
import { isRecord } from '../kernel/json.ts'
import { problem, shapeOf, type Problem } from '../kernel/problem.ts'
import type { ToneEvent } from './events.ts'

const EVENTS_MAX = 20

export const toneSchema = Type.Object(
  {
    events: Type.Array(
      Type.Object(
        {
          event: Type.String({
            minLength: 1,
            maxLength: 200,
            description: 'name of a track event that the person’s own words come in',
          }),
          text: Type.Optional(
            Type.String({ minLength: 1, maxLength: 64, description: 'the property that holds them' }),
          ),
        },
        { additionalProperties: false },
      ),
      { maxItems: EVENTS_MAX, description: 'whose text is read for its tone; an empty list reads none' },
    ),
  },
  { additionalProperties: false },
)

const check = shapeOf(toneSchema)

/** Texts are in `text` where nothing else is said. */
export const readToneSection = (section: unknown, problems: Problem[]): readonly ToneEvent[] => {
  const found = check(section, 'tone')
  problems.push(...found)
  if (found.length > 0 || !isRecord(section)) return []
  const events = (section as Static<typeof toneSchema>).events.map(({ event, text = 'text' }) => ({
    event,
    text,
  }))
  const names = events.map(({ event }) => event)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined)
    problems.push(problem('tone.events', `\`${twice}\` is there twice`, 'Name each event once.'))
  return events
}

export const renderTone = (events: readonly ToneEvent[]): Static<typeof toneSchema> => ({
  events: [...events],
})
