// People with a session, as a browser would have them.

import type { Role } from '../../src/kernel/principal.ts'
import { LOCAL_OPERATOR } from '../../src/kernel/principal.ts'
import type { Served } from '../../src/app/serve.ts'

export const PASSWORD = 'heron lamp quiet ladder'
const BROWSER = { address: '127.0.0.1', agent: 'Mozilla/5.0 (a test)' }

export type Person = {
  readonly userId: string
  readonly email: string
  /** Of one session. */
  readonly token: string
  /** As the browser sends it from a page of the console. */
  readonly headers: Readonly<Record<string, string>>
}

/** Somebody who was invited with this role and came. */
export const personOf = async ({ access }: Pick<Served, 'access'>, role: Role): Promise<Person> => {
  const email = `${role}@company.example`
  const { userId, link } = await access.people.invite({ email, name: role, role }, LOCAL_OPERATOR)
  const { token } = await access.people.accept(
    { token: link.token, password: PASSWORD, name: '', email: '' },
    BROWSER,
  )
  return { userId, email, token, headers: browserHeaders(token) }
}

/** What a browser sends along from a page of ours. */
export const browserHeaders = (token: string): Readonly<Record<string, string>> => ({
  cookie: `windvane-session=${token}`,
  'sec-fetch-site': 'same-origin',
})
