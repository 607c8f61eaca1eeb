// Creatives and sender as people write them in a plan, both ways: read with every fault said, written
// back so that reading gives the same.

import { Type, type Static } from 'typebox'
import { asCreativeId } from '../kernel/ids.ts'
import { isRecord } from '../kernel/json.ts'
import { didYouMean, problem, shapeOf, type Problem } from '../kernel/problem.ts'
import { addressFault } from './address.ts'
import type { CreativeSpec, SenderSpec } from './events.ts'

const LOCALE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/
const ID = /^[a-z0-9][a-z0-9_-]{0,63}$/

const channelSchema = Type.Union(
  [
    Type.Literal('email'),
    Type.Literal('onsite'),
    Type.Literal('webhook'),
    Type.Literal('push'),
    Type.Literal('sms'),
    Type.Literal('messenger'),
  ],
  { description: 'the channel it is for' },
)

export const emailContentSchema = Type.Object(
  {
    subject: Type.String({ minLength: 1, maxLength: 1_000, description: 'the subject line, Liquid inside' }),
    body: Type.String({ minLength: 1, maxLength: 500_000, description: 'MJML or HTML, Liquid inside' }),
    text: Type.Optional(
      Type.String({ maxLength: 500_000, description: 'plain text; made from the body when left out' }),
    ),
  },
  { additionalProperties: false },
)

const headSchema = Type.Object(
  {
    channel: channelSchema,
    approved_by: Type.Optional(Type.String({ maxLength: 200, description: 'who approved this very text' })),
    tone: Type.Optional(
      Type.String({
        pattern: '^[a-z][a-z_-]{0,31}$',
        description: 'a moment its words are for, such as `empathetic`; leave it out for every day',
      }),
    ),
  },
  { additionalProperties: false },
)

/** One creative: `channel`, `approved_by`, and a content per language (`en`, `ru`, `pt-BR`). */
export const creativeSchema = Type.Object(
  {
    channel: channelSchema,
    approved_by: Type.Optional(Type.String({ maxLength: 200 })),
    tone: Type.Optional(Type.String({ maxLength: 32 })),
  },
  {
    additionalProperties: Type.Record(Type.String(), Type.Unknown()),
    description: 'channel, approved_by, and a content per language',
  },
)

export const senderSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, description: 'who the mail is from' }),
    email: Type.String({ minLength: 3, maxLength: 254, description: 'the address it is from' }),
    footer: Type.String({ maxLength: 20_000, description: 'postal address and legal lines, Liquid inside' }),
  },
  { additionalProperties: false },
)
export type FriendlySender = Static<typeof senderSchema>
/** As in a plan: by id. */
export type FriendlyCreatives = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const checkHead = shapeOf(headSchema)
const checkEmail = shapeOf(emailContentSchema)
const checkSender = shapeOf(senderSchema)

/** The section `creatives:` of a plan. With problems, `value` holds those creatives that have none. */
export const parseCreatives = (
  section: unknown,
  path = 'creatives',
): { readonly value: readonly CreativeSpec[]; readonly problems: readonly Problem[] } => {
  if (section === undefined || section === null) return { value: [], problems: [] }
  if (!isRecord(section))
    return { value: [], problems: [problem(path, 'a map of creatives by id is expected')] }
  const value: CreativeSpec[] = []
  const problems: Problem[] = []
  for (const [id, given] of Object.entries(section)) {
    const found = problemsOf(id, given, `${path}.${id}`)
    problems.push(...found)
    if (found.length === 0 && isRecord(given)) value.push(specOf(id, given))
  }
  return { value, problems }
}

/** The section `creatives:` again, in the order of the specs. */
export const renderCreatives = (creatives: readonly CreativeSpec[]): FriendlyCreatives =>
  Object.fromEntries(
    creatives.map(({ id, channel, approvedBy, tone, content }) => [
      id,
      {
        channel,
        ...(approvedBy === '' ? {} : { approved_by: approvedBy }),
        ...(tone === undefined ? {} : { tone }),
        ...content,
      },
    ]),
  )

/** The section `sender:` of a plan; `value` is null when there are problems. */
export const parseSender = (
  section: unknown,
  path = 'sender',
): { readonly value: SenderSpec | null; readonly problems: readonly Problem[] } => {
  const problems = [...checkSender(section, path)]
  if (problems.length > 0 || !isRecord(section)) return { value: null, problems }
  const sender = section as FriendlySender
  const fault = addressFault(sender.email)
  if (fault !== undefined)
    return { value: null, problems: [problem(`${path}.email`, `${sender.email}: ${fault}`)] }
  if (/[\r\n]/.test(sender.name))
    return { value: null, problems: [problem(`${path}.name`, 'one line is expected')] }
  return { value: { name: sender.name, email: sender.email, footer: sender.footer }, problems }
}

export const renderSender = ({ name, email, footer }: SenderSpec): FriendlySender => ({ name, email, footer })

const specOf = (id: string, given: Record<string, unknown>): CreativeSpec => {
  const { channel, approved_by: approvedBy, tone, ...content } = given
  return {
    id: asCreativeId(id),
    channel: channel as CreativeSpec['channel'],
    approvedBy: typeof approvedBy === 'string' ? approvedBy : '',
    ...(typeof tone === 'string' ? { tone } : {}),
    content: content as CreativeSpec['content'],
  }
}

const problemsOf = (id: string, given: unknown, path: string): readonly Problem[] => {
  if (!ID.test(id))
    return [
      problem(path, `\`${id.slice(0, 60)}\` cannot be an id`, 'small letters, digits, - and _; at most 64'),
    ]
  if (!isRecord(given))
    return [problem(path, 'a creative is a map', 'channel: …, then a content per language')]
  const head: Record<string, unknown> = {}
  const contents: [string, unknown][] = []
  const problems: Problem[] = []
  for (const [key, value] of Object.entries(given)) {
    if (key === 'channel' || key === 'approved_by' || key === 'tone') head[key] = value
    else if (LOCALE.test(key)) contents.push([key, value])
    else
      problems.push(
        problem(
          `${path}.${key}`,
          `unknown key \`${key}\``,
          `${didYouMean(key, ['channel', 'approved_by', 'tone'])}; languages are written as en, ru, pt-BR`,
        ),
      )
  }
  problems.push(...checkHead(head, path))
  if (contents.length === 0)
    problems.push(problem(path, 'there is no content', 'add a language: `en: { … }`'))
  for (const [locale, content] of contents)
    problems.push(...contentProblems(head['channel'], content, `${path}.${locale}`))
  return problems
}

const contentProblems = (channel: unknown, content: unknown, path: string): readonly Problem[] => {
  if (channel === 'email') return checkEmail(content, path)
  if (isRecord(content) && Object.keys(content).length > 0) return []
  return [problem(path, 'the content is a map of fields', 'for instance `title: …`')]
}
