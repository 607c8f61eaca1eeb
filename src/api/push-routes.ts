// Where other systems push what people say: in our own words, or in theirs by the source's mapping, with a key or with
// the sender's signature.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { mappedItems, mappedOne, rawMention, type RawMention, type SaidRow } from '../connect/index.ts'
import { refuseRating } from '../brand/index.ts'
import type { SourceSpec } from '../brand/events.ts'
import { Failure } from '../kernel/failure.ts'
import type { Loop } from '../loop.ts'
import type { Hearing } from '../stages/brand/hearing.ts'
import { pushedAnswerSchema, saidAnswerSchema, saidSchema, type PushedAnswer, type Said } from './contract.ts'

/** Whether a text carries a signature of this source's sender. */
export type IsSigned = (source: string, body: string, headers: FastifyRequest['headers']) => boolean

type PushPorts = { readonly loop: Loop; readonly hearing: Hearing; readonly isSigned: IsSigned }

const BODY_BYTES_MAX = 4 << 20
const WRONG_SHOWN = 20

/** Registers `POST /v1/mentions` and `POST /v1/mentions/{source}`: reviews, answers, tickets and posts. */
export const pushRoutes =
  ({ loop, hearing, isSigned }: PushPorts) =>
  async (app: FastifyInstance): Promise<void> => {
    const schema = { body: saidSchema, response: { 200: saidAnswerSchema } }
    const take = async (request: FastifyRequest) => {
      const { source, mentions } = request.body as Said
      return hearSaid({ loop, hearing }, source, mentions)
    }
    app.post('/v1/mentions', { config: { needs: 'signals.write' }, bodyLimit: BODY_BYTES_MAX, schema }, take)
    app.post(
      '/api/import/reviews',
      { config: { needs: 'data.import' }, bodyLimit: BODY_BYTES_MAX, schema },
      take,
    )
    await app.register(mappedRoute({ loop, hearing, isSigned }))
  }

/** Throws Failures `brand.no_source`, `mentions.score`, `log.*`; of a batch that is refused nothing is heard. */
export const hearSaid = async (
  { loop, hearing }: Pick<PushPorts, 'loop' | 'hearing'>,
  source: string,
  mentions: Said['mentions'] | readonly SaidRow[],
): Promise<{ readonly fresh: number; readonly heard: number }> => {
  const known = pushedSource(loop, source)
  const now = loop.ctx.now()
  for (const { id, score, scale = '' } of mentions) {
    const isOther = score !== undefined && scale !== '' && scale !== known.score
    const wrong = isOther
      ? `it is said to be of ${scale}, the source’s are of ${known.score ?? 'no scale'}`
      : score === undefined
        ? ''
        : refuseScore(score, known)
    if (wrong !== '')
      throw new Failure({ code: 'mentions.score', message: `${id}: ${wrong}.`, hint: SCORE_HINT })
  }
  const items = mentions.flatMap((given) => {
    const item = rawMention({ ...given, text: given.text ?? '', at: given.at }, now)
    return item === null ? [] : [{ ...item, isTicket: 'ticket' in given && given.ticket === true }]
  })
  return hearing.hear(source, items)
}

/** In a scope of its own: what is signed is the text as it came. */
const mappedRoute =
  ({ loop, hearing, isSigned }: PushPorts) =>
  async (app: FastifyInstance): Promise<void> => {
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: BODY_BYTES_MAX },
      async (_request: FastifyRequest, body: string) => body,
    )
    app.post(
      '/v1/mentions/:source',
      {
        // A key in the header is checked as anywhere; without one, the signature is.
        config: { needs: 'signals.write', keyInBody: true },
        bodyLimit: BODY_BYTES_MAX,
        schema: { response: { 200: pushedAnswerSchema } },
      },
      async (request: FastifyRequest) => {
        const { source } = request.params as { readonly source: string }
        const body = typeof request.body === 'string' ? request.body : ''
        if (request.principal === null && !isSigned(source, body, request.headers))
          throw new Failure({
            code: 'mentions.not_signed',
            message: 'This is signed by nobody we know.',
            hint: 'Send a key as a bearer token, or sign with the secret in `brand.pushSecrets` of the settings.',
          })
        const known = pushedSource(loop, source)
        const { items, passed, wrong } = readPushed(known, parsed(body), loop.ctx.now())
        if (items.length === 0 && wrong.length > 0)
          throw new Failure({
            code: 'mentions.nothing_fits',
            message: `Nothing of it could be read: ${wrong[0]?.reason ?? ''}.`,
            hint: 'Compare the source’s `mapping` in the plan with what was sent.',
          })
        const { fresh, heard } = await hearing.hear(source, items)
        return { fresh, heard, passed, wrong: wrong.slice(0, WRONG_SHOWN) } satisfies PushedAnswer
      },
    )
  }

const SCORE_HINT = 'Name the scale as `score` of the source in the plan: stars, nps or ten.'

const refuseScore = (value: number, { score: scale }: SourceSpec): string =>
  scale === undefined ? 'the source has no scale for scores' : refuseRating({ value, scale })

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new Failure({ code: 'http.bad_json', message: 'The body is no JSON.', hint: cause.message, cause })
  }
}

type Wrong = PushedAnswer['wrong'][number]

/** What can be heard, how much the mapping passes over, and what is wrong with the rest, by its place. */
const readPushed = (
  known: SourceSpec,
  json: unknown,
  now: number,
): { readonly items: readonly RawMention[]; readonly passed: number; readonly wrong: readonly Wrong[] } => {
  const mapping = known.mapping ?? OWN_FIELDS
  const all = mappedItems(json, { ...mapping, only: '' })
  const wanted = mappedItems(json, mapping)
  const items: RawMention[] = []
  const wrong: Wrong[] = []
  for (const given of wanted) {
    const item = all.indexOf(given) + 1
    const read = mappedOne(given, mapping, now)
    const reason =
      read === null
        ? `no id at \`${mapping['id'] ?? ''}\`, or nothing said at \`${mapping['text'] ?? mapping['score'] ?? ''}\``
        : read.score === undefined
          ? ''
          : refuseScore(read.score, known)
    if (read !== null && reason === '') items.push(read)
    else wrong.push({ item, reason })
  }
  return { items, passed: all.length - wanted.length, wrong }
}

/** Without a mapping, names are as in `/v1/mentions`. */
const OWN_FIELDS: Readonly<Record<string, string>> = {
  id: 'id',
  text: 'text',
  at: 'at',
  author: 'author',
  url: 'url',
  score: 'score',
  about: 'about',
  userId: 'userId',
  anonymousId: 'anonymousId',
  email: 'email',
  phone: 'phone',
}

const pushedSource = ({ state }: Loop, source: string): SourceSpec => {
  const found = state.brand.spec?.sources.find(({ id, kind }) => id === source && kind === 'push')
  if (found !== undefined) return found
  throw new Failure({
    code: 'brand.no_source',
    message: `There is no source \`${source}\` that is pushed.`,
    hint: `Add it under \`brand.sources\` in the plan: {id: ${source.slice(0, 64)}, kind: push, about: <whom it is about>}.`,
  })
}
