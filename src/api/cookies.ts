// The two cookies there are: the session, and what a sign-in at an identity provider must bring back. Over https
// they are bound to this host and to https by their name (`__Host-`), which the browser enforces.

import type { FastifyReply, FastifyRequest } from 'fastify'

export type CookieName = 'session' | 'oidc'

const nameOf = (name: CookieName, secure: boolean): string => `${secure ? '__Host-' : ''}windvane-${name}`

/** The cookie's value; '' without one. A second one of the same name is not looked at. */
export const readCookie = (request: FastifyRequest, name: CookieName, secure: boolean): string => {
  const wanted = `${nameOf(name, secure)}=`
  const header = request.headers.cookie ?? ''
  if (header === '') return ''
  const found = header.split(';').find((part) => part.trimStart().startsWith(wanted))
  return found === undefined ? '' : found.trim().slice(wanted.length)
}

/**
 * Sets a cookie that scripts cannot read. The session goes with requests of our own pages only; the other one must
 * survive the way back from the provider, which is a link from another site.
 */
export const setCookie = (
  reply: FastifyReply,
  name: CookieName,
  { value, secure, maxAgeS }: { readonly value: string; readonly secure: boolean; readonly maxAgeS: number },
): void => {
  const sameSite = name === 'session' ? 'Strict' : 'Lax'
  void reply.header(
    'set-cookie',
    `${nameOf(name, secure)}=${value}; Path=/; HttpOnly; SameSite=${sameSite}; Max-Age=${maxAgeS}${secure ? '; Secure' : ''}`,
  )
}
