// The only place that turns failures into HTTP answers: a status, a code, and what to do about it.

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Failure, isFailure } from '../kernel/failure.ts'

/** Statuses of failures by code; a code not named here is a 422 (the request was understood and refused). */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  'auth.missing': 401,
  'auth.wrong_key': 401,
  'auth.wrong_role': 403,
  'auth.cross_site': 403,
  'auth.wrong_password': 401,
  'auth.second_factor': 401,
  'auth.wrong_code': 401,
  'auth.no_session': 401,
  'auth.wait': 429,
  'auth.oidc_failed': 403,
  'auth.oidc_unreachable': 503,
  'access.link_invalid': 404,
  'access.user_unknown': 404,
  'access.key_unknown': 404,
  'access.not_stored': 503,
  'http.not_found': 404,
  'person.unknown': 404,
  'person.ambiguous': 409,
  'fairness.no_campaign': 404,
  'http.bad_json': 400,
  'http.bad_url': 400,
  'http.bad_gzip': 400,
  'http.too_large': 413,
  'http.bad_media': 415,
  'http.overloaded': 429,
  'http.rate_limited': 429,
  'log.disk_full': 503,
  'log.closed': 503,
  'log.overloaded': 429,
  'log.writer_died': 503,
  'audit.anchor_failed': 503,
  'link.invalid': 404,
  'stop.changed': 409,
  'resume.erasures_unknown': 409,
  'notice.unknown': 404,
  'notify.not_signed': 401,
  'notify.replayed': 409,
  'notify.changed': 409,
  'notify.no_user': 403,
  'governance.closed': 409,
  'governance.expired': 409,
  'governance.four_eyes': 409,
  'governance.role': 403,
  'governance.unknown_proposal': 404,
  'mentions.not_signed': 401,
  'brand.no_incident': 404,
  'brand.no_playbook': 404,
  'brand.no_entity': 404,
  'brand.no_mention': 404,
  'brand.no_source': 404,
  'brand.still_holds': 409,
  'brand.nothing_to_take_back': 409,
  'system.starting': 503,
}

/** Seconds after which trying again makes sense, for statuses that invite it. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 429: 1, 503: 5 }

export const statusOf = (failure: Failure): number =>
  STATUS_BY_CODE[failure.code] ??
  (failure.code.startsWith('signal.') ? 400 : failure.code.startsWith('log.') ? 503 : 422)

export const errorBody = (failure: Failure) => ({
  error: { code: failure.code, message: failure.message, hint: failure.hint ?? '' },
})

export const sendFailure = (reply: FastifyReply, failure: Failure): FastifyReply => {
  const status = statusOf(failure)
  const { retryAfterMs } = failure
  const retryAfter =
    retryAfterMs === undefined ? RETRY_AFTER_SECONDS[status] : Math.max(1, Math.ceil(retryAfterMs / 1_000))
  if (retryAfter !== undefined) void reply.header('Retry-After', String(retryAfter))
  // A browser would ask for a key in a window of its own: the console has a page for that.
  if (status === 401 && reply.request.headers['sec-fetch-site'] === undefined)
    void reply.header('WWW-Authenticate', 'Basic realm="windvane", charset="UTF-8"')
  return reply.status(status).send(errorBody(failure))
}

/** Fastify's error handler: our failures as they are, the framework's own mapped, the rest a 500 that is reported. */
export const createErrorHandler =
  (report: (error: unknown, where: string) => void) =>
  (error: FastifyError | Failure, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (isFailure(error)) return sendFailure(reply, error)
    const known = frameworkFailure(error)
    if (known !== null) return sendFailure(reply, known)
    report(error, `${request.method} ${request.routeOptions.url ?? request.url}`)
    return reply.status(500).send({
      error: {
        code: 'http.internal',
        message: 'Something broke on our side.',
        hint: 'The server log has the details.',
      },
    })
  }

const frameworkFailure = (error: FastifyError): Failure | null => {
  if (error.validation !== undefined)
    return new Failure({
      code: 'http.invalid',
      message: spellValidation(error),
      hint: 'See /openapi.json for the shape expected.',
      cause: error,
    })
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Failure({
        code: 'http.too_large',
        message: 'The body is larger than this route takes.',
        hint: 'Split it into smaller requests.',
        cause: error,
      })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Failure({
        code: 'http.bad_media',
        message: 'This content type is not understood.',
        hint: 'Send application/json.',
        cause: error,
      })
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new Failure({
        code: 'http.bad_json',
        message: error.message,
        hint: 'Send one JSON object.',
        cause: error,
      })
    case 'FST_ERR_BAD_URL':
      return new Failure({
        code: 'http.bad_url',
        message: error.message,
        hint: 'Encode the parts of the address (%XX).',
        cause: error,
      })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new Failure({
        code: 'http.bad_json',
        message: 'The body is not as long as announced.',
        hint: 'Send it whole.',
        cause: error,
      })
    default:
      return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
        ? new Failure({
            code: 'http.invalid',
            message: error.message,
            hint: 'See /openapi.json for what this route takes.',
            cause: error,
          })
        : null
  }
}

/** The framework's words, with the key named that it leaves out. */
const spellValidation = ({ message, validation }: FastifyError): string => {
  const extra = validation?.find(({ keyword }) => keyword === 'additionalProperties')
  const key = extra?.params['additionalProperty']
  return typeof key === 'string' ? `${message}: ${key.slice(0, 100)}` : message
}
