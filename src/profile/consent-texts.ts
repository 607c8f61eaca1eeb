// The plan's section `consents`: the words that people agree to, by purpose, channel and language, each wording with a
// version of its own. Whoever asks a person records that version, so that it can be shown later what they agreed to.

import { Type, type Static } from 'typebox'
import { isRecord } from '../kernel/json.ts'
import { problem, shapeOf, type Problem } from '../kernel/problem.ts'
import { versionOf } from '../kernel/version.ts'
import type { ChannelName, ConsentText } from './events.ts'

const TEXTS_MAX = 50
/** Wordings that are remembered, so that old consents can be shown with theirs. */
export const WORDINGS_KEPT = 500
const VERSION_CHARS = 8
/** How `accepts` names consents whose text nobody noted. */
const UNKNOWN = 'unknown'

export const consentSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,29}$', description: 'a short name in small letters' }),
    purpose: Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'what is agreed to, such as marketing',
    }),
    channels: Type.Optional(
      Type.Array(Type.Enum(['email', 'push', 'sms', 'messenger', 'onsite', 'webhook']), { maxItems: 6 }),
    ),
    wording: Type.Record(
      Type.String({ pattern: '^[a-z]{2}$' }),
      Type.String({ minLength: 1, maxLength: 5_000 }),
      {
        description: 'the words by language, such as en',
        maxProperties: 40,
      },
    ),
    demand: Type.Optional(Type.Boolean()),
    accepts: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100 })),
  },
  { additionalProperties: false },
)

const check = shapeOf(consentSchema)

export type Wording = {
  readonly version: string
  readonly id: string
  readonly purpose: string
  readonly language: string
  readonly text: string
}

/** A text's wordings, each with its version: another purpose, channel or word is another version. */
export const wordingsOf = ({ id, purpose, channels, wording }: ConsentText): readonly Wording[] =>
  Object.entries(wording).map(([language, text]) => {
    const hash = versionOf({ purpose, channels: channels.toSorted(), text }).slice(0, VERSION_CHARS)
    return { version: `${id}.${language}.${hash}`, id, purpose, language, text }
  })

export const readConsents = (section: unknown, problems: Problem[]): readonly ConsentText[] => {
  if (section === null) return []
  if (!Array.isArray(section) || section.length > TEXTS_MAX) {
    problems.push(
      problem('consents', `is not a list of at most ${TEXTS_MAX}`, 'Write each entry as `- id: …`.'),
    )
    return []
  }
  const texts = section.flatMap((entry: unknown, index): readonly ConsentText[] => {
    const found = check(entry, `consents[${index}]`)
    problems.push(...found)
    return found.length > 0 || !isRecord(entry) ? [] : [consentText(entry as Static<typeof consentSchema>)]
  })
  const ids = texts.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) < index)
  if (twice !== undefined)
    problems.push(problem('consents', `\`${twice}\` is there twice`, 'Give each an id of its own.'))
  return texts
}

const consentText = ({
  id,
  purpose,
  channels = [],
  wording,
  demand = false,
  accepts = [],
}: Static<typeof consentSchema>): ConsentText => ({
  id,
  purpose: purpose.trim().toLowerCase(),
  channels,
  wording,
  demand,
  accepts,
})

export const renderConsents = (texts: readonly ConsentText[]): readonly object[] => [...texts]

/** Whether a consent to a text of this version stands for a purpose on a channel, as far as texts demand anything. */
export const isTextValid = (
  texts: readonly ConsentText[],
  {
    channel,
    purpose,
    version,
  }: { readonly channel: ChannelName; readonly purpose: string; readonly version: string },
): boolean => {
  const demanding = demandsOf(texts).filter(
    (text) => text.purpose === purpose && (text.channels.length === 0 || text.channels.includes(channel)),
  )
  return (
    demanding.length === 0 || demanding.some(({ valid }) => valid.has(version === '' ? UNKNOWN : version))
  )
}

type Demand = Pick<ConsentText, 'purpose' | 'channels'> & { readonly valid: ReadonlySet<string> }

/** Asked for each person and action: versions are reckoned once for each plan. */
const demandsOf = (texts: readonly ConsentText[]): readonly Demand[] => {
  const known = reckoned.get(texts)
  if (known !== undefined) return known
  const demands = texts
    .filter(({ demand }) => demand)
    .map((text) => ({
      purpose: text.purpose,
      channels: text.channels,
      valid: new Set([...text.accepts, ...wordingsOf(text).map(({ version }) => version)]),
    }))
  reckoned.set(texts, demands)
  return demands
}

const reckoned = new WeakMap<readonly ConsentText[], readonly Demand[]>()

/** All wordings there ever were, the latest first in force; the oldest fall off. */
export const rememberWordings = (
  known: readonly Wording[],
  texts: readonly ConsentText[],
): readonly Wording[] => {
  const fresh = texts.flatMap(wordingsOf)
  const versions = new Set(fresh.map(({ version }) => version))
  return [...known.filter(({ version }) => !versions.has(version)), ...fresh].slice(-WORDINGS_KEPT)
}
