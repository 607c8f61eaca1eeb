// Where links in messages come back to: unsubscribe (a GET only shows the page), clicks, the open
// pixel; and where a mail system reports bounces and complaints.

import '@fastify/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { Failure, isFailure } from '../kernel/failure.ts'
import { asDecisionId, type DecisionId } from '../kernel/ids.ts'
import {
  createLinkBursts,
  readToken,
  respondedEvents,
  UNSUBSCRIBE_PAGE_CSP,
  unsubscribePage,
  type Link,
  type LinkKind,
  type LinkSigner,
  type Visit,
} from '../delivery/index.ts'
import type { NewEvent } from '../log/port.ts'
import type { Loop } from '../loop.ts'

const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** The signed link is all it takes. */
const LINK_ROUTE = { schema: { hide: true }, config: { needs: 'open' } } as const

const ONE_CLICK = /List-Unsubscribe(?:=|"\s+)One-Click/

export const reportSchema = Type.Object(
  {
    decisionId: Type.String({ minLength: 1, maxLength: 600 }),
    kind: Type.Union([Type.Literal('bounced'), Type.Literal('complained')]),
  },
  { additionalProperties: false },
)

export type LinkOptions = {
  readonly loop: Loop
  readonly signer: LinkSigner
  readonly reportResponse: (decisionId: DecisionId, kind: 'bounced' | 'complained') => Promise<void>
}

export const linkRoutes =
  ({ loop, signer, reportResponse }: LinkOptions) =>
  async (app: FastifyInstance): Promise<void> => {
    const bursts = createLinkBursts()
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 10_000 },
      async (_request: FastifyRequest, body: string) => body,
    )
    app.addContentTypeParser(
      'multipart/form-data',
      { parseAs: 'string', bodyLimit: 10_000 },
      async (_request: FastifyRequest, body: string) => body,
    )

    const visitOf = (request: FastifyRequest, link: Link): Visit => {
      const at = loop.ctx.now()
      return {
        method: request.method,
        userAgent: request.headers['user-agent'] ?? '',
        at,
        linksAtOnce: bursts.note(link, at),
      }
    }
    const note = async (events: readonly NewEvent[]): Promise<void> => {
      try {
        await loop.record(events)
      } catch (error) {
        // The log takes nothing: the person still gets where the link leads, only uncounted.
        if (!isFailure(error)) throw error
      }
    }
    const read = (request: FastifyRequest, kind: LinkKind): Link => {
      const link = readToken(signer, (request.params as { token: string }).token)
      if (link.kind !== kind)
        throw new Failure({
          code: 'link.invalid',
          message: 'This link is not valid.',
          hint: 'Open it from the message itself.',
        })
      return link
    }
    const page = (request: FastifyRequest, reply: FastifyReply, token: string, done: boolean) =>
      reply
        .header('content-security-policy', UNSUBSCRIBE_PAGE_CSP)
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(unsubscribePage({ locale: request.headers['accept-language'] ?? 'en', token, done }))

    app.get('/u/:token', LINK_ROUTE, async (request, reply) => {
      try {
        read(request, 'unsubscribe')
      } catch (error) {
        if (error instanceof Failure) return await page(request, reply.status(404), '', false)
        throw error
      }
      return await page(request, reply, (request.params as { token: string }).token, false)
    })
    app.post('/u/:token', LINK_ROUTE, async (request, reply) => {
      const link = read(request, 'unsubscribe')
      // As a form of either kind (RFC 8058, section 3.2).
      const oneClick = typeof request.body === 'string' && ONE_CLICK.test(request.body)
      await loop.record(
        respondedEvents(link, {
          ...visitOf(request, link),
          source: oneClick ? 'one_click' : 'unsubscribe_link',
        }),
      )
      return await page(request, reply, (request.params as { token: string }).token, true)
    })
    app.route({
      method: ['GET', 'HEAD'],
      url: '/c/:token',
      ...LINK_ROUTE,
      handler: async (request, reply) => {
        const link = read(request, 'click')
        await note(respondedEvents(link, visitOf(request, link)))
        return await reply.header('cache-control', 'no-store').redirect(link.url, 302)
      },
    })
    app.get('/o/:token', LINK_ROUTE, async (request, reply) => {
      const link = read(request, 'open')
      await note(respondedEvents(link, visitOf(request, link)))
      return await reply.header('cache-control', 'no-store').type('image/gif').send(PIXEL)
    })
    app.post(
      '/v1/report',
      { config: { needs: 'responses.report' }, schema: { body: reportSchema }, bodyLimit: 10_000 },
      async (request) => {
        const { decisionId, kind } = request.body as Static<typeof reportSchema>
        await reportResponse(asDecisionId(decisionId), kind)
        return { success: true }
      },
    )
  }
