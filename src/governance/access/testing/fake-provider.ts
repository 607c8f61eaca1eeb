// An identity provider on this machine that approves everybody and lies on demand.

import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Ways an answer can be wrong. Each must end with nobody signed in. */
export type Lie =
  | 'signature'
  | 'unsigned'
  | 'issuer'
  | 'issuer_parameter'
  | 'audience'
  | 'nonce'
  | 'expired'
  | 'no_id_token'
  | 'refuses'
  | 'state'

export type FakeProvider = {
  readonly issuer: string
  /** What the next ID token says beside what it must. */
  claims: Record<string, unknown>
  lie: Lie | null
  /** What the token endpoint was asked, last first. */
  readonly asked: readonly URLSearchParams[]
  /** As a browser would: from our address to where the provider sends it back. */
  readonly approve: (url: string) => URL
  readonly close: () => Promise<void>
}

export const CLIENT = { clientId: 'windvane', clientSecret: 'a secret of both' } as const

export const startFakeProvider = async (): Promise<FakeProvider> => {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const codes = new Map<string, URLSearchParams>()
  const asked: URLSearchParams[] = []
  const server = createServer((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (request.url === '/.well-known/openid-configuration') return answer(200, documentOf(provider.issuer))
    if (request.url === '/jwks')
      return answer(200, {
        keys: [{ ...own.publicKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: '1' }],
      })
    if (request.url !== '/token') return answer(404, {})
    void bodyOf(request).then((text) => {
      const given = new URLSearchParams(text)
      asked.unshift(given)
      const begun = codes.get(given.get('code') ?? '')
      codes.delete(given.get('code') ?? '')
      const verifier = createHash('sha256')
        .update(given.get('code_verifier') ?? '')
        .digest('base64url')
      const basic = Buffer.from((request.headers.authorization ?? '').slice(6), 'base64').toString()
      const fits =
        begun !== undefined &&
        verifier === begun.get('code_challenge') &&
        given.get('redirect_uri') === begun.get('redirect_uri') &&
        basic === `${CLIENT.clientId}:${encodeURIComponent(CLIENT.clientSecret).replaceAll('%20', '+')}`
      if (!fits) return answer(400, { error: 'invalid_grant' })
      const token = tokenFor(
        provider,
        begun,
        provider.lie === 'signature' ? foreign.privateKey : own.privateKey,
      )
      answer(200, {
        access_token: 'x',
        token_type: 'Bearer',
        ...(provider.lie === 'no_id_token' ? {} : { id_token: token }),
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const provider: FakeProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    claims: {},
    lie: null,
    asked,
    approve: (url) => {
      const begun = new URL(url).searchParams
      const code = `code-${codes.size}-${Math.floor(performance.now() * 1_000)}`
      codes.set(code, begun)
      const back = new URL(begun.get('redirect_uri') ?? '')
      if (provider.lie === 'refuses') back.searchParams.set('error', 'access_denied')
      else back.searchParams.set('code', code)
      back.searchParams.set('state', provider.lie === 'state' ? 'another' : (begun.get('state') ?? ''))
      back.searchParams.set(
        'iss',
        provider.lie === 'issuer_parameter' ? 'https://evil.example' : provider.issuer,
      )
      return back
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  return provider
}

const documentOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  authorization_response_iss_parameter_supported: true,
})

const tokenFor = ({ issuer, claims, lie }: FakeProvider, begun: URLSearchParams, key: KeyObject): string => {
  const now = Math.floor(Date.now() / 1_000)
  const header = lie === 'unsigned' ? { alg: 'none' } : { alg: 'RS256', kid: '1' }
  const body = {
    iss: lie === 'issuer' ? 'https://evil.example' : issuer,
    aud: lie === 'audience' ? 'somebody-else' : CLIENT.clientId,
    nonce: lie === 'nonce' ? 'another' : begun.get('nonce'),
    iat: now,
    exp: lie === 'expired' ? now - 3_600 : now + 300,
    ...claims,
  }
  const text = [header, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${lie === 'unsigned' ? '' : sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString()
  return text
}
