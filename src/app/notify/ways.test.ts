// The ways out against servers that fail: what certainly did not arrive is a Failure, what may have is not.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { startFaultySmtp, type FaultySmtp, type SmtpFault } from '../../delivery/testing/faulty-smtp.ts'
import { createLinkSigner } from '../../delivery/index.ts'
import { newProposal } from '../../governance/proposals/proposal.ts'
import { isFailure, messageOf } from '../../kernel/failure.ts'
import type { Letter, Way } from '../../stages/notifying.ts'
import { readConfig } from '../config.ts'
import { readAnswer, readLink, signAnswer, signLink } from './approval-link.ts'
import { createMailWay } from './mail-way.ts'
import { startHttpSink, type HttpSink } from './testing/http-sink.ts'
import { createWebhookWay } from './webhook-way.ts'

const LETTER: Letter = {
  id: 'n7-0-u1',
  noticeId: 'n7',
  kind: 'proposal',
  isUrgent: false,
  title: 'Waits for a yes: Sale [P1]',
  lines: ['Touches 3 people.'],
  url: 'https://windvane.example/a/P1.x',
  proposal: { proposalId: 'P1', version: 'v', seenUpTo: 42, until: 2_000_000_000_000 },
  asks: false,
}
const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ok!').toString('base64')}`

const configOf = (flags: object) => readConfig({ dir: '/nonexistent', env: {}, flags: { ...flags } })

const outcomeOf = async (way: Way | null, letter = LETTER): Promise<string> => {
  assert.ok(way !== null)
  try {
    return `done ${await way.tell(letter, 'u1')}`
  } catch (error) {
    return `${isFailure(error) ? `failed ${error.code}` : 'unknown'} ${messageOf(error)}`
  }
}

describe('mail to people', () => {
  let server: FaultySmtp
  let fault: SmtpFault | undefined
  before(async () => {
    server = await startFaultySmtp({ plan: () => fault })
  })
  after(() => server.close())

  const tell = async (changes: object = {}, to = 'anna@company.example'): Promise<string> => {
    const config = configOf({ smtp: { host: '127.0.0.1', port: server.port }, ...changes })
    const way = createMailWay(config, { addressOf: () => to, now: () => 1_780_000_000_000 })
    try {
      return await outcomeOf(way)
    } finally {
      await way?.close()
    }
  }

  it('NT10 a mail is one mail to one person, plain, without unsubscribing or tracking', async () => {
    assert.match(await tell(), /^done /)
    const [mail, ...more] = server.accepted
    assert.deepEqual(more, [])
    assert.equal(mail?.to, 'anna@company.example')
    assert.match(mail?.raw ?? '', /^Subject: Waits for a yes: Sale \[P1\]\r?$/m)
    assert.match(mail?.raw ?? '', /^Message-ID: <n7-0-u1@/m)
    assert.doesNotMatch(mail?.raw ?? '', /List-Unsubscribe|<img|\/o\//)
  })

  it('NT10 says what is certain: a drop after the last dot may have arrived, refusals have not', async () => {
    fault = { at: 'dot', kind: 'drop', accepted: true }
    assert.match(await tell(), /^unknown /)
    fault = { at: 'dot', kind: 'reply', text: '452 4.3.1 no room' }
    assert.match(await tell(), /^failed /)
    fault = { at: 'rcpt', kind: 'reply', text: '550 5.1.1 nobody here' }
    assert.match(await tell(), /^failed email\.recipient/)
    fault = { at: 'ehlo', kind: 'drop' }
    assert.match(await tell(), /^failed /)
    fault = undefined
  })

  it('NT10 a test environment and a list of recipients hold for people of the company too', async () => {
    const before = server.accepted.length
    assert.match(await tell({ environment: 'test' }), /^failed notify\.not_allowed_here/)
    const smtp = { host: '127.0.0.1', port: server.port, recipientsAllowed: ['@test.example'] }
    assert.match(await tell({ smtp }), /^failed email\.not_allowed_here/)
    assert.match(await tell({}, ''), /^failed notify\.no_address/)
    assert.match(await tell({}, 'a@b.example, c@d.example'), /^failed email\.address_refused/)
    assert.equal(server.accepted.length, before)
    assert.match(await tell({ environment: 'test', allowlist: ['@company.example'] }), /^done/)
  })
})

describe('webhook to whatever wakes people', () => {
  let sink: HttpSink
  before(async () => {
    sink = await startHttpSink()
  })
  after(() => sink.close())

  const wayTo = (webhookUrl: string, hosts: readonly string[] = ['127.0.0.1']) =>
    createWebhookWay(
      configOf({ notify: { webhookUrl, webhookSecret: SECRET, webhookHostsAllowed: hosts } }),
      ({ proposalId, userId }) => `token for ${userId} and ${proposalId}`,
    )

  it('NT11 is signed, says who and what, and hands over what an answer needs', async () => {
    assert.equal(await outcomeOf(wayTo(`${sink.url}/hook`)), 'done 200')
    const got = sink.got.at(-1)
    assert.ok(got !== undefined)
    new Webhook(SECRET).verify(got.body, got.headers as Record<string, string>)
    assert.deepEqual((JSON.parse(got.body) as { data: unknown }).data, {
      noticeId: 'n7',
      kind: 'proposal',
      isUrgent: false,
      to: 'u1',
      title: LETTER.title,
      lines: LETTER.lines,
      url: LETTER.url,
      answer: { proposalId: 'P1', seenUpTo: 42, token: 'token for u1 and P1' },
    })
    assert.equal(got.headers['webhook-id'], LETTER.id)
  })

  it('NT11 says what is certain, and reaches no private host that nobody vouched for', async () => {
    sink.reply = () => 'hang_up'
    assert.match(await outcomeOf(wayTo(sink.url)), /^unknown/)
    sink.reply = () => ({ status: 503 })
    assert.match(await outcomeOf(wayTo(sink.url)), /^failed notify\.refused/)
    sink.reply = () => ({ status: 504 })
    assert.match(await outcomeOf(wayTo(sink.url)), /^unknown/)
    const before = sink.got.length
    assert.match(await outcomeOf(wayTo(sink.url, [])), /^failed url\.refused/)
    assert.match(await outcomeOf(wayTo('http://127.0.0.1:1')), /^failed outbound\.connection/)
    assert.equal(sink.got.length, before)
    assert.equal(
      createWebhookWay(configOf({ environment: 'test', notify: { webhookUrl: sink.url } }), () => ''),
      null,
    )
  })
})

describe('signed links and tokens', () => {
  const signer = createLinkSigner({ secret: 'a secret of this installation' })
  const proposal = newProposal(
    { proposalId: 'P12', level: 2, expiresAt: 5_000, payload: { a: 1 }, changes: [], ground: 'g' } as never,
    1,
    1,
  )
  const read = (token: string, now = 1_000, is = proposal) =>
    readLink(signer, token, { now, proposal: () => is })

  it('NT12 a link is good for one proposal as it is, until its end; all else is named', () => {
    const token = signLink(signer, proposal)
    assert.deepEqual(read(token), { kind: 'valid', proposalId: 'P12' })
    assert.deepEqual(read(token, 5_001), { kind: 'expired', proposalId: 'P12' })
    assert.deepEqual(read(token, 1, { ...proposal, ground: 'other' }), { kind: 'moved', proposalId: 'P12' })
    assert.deepEqual(read(token, 1, { ...proposal, payload: { a: 2 } }).kind, 'moved')
    assert.deepEqual(read(token, 1, { ...proposal, status: 'rejected' }).kind, 'moved')
    const forged = [
      token.replace('P12', 'P13'),
      token.slice(0, -1),
      `${token}.x`,
      token.replace(/\.\w+\.([^.]+)$/, '.zzz.$1'),
      '',
      'P12.x.y.z',
      signLink(createLinkSigner({ secret: 'a secret of another one' }), proposal),
      signAnswer(signer, { proposalId: 'P12', version: 'v', seenUpTo: 1, userId: 'u1', until: 5_000 }),
    ]
    for (const wrong of forged) assert.equal(read(wrong).kind, 'invalid', wrong)
  })

  it('NT12 a token of an answer is for one person and proposal as it was seen, and is no link', () => {
    const about = { proposalId: 'P12', version: 'v1', seenUpTo: 7, userId: 'u1', until: 5_000 }
    const token = signAnswer(signer, about)
    assert.deepEqual(readAnswer(signer, token, 1_000), about)
    assert.equal(readAnswer(signer, token, 5_000), null)
    for (const wrong of [token.replace('u1', 'u2'), token.slice(1), signLink(signer, proposal)])
      assert.equal(readAnswer(signer, wrong, 1_000), null, wrong)
  })
})
