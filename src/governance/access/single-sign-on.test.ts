// Signing in at a company's identity provider, with one on this machine that can lie in every way we know.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createOidcProvider, type ProviderSettings } from './adapters/oidc-provider.ts'
import { CLIENT, startFakeProvider, type FakeProvider, type Lie } from './testing/fake-provider.ts'
import { codeOf, smallAccess, VISITOR } from './testing/small-access.ts'

const BACK = 'https://windvane.company.example/api/session/oidc/company/back'
const OPERATOR = { kind: 'local', id: 'local', name: 'local operator' } as const

type Way = {
  readonly lie?: Lie | null
  readonly claims?: object
  readonly change?: Partial<ProviderSettings>
  /** In place of what the cookie should hold. */
  readonly sealed?: string
}

describe('signing in at a provider', () => {
  let fake: FakeProvider
  before(async () => {
    fake = await startFakeProvider()
  })
  after(() => fake.close())

  const settings = (change: Partial<ProviderSettings> = {}): ProviderSettings => ({
    id: 'company',
    name: 'Company',
    issuer: fake.issuer,
    ...CLIENT,
    scopes: 'openid email profile',
    roleClaim: 'groups',
    roles: { 'marketing-leads': 'approver', marketing: 'marketer', it: 'engineer', admins: 'owner' },
    hostsAllowed: ['127.0.0.1'],
    ...change,
  })
  const ANNA = {
    sub: 'anna-1',
    name: 'Anna Petrova',
    email: 'Anna@Company.example',
    email_verified: true,
    groups: ['staff', 'marketing', 'marketing-leads'],
  }

  /** The whole way of a browser; `sealed` is what its cookie holds on the way back. */
  const signIn = async (
    small = smallAccess(),
    { lie = null, claims = ANNA, change = {}, sealed = '' }: Way = {},
  ) => {
    Object.assign(fake, { lie, claims })
    const provider = createOidcProvider(settings(change), {
      secrets: small.ports.secrets,
      realNow: small.ports.realNow,
    })
    const begun = await provider.begin(BACK)
    const found = await provider.finish(fake.approve(begun.url), sealed === '' ? begun.sealed : sealed)
    return small.desk.singleSignOn(provider.rules, found, VISITOR)
  }

  it('AC11 signs in with code, PKCE, state and nonce, in the highest role that the claim stands for', async () => {
    const small = smallAccess()
    const { session, token } = await signIn(small)
    assert.deepEqual([session.principal.role, session.principal.name], ['approver', 'Anna Petrova'])
    assert.ok(small.desk.sessions.of(token) !== null)
    const [asked] = fake.asked
    assert.deepEqual([asked?.get('grant_type'), asked?.get('redirect_uri')], ['authorization_code', BACK])
    assert.ok((asked?.get('code_verifier')?.length ?? 0) >= 43)
    const [anna] = small.desk.people.list()
    assert.deepEqual([anna?.email, anna?.external, anna?.standing], ['anna@company.example', true, 'active'])
    // Known by what the provider calls her, whatever her address is now; her role follows the claim.
    const again = await signIn(small, { claims: { ...ANNA, email: 'anna@new.example', groups: 'it' } })
    assert.deepEqual(
      [again.session.principal.id, again.session.principal.role],
      [session.principal.id, 'engineer'],
    )
    assert.equal(small.ofType('access.role_changed.v1').length, 1)
    assert.equal(small.desk.people.list().length, 1)
  })

  for (const lie of [
    'signature',
    'unsigned',
    'issuer',
    'issuer_parameter',
    'audience',
    'nonce',
    'expired',
    'no_id_token',
    'refuses',
    'state',
  ] as const)
    it(`AC11 lets nobody in when the provider's answer is wrong: ${lie}`, async () => {
      const small = smallAccess()
      assert.equal(await codeOf(signIn(small, { lie })), 'auth.oidc_failed')
      assert.equal(small.desk.people.list().length, 0)
    })

  it('AC11 lets nobody in with the cookie of another browser, another provider, or none, or too late', async () => {
    const small = smallAccess()
    const { secrets, realNow } = small.ports
    const other = await createOidcProvider(settings(), { secrets, realNow }).begin(BACK)
    for (const sealed of ['nonsense', secrets.seal('{}'), other.sealed])
      assert.equal(await codeOf(signIn(small, { sealed })), 'auth.oidc_failed')
    const provider = createOidcProvider(settings(), { secrets, realNow })
    const elsewhere = createOidcProvider(settings({ id: 'other' }), { secrets, realNow })
    const begun = await elsewhere.begin(BACK)
    assert.equal(await codeOf(provider.finish(fake.approve(begun.url), begun.sealed)), 'auth.oidc_failed')
    const late = await provider.begin(BACK)
    small.pass(16 * 60_000)
    assert.equal(await codeOf(provider.finish(fake.approve(late.url), late.sealed)), 'auth.oidc_failed')
  })

  it('AC11 lets nobody in without a role, a verified address, or with a closed account', async () => {
    const small = smallAccess()
    for (const groups of [
      undefined,
      [],
      ['staff'],
      'nobody',
      { marketing: true },
      ['__proto__', 'constructor'],
    ])
      assert.equal(await codeOf(signIn(small, { claims: { ...ANNA, groups } })), 'auth.oidc_no_role')
    for (const claims of [
      { ...ANNA, email_verified: false },
      { ...ANNA, email_verified: 'true' },
      { ...ANNA, email: undefined },
    ])
      assert.equal(await codeOf(signIn(small, { claims })), 'auth.oidc_no_email')
    assert.equal(small.desk.people.list().length, 0)
    const { session } = await signIn(small)
    await small.desk.people.disable(session.principal.id, OPERATOR)
    assert.equal(await codeOf(signIn(small)), 'auth.oidc_disabled')
  })

  it('AC11 somebody invited is the same person, and the only owner stays one', async () => {
    const small = smallAccess()
    const { userId } = await small.come('owner', 'anna@company.example')
    const { session } = await signIn(small)
    assert.deepEqual([session.principal.id, session.principal.role], [userId, 'owner'])
    await small.come('owner', 'boss@company.example')
    assert.equal((await signIn(small)).session.principal.role, 'approver')
  })

  it('AC11 asks no provider on a private address that the operator did not vouch for, and none without TLS', async () => {
    assert.equal(await codeOf(signIn(smallAccess(), { change: { hostsAllowed: [] } })), 'auth.oidc_failed')
    assert.equal(
      await codeOf(signIn(smallAccess(), { change: { issuer: 'https://127.0.0.1:1', hostsAllowed: [] } })),
      'auth.oidc_unreachable',
    )
  })
})
