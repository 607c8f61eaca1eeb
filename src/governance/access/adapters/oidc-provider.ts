// OpenID Connect, authorisation code with PKCE, by `oauth4webapi`: discovery, state, nonce, issuer (RFC 9207),
// signature of the ID token. What must come back is carried by the browser in a sealed cookie, so that nothing is
// kept here for people who never come back.

import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  clockTolerance,
  ClientSecretBasic,
  customFetch,
  discoveryRequest,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  getValidatedIdTokenClaims,
  None,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  validateApplicationLevelSignature,
  validateAuthResponse,
  type AuthorizationServer,
  type Client,
} from 'oauth4webapi'
import { Failure, isFailure, messageOf } from '../../../kernel/failure.ts'
import { isRecord } from '../../../kernel/json.ts'
import { createVettedFetch, type Resolve } from '../../../outbound/index.ts'
import type { Secrets } from '../ports.ts'
import type { Claims, ProviderRules } from '../single-sign-on.ts'

export type ProviderSettings = ProviderRules & {
  readonly clientId: string
  /** Empty for a public client, which PKCE alone protects. */
  readonly clientSecret: string
  readonly scopes: string
  /** Of an identity provider on the intranet. */
  readonly hostsAllowed: readonly string[]
}

export type OidcProvider = {
  readonly rules: ProviderRules
  /** Where to send the browser, and what it must bring back. */
  readonly begin: (backTo: string) => Promise<{ readonly url: string; readonly sealed: string }>
  /** What the provider vouches for. Throws Failures `auth.oidc_failed`, `auth.oidc_unreachable`. */
  readonly finish: (came: URL, sealed: string) => Promise<Claims>
}

type Carried = {
  readonly provider: string
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly backTo: string
  readonly until: number
}

/** From the first click to the way back, passwords and second factors included. */
const CARRIED_MS = 15 * 60_000
const DISCOVERED_MS = 3_600_000
const CLOCK_TOLERANCE_S = 60

export const createOidcProvider = (
  settings: ProviderSettings,
  {
    secrets,
    realNow,
    resolve,
  }: { readonly secrets: Secrets; readonly realNow: () => number; readonly resolve?: Resolve },
): OidcProvider => {
  const issuer = new URL(settings.issuer)
  const fetchVetted = createVettedFetch({
    hostsAllowed: settings.hostsAllowed,
    timeoutMs: 10_000,
    answerBytesMax: 1 << 20,
    ...(resolve === undefined ? {} : { resolve }),
  })
  // Without TLS only where the operator vouches for the host: a provider beside the server, a test.
  const insecure = issuer.protocol === 'http:' && settings.hostsAllowed.includes(issuer.hostname)
  const options = { [customFetch]: fetchVetted, ...(insecure ? { [allowInsecureRequests]: true } : {}) }
  const client: Client = { client_id: settings.clientId, [clockTolerance]: CLOCK_TOLERANCE_S }
  const authentication = settings.clientSecret === '' ? None() : ClientSecretBasic(settings.clientSecret)
  let discovered: { readonly at: number; readonly server: AuthorizationServer } | null = null

  const discover = async (): Promise<AuthorizationServer> => {
    if (discovered !== null && realNow() - discovered.at < DISCOVERED_MS) return discovered.server
    const response = await discoveryRequest(issuer, options)
    const server = await processDiscoveryResponse(issuer, response)
    discovered = { at: realNow(), server }
    return server
  }

  return {
    rules: settings,
    begin: async (backTo) =>
      asFailure(settings, async () => {
        const server = await discover()
        const carried: Carried = {
          provider: settings.id,
          state: generateRandomState(),
          nonce: generateRandomNonce(),
          verifier: generateRandomCodeVerifier(),
          backTo,
          until: realNow() + CARRIED_MS,
        }
        const url = new URL(server.authorization_endpoint ?? '')
        const parameters = {
          response_type: 'code',
          client_id: settings.clientId,
          redirect_uri: backTo,
          scope: settings.scopes,
          state: carried.state,
          nonce: carried.nonce,
          code_challenge: await calculatePKCECodeChallenge(carried.verifier),
          code_challenge_method: 'S256',
        }
        for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
        return { url: url.href, sealed: secrets.seal(JSON.stringify(carried)) }
      }),
    finish: async (came, sealed) =>
      asFailure(settings, async () => {
        const carried = carriedOf(secrets.unseal(sealed))
        if (carried === null || carried.provider !== settings.id || carried.until < realNow())
          throw notBegun()
        const server = await discover()
        const parameters = validateAuthResponse(server, client, came, carried.state)
        const response = await authorizationCodeGrantRequest(
          server,
          client,
          authentication,
          parameters,
          carried.backTo,
          carried.verifier,
          options,
        )
        const answer = await processAuthorizationCodeResponse(server, client, response, {
          expectedNonce: carried.nonce,
          requireIdToken: true,
        })
        await validateApplicationLevelSignature(server, response, options)
        const claims = getValidatedIdTokenClaims(answer)
        if (claims === undefined) throw notBegun()
        return claims
      }),
  }
}

const carriedOf = (text: string | null): Carried | null => {
  if (text === null) return null
  const value: unknown = JSON.parse(text)
  return isRecord(value) && typeof value['verifier'] === 'string' ? (value as Carried) : null
}

const notBegun = (): Failure =>
  new Failure({
    code: 'auth.oidc_failed',
    message: 'This way back does not belong to a sign-in that was begun in this browser.',
    hint: 'Begin again on the sign-in page.',
  })

/** What the library throws, in our words: whatever is wrong with the answer, nobody is signed in. */
const asFailure = async <T>({ name }: ProviderSettings, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (isFailure(error, 'auth.oidc_failed')) throw error
    const unreachable = isFailure(error)
    throw new Failure({
      code: unreachable ? 'auth.oidc_unreachable' : 'auth.oidc_failed',
      message: `${name}: ${messageOf(error).slice(0, 200)}`,
      hint: unreachable
        ? 'Check the issuer in the settings, and hostsAllowed for one on the intranet.'
        : 'Begin again on the sign-in page; if it stays so, compare the settings here and there.',
      retryable: unreachable,
      cause: error,
    })
  }
}
