// Access as a running server has it: whose key and whose session it is, the identity providers, and from time to
// time a note of when keys and sessions were last used.

import type { AccessRouteOptions } from '../api/access-routes.ts'
import type { Doorkeeper } from '../api/auth.ts'
import { activeOwners, createOidcProvider, type AccessDesk } from '../governance/access/index.ts'
import { LOCAL_OPERATOR } from '../kernel/principal.ts'
import type { Loop } from '../loop.ts'
import type { Config } from './config.ts'
import type { Keyring } from './keys.ts'
import { openAccess } from './open-access.ts'

export type ServeAccessOptions = {
  readonly loop: Loop
  readonly keys: Keyring
  readonly config: Config
  /** Of this run, for commands on this machine. */
  readonly token: string
  readonly publicUrl: () => string
  readonly report: (error: unknown, where: string) => void
}

export type ServedAccess = {
  readonly desk: AccessDesk
  readonly serverOptions: Omit<AccessRouteOptions, 'report'> & { readonly trustedProxies: readonly string[] }
  readonly close: () => Promise<void>
}

const SAVED_EVERY_MS = 60_000

/** Throws Failures `log.*`. */
export const serveAccess = async (options: ServeAccessOptions): Promise<ServedAccess> => {
  const { loop, keys, config, publicUrl } = options
  const desk = await openAccess(options)
  const saving = setInterval(() => void desk.save(), SAVED_EVERY_MS)
  saving.unref()
  return {
    desk,
    serverOptions: {
      access: desk,
      doorkeeper: doorkeeperOf(options, desk),
      providers: config.oidc.map((settings) =>
        createOidcProvider(settings, { secrets: keys.secrets, realNow: Date.now }),
      ),
      publicUrl,
      sessionSecondsMax: config.sessionHoursMax * 3_600,
      ownerless: () => activeOwners(loop.state.access).length === 0,
      trustedProxies: config.trustedProxies,
    },
    close: async () => {
      clearInterval(saving)
      await desk.save()
      await keys.store.settled()
    },
  }
}

const doorkeeperOf = ({ config, keys, token }: ServeAccessOptions, desk: AccessDesk): Doorkeeper => ({
  keyOf: (key) => (key === token ? { principal: LOCAL_OPERATOR, perSecondMax: 0 } : desk.keys.of(key)),
  sessionOf: desk.sessions.of,
  stands: desk.sessions.stands,
  csrfOf: (session) => keys.secrets.hashToken(`csrf ${session}`),
  secure: config.publicUrl.startsWith('https:'),
  publicHost: URL.canParse(config.publicUrl) ? new URL(config.publicUrl).host : '',
  perSecond: {
    user: config.userRequestsPerSecond,
    key: config.keyRequestsPerSecond,
    address: config.addressRequestsPerSecond,
  },
})
