// Who was told what, one's own ways of being told, and where signed links in notices come in.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Failure } from '../kernel/failure.ts'
import type { Principal } from '../kernel/principal.ts'
import { principalOf } from './auth.ts'
import { doneSchema } from './contract-access.ts'
import {
  noticesSchema,
  noticeTestRequestSchema,
  noticeTestSchema,
  ownNoticesSchema,
  ownTestRequestSchema,
  preferencesRequestSchema,
  telegramCodeSchema,
  webhookAnswerSchema,
  type NoticesView,
  type NoticeTest,
  type NoticeTestRequest,
  type NoticeWay,
  type OwnNotices,
  type PreferencesRequest,
  type TelegramCode,
} from './contract-notices.ts'

export type NoticeDesk = {
  readonly view: () => NoticesView
  readonly own: (userId: string) => OwnNotices
  readonly choose: (userId: string, chosen: PreferencesRequest, by: Principal) => Promise<void>
  /** Somebody takes it on: nobody else is called. Throws Failure `notice.unknown`. */
  readonly acknowledge: (noticeId: string, by: Principal, via: string) => Promise<void>
  /** Throws Failures `notice.no_user`, `notice.no_way`. */
  readonly test: (user: string, way: NoticeWay) => Promise<NoticeTest>
  /** A code that connects an account in Telegram. Throws Failure `notice.no_way`. */
  readonly telegramCode: (userId: string) => TelegramCode
  readonly telegramOff: (userId: string, by: Principal) => Promise<void>
  /** What the webhook answers, with its signature in the headers. Throws Failures `notify.*`, `governance.*`. */
  readonly answer: (
    body: string,
    headers: FastifyRequest['headers'],
  ) => Promise<{ readonly proposalId: string; readonly status: string }>
  /** What a link in a notice leads to; changes nothing. */
  readonly readLink: (
    token: string,
  ) =>
    | { readonly kind: 'valid' | 'moved' | 'expired'; readonly proposalId: string }
    | { readonly kind: 'invalid' }
}

export type NoticeRouteOptions = { readonly notices: NoticeDesk }

const DONE = { done: true as const }

export const noticeRoutes =
  ({ notices }: NoticeRouteOptions) =>
  async (app: FastifyInstance): Promise<void> => {
    app.get('/a/:token', { schema: { hide: true }, config: { needs: 'open' } }, async (request, reply) => {
      const link = notices.readLink((request.params as { token: string }).token)
      if (link.kind === 'invalid')
        throw new Failure({
          code: 'link.invalid',
          message: 'This link is not valid.',
          hint: 'Open it from the notice itself, whole.',
        })
      const query = link.kind === 'valid' ? '' : `?link=${link.kind}`
      // The page asks for a login; following the link is not an answer.
      return reply
        .header('cache-control', 'no-store')
        .redirect(`/approvals/${encodeURIComponent(link.proposalId)}${query}`, 303)
    })
    app.get(
      '/api/notices',
      { config: { needs: 'figures.read' }, schema: { response: { 200: noticesSchema } } },
      async () => notices.view(),
    )
    app.post(
      '/api/notices/:id/ack',
      {
        config: { needs: 'proposals.answer' },
        schema: {
          params: Type.Object({ id: Type.String({ maxLength: 40 }) }),
          response: { 200: doneSchema },
        },
      },
      async (request) => {
        const by = principalOf(request)
        await notices.acknowledge(
          (request.params as { id: string }).id,
          by,
          by.kind === 'local' ? 'cli' : 'console',
        )
        return DONE
      },
    )
    app.post(
      '/api/notices/test',
      {
        config: { needs: 'users.manage' },
        schema: { body: noticeTestRequestSchema, response: { 200: noticeTestSchema } },
      },
      async (request) => {
        const { user, way } = request.body as NoticeTestRequest
        return notices.test(user, way)
      },
    )
    ownRoutes(app, notices)
    telegramRoutes(app, notices)
    await app.register(answerRoute(notices))
  }

/** In a scope of its own: what is signed is the text as it came. */
const answerRoute =
  (notices: NoticeDesk) =>
  async (app: FastifyInstance): Promise<void> => {
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: ANSWER_BYTES_MAX },
      async (_request: FastifyRequest, body: string) => body,
    )
    app.post(
      '/v1/notices/answer',
      {
        config: { needs: 'open' },
        bodyLimit: ANSWER_BYTES_MAX,
        schema: { response: { 200: webhookAnswerSchema } },
      },
      async (request) =>
        notices.answer(typeof request.body === 'string' ? request.body : '', request.headers),
    )
  }

const ANSWER_BYTES_MAX = 10_000

const ownRoutes = (app: FastifyInstance, notices: NoticeDesk): void => {
  const own = { needs: 'account.own' } as const
  app.get(
    '/api/account/notices',
    { config: own, schema: { response: { 200: ownNoticesSchema } } },
    async (request) => notices.own(selfOf(request).id),
  )
  app.post(
    '/api/account/notices',
    { config: own, schema: { body: preferencesRequestSchema, response: { 200: ownNoticesSchema } } },
    async (request) => {
      const self = selfOf(request)
      await notices.choose(self.id, request.body as PreferencesRequest, self)
      return notices.own(self.id)
    },
  )
  app.post(
    '/api/account/notices/test',
    { config: own, schema: { body: ownTestRequestSchema, response: { 200: noticeTestSchema } } },
    async (request) => notices.test(selfOf(request).id, (request.body as { way: NoticeWay }).way),
  )
}

const telegramRoutes = (app: FastifyInstance, notices: NoticeDesk): void => {
  const own = { needs: 'account.own' } as const
  app.post(
    '/api/account/notices/telegram',
    { config: own, schema: { response: { 200: telegramCodeSchema } } },
    async (request) => notices.telegramCode(selfOf(request).id),
  )
  app.post(
    '/api/account/notices/telegram/off',
    { config: own, schema: { response: { 200: doneSchema } } },
    async (request) => {
      const self = selfOf(request)
      await notices.telegramOff(self.id, self)
      return DONE
    },
  )
}

/** Only people have ways of their own; the permission says so too. */
const selfOf = (request: FastifyRequest): Principal => {
  const principal = principalOf(request)
  if (principal.kind === 'user') return principal
  throw new Failure({
    code: 'access.no_account',
    message: 'This is for people who are signed in.',
    hint: 'Sign in to the console.',
  })
}
