// Whether a request that changes something was sent by a page of ours. Browsers say it themselves (Sec-Fetch-Site,
// Origin); where one says nothing, a session has to prove that its page could read what another site cannot.

import type { FastifyRequest } from 'fastify'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export type Sender =
  /** A page of ours, or nothing that lets pages of others send. */
  | 'own'
  /** A page of another site, or of one beside ours. */
  | 'other'
  /** It does not say: no browser, or an old one. */
  | 'silent'

export const isUnsafe = (request: FastifyRequest): boolean => !SAFE.has(request.method)

/** `publicHost`: under which people reach this server, when a proxy changes the Host header. */
export const senderOf = ({ headers }: FastifyRequest, publicHost: string): Sender => {
  const site = headers['sec-fetch-site']
  if (typeof site === 'string' && site !== '')
    return site === 'same-origin' || site === 'none' ? 'own' : 'other'
  const { origin, host = '' } = headers
  if (typeof origin !== 'string' || origin === '') return 'silent'
  // `null` too: a sandboxed frame, a local file, a redirect across sites.
  if (!URL.canParse(origin)) return 'other'
  const from = new URL(origin).host
  return from !== '' && (from === host || from === publicHost) ? 'own' : 'other'
}
