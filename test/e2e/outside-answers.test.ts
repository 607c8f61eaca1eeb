// Answers from outside the console: by Telegram of a person who connected it, by a signed webhook. The rules are those
// of governance, whoever carries the words.

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Webhook } from 'standardwebhooks'
import type { NoticesView, ProposalsView, ProposalView, TelegramCode } from '../../src/api/contract.ts'
import { startHttpSink } from '../../src/app/notify/testing/http-sink.ts'
import { startTelegram, TELEGRAM_TOKEN, type FakeTelegram } from './fake-telegram.ts'
import { personOf, type Person } from './people.ts'
import { shopPlan } from './plans.ts'
import { closeAtEnd, noonClock, open, until, type Serving } from './serving.ts'

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ok!').toString('base64')}`

/** A server with a policy that somebody wants to loosen, whose clock can be put forward. */
const withProposals = async (notify: object) => {
  const noon = noonClock()
  let shift = 0
  const server = await open({
    clock: { now: () => noon.now() + shift, rate: 1 },
    flags: { firstPolicy: 'none', notify } as never,
  })
  let level = 2
  const proposals = async () => ((await server.ask('GET', '/api/proposals')).json as ProposalsView).open
  return {
    server,
    prepare: async (governance: string) => server.apply(`governance: ${governance}\n${shopPlan()}`),
    /** One more wish to loosen the policy, told to people at once. */
    wish: async (governance: string): Promise<ProposalView> => {
      const asked = await server.ask('POST', '/api/policy', { body: { yaml: governance } })
      const { waits } = asked.json as { readonly waits: string }
      shift += 61_000
      level++
      const found = (await proposals()).find(({ proposalId }) => proposalId === waits)
      assert.ok(found !== undefined, `${asked.text} ${level}`)
      return found
    },
    look: async (proposalId: string) =>
      (await server.ask('GET', `/api/proposals/${proposalId}`)).json as ProposalView,
    choose: async (person: Person, ways: readonly string[]) =>
      server.ask('POST', '/api/account/notices', {
        as: 'none',
        headers: person.headers,
        body: { ways, quiet: null, briefHour: null },
      }),
  }
}

describe('answers by Telegram', () => {
  let bot: FakeTelegram
  let office: Awaited<ReturnType<typeof withProposals>>
  let server: Serving
  let [approver, owner, viewer]: Person[] = []
  before(async () => {
    bot = await startTelegram()
    office = await withProposals(bot.settings)
    server = office.server
    await office.prepare('{levels: {placement: 1}, four_eyes: {people_above: 1000000}}')
    approver = await personOf(server.served, 'approver')
    owner = await personOf(server.served, 'owner')
    viewer = await personOf(server.served, 'viewer')
  })

  const codeOf = async (person: Person | undefined): Promise<TelegramCode> => {
    const { status, json, text } = await server.ask('POST', '/api/account/notices/telegram', {
      as: 'none',
      headers: person?.headers ?? {},
    })
    assert.equal(status, 200, text)
    return json as TelegramCode
  }
  const said = async (pattern: RegExp): Promise<void> =>
    until(() => bot.sent.some(({ text }) => pattern.test(text)), { what: `the bot to say ${pattern}` })
  const alerted = async (pattern: RegExp): Promise<void> => {
    await until(() => pattern.test(bot.alerts.at(-1) ?? ''), {
      what: `an alert ${pattern}, not ${bot.alerts}`,
    })
    bot.alerts.length = 0
  }
  const connect = async (person: Person | undefined, account: number): Promise<void> => {
    const { code, bot: name } = await codeOf(person)
    assert.equal(name, 'shop_bot')
    bot.write(account, `/start ${code}`)
    await said(/Connected: you are/)
    bot.sent.length = 0
  }
  /** The buttons of the message about it, by their letter. */
  const buttons = async (proposalId: string, chat: number): Promise<Readonly<Record<string, string>>> => {
    const isIt = ({ text, chat_id: to }: (typeof bot.sent)[number]) =>
      to === chat && text.includes(`[${proposalId}]`)
    await until(() => bot.sent.some(isIt), { what: `${proposalId} to be told to ${chat}` })
    const row = bot.sent.find(isIt)?.reply_markup?.inline_keyboard?.[0] ?? []
    return Object.fromEntries(row.map(({ callback_data: data }) => [data.charAt(0), data]))
  }

  it('NT16 an account is connected by a code of the console, once; nobody else’s account may anything', async () => {
    await until(async () => (await codeOf(approver)).bot === 'shop_bot', { what: 'the bot to be known' })
    const { code } = await codeOf(approver)
    bot.write(100, `/start ${code}`, { chat: { id: -5, type: 'group' } })
    bot.write(100, `/start ${code.slice(1)}x`)
    await said(/not valid any more/)
    bot.write(100, `/start ${code}`)
    await said(/Connected: you are approver/)
    bot.sent.length = 0
    bot.write(666, `/start ${code}`)
    await said(/not valid any more/)
    bot.write(666, 'hello')
    await said(/not connected/)
    bot.press(666, 'a:P1:99:x')
    await alerted(/not connected/)
    await office.choose(approver as Person, ['telegram'])
    await office.choose(owner as Person, ['telegram'])
    assert.deepEqual(
      bot.sent.filter(({ chat_id: chat }) => chat === -5),
      [],
      'groups are not answered',
    )
  })

  it('NT17 a yes by button is that person’s, on record with its way, for what they saw', async () => {
    const { proposalId } = await office.wish('{levels: {placement: 2}}')
    const { a = '' } = await buttons(proposalId, 100)
    bot.press(100, a.replace(/:[^:]*$/, ':older'))
    await alerted(/has changed/)
    assert.deepEqual((await office.look(proposalId)).approvals, [])
    bot.press(666, a)
    await alerted(/not connected/)
    bot.press(100, a)
    await alerted(new RegExp(`${proposalId}: (?:done|approved)`))
    const { status, approvals } = await office.look(proposalId)
    assert.equal(status, 'done')
    assert.deepEqual(
      approvals.map(({ by, via }) => [by.id, by.role, via]),
      [[approver?.userId, 'approver', 'telegram']],
    )
    bot.press(100, a)
    await alerted(/Nothing waits here any more/)
  })

  it('NT17 a no asks why, a snooze puts off, and what comes is what governance allows', async () => {
    const { proposalId } = await office.wish('{levels: {placement: 3}}')
    const { r = '', s = '' } = await buttons(proposalId, 100)
    bot.press(100, s)
    await alerted(/an hour/)
    assert.ok((await office.look(proposalId)).snoozedUntil > 0)
    bot.sent.length = 0
    bot.press(100, r)
    await said(/Why not\?/)
    const question = bot.sent.at(-1)
    const reply = { reply_to_message: { from: { id: 1, is_bot: true }, text: question?.text } }
    bot.write(666, 'hostile', reply)
    bot.write(100, 'too soon', reply)
    await said(new RegExp(`${proposalId}: rejected`))
    const { status, reason, closedBy } = await office.look(proposalId)
    assert.deepEqual([status, reason, closedBy?.id], ['rejected', 'too soon', approver?.userId])
  })

  it('NT17 four eyes are two accounts of two people; a viewer’s account answers nothing', async () => {
    await connect(owner, 200)
    await connect(viewer, 300)
    await office.prepare('{levels: {placement: 2}, four_eyes: {classes: [policy]}}')
    const { proposalId } = await office.wish('{levels: {placement: 3}, four_eyes: {classes: [policy]}}')
    const { a = '' } = await buttons(proposalId, 100)
    bot.press(300, a)
    await alerted(/may not answer/)
    bot.press(100, a)
    await until(() => bot.alerts.length > 0, { what: 'an answer' })
    bot.alerts.length = 0
    bot.press(100, a)
    await until(() => bot.alerts.length > 0, { what: 'an answer' })
    bot.alerts.length = 0
    const before = await office.look(proposalId)
    const mine = before.approvals.filter(({ by }) => by.id === approver?.userId)
    assert.ok(mine.length <= 1, 'one and the same person is one')
    bot.press(200, a)
    await until(async () => (await office.look(proposalId)).status !== 'open', { what: 'it to be done' })
  })

  it('NT18 asks again where Telegram says later, is unsure where it says nothing, and never tells the token', async () => {
    let refused = 0
    bot.fault = ({ text }) => {
      if (/channel push/.test(text) && refused++ === 0)
        return {
          status: 429,
          body: JSON.stringify({
            ok: false,
            error_code: 429,
            description: 'Too Many Requests: retry after 1',
            parameters: { retry_after: 1 },
          }),
        }
      if (/channel sms/.test(text)) return 'hang_up'
      if (/channel email/.test(text))
        return {
          status: 403,
          body: '{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked"}',
        }
      return undefined
    }
    const ended = async (scope: string): Promise<readonly string[]> => {
      await server.ask('POST', '/api/stop', { body: { scope, reason: 'a test' } })
      let calls: NoticesView['open'][number]['calls'] = []
      await until(
        async () => {
          const { open: waiting, closed } = (await server.ask('GET', '/api/notices')).json as NoticesView
          calls = [...waiting, ...closed].find(({ ref }) => ref === scope.replace(':', ' '))?.calls ?? []
          return calls.length > 0 && calls.every(({ status }) => status !== 'begun')
        },
        { what: `${scope} to be told` },
      )
      return calls.filter(({ name }) => name === 'approver').map(({ status }) => status)
    }
    assert.deepEqual(await ended('channel:push'), ['done'])
    assert.ok(refused >= 2)
    assert.deepEqual(await ended('channel:sms'), ['unknown'])
    assert.deepEqual(await ended('channel:email'), ['failed'])
    const told = bot.sent.filter(({ text, chat_id: chat }) => /channel sms/.test(text) && chat === 100)
    assert.equal(told.length, 1, 'unknown is not sent again')
    const { text } = await server.ask('GET', '/api/notices')
    for (const where of [text, server.reports.join('\n')]) assert.ok(!where.includes(TELEGRAM_TOKEN))
    bot.fault = () => undefined
    await server.ask('POST', '/api/account/notices/telegram/off', {
      as: 'none',
      headers: approver?.headers ?? {},
    })
    bot.press(100, 'm:n1')
    await alerted(/not connected/)
    await server.close()
  })
})

describe('answers by webhook', () => {
  it('NT19 are signed, fresh, given once, and by the person whose token it is', async () => {
    const sink = await startHttpSink()
    closeAtEnd(sink.close)
    const office = await withProposals({
      webhookUrl: sink.url,
      webhookSecret: SECRET,
      webhookHostsAllowed: ['127.0.0.1'],
    })
    const { server } = office
    await office.prepare('{levels: {placement: 1}}')
    const approver = await personOf(server.served, 'approver')
    const marketer = await personOf(server.served, 'marketer')
    await office.choose(approver, ['webhook'])
    const { proposalId } = await office.wish('{levels: {placement: 2}}')
    type Told = { readonly data: { readonly to: string; readonly answer: { readonly token: string } } }
    await until(() => sink.got.length > 0, { what: 'the webhook' })
    const { data } = JSON.parse(sink.got[0]?.body ?? '') as Told
    assert.equal(data.to, approver.userId)
    const { token } = data.answer
    const send = async (body: object, { id = 'one', at = new Date(), secret = SECRET, spoil = '' } = {}) => {
      const raw = JSON.stringify(body)
      const headers = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': new Webhook(secret).sign(id, at, raw),
      }
      return server.ask('POST', '/v1/notices/answer', { as: 'none', raw: `${raw}${spoil}`, headers })
    }
    const yes = { token, answer: 'approve' }
    const other = `whsec_${Buffer.from('another secret of 32 bytes, too!').toString('base64')}`
    assert.equal((await send(yes, { secret: other })).status, 401)
    assert.equal((await send(yes, { spoil: ' ' })).status, 401)
    assert.equal((await send(yes, { at: new Date(Date.now() - 600_000) })).status, 401)
    const forged = token.replace(approver.userId, marketer.userId)
    assert.equal((await send({ ...yes, token: forged }, { id: 'two' })).status, 422)
    assert.equal((await send({ token, answer: 'explode' }, { id: 'three' })).status, 422)
    assert.equal((await send({ token, answer: 'reject', text: '' }, { id: 'four' })).status, 422)
    assert.deepEqual((await office.look(proposalId)).approvals, [])
    const done = await send(yes, { id: 'five' })
    assert.deepEqual(done.json, { proposalId, status: 'done' })
    assert.equal((await send(yes, { id: 'five' })).status, 409, 'a replay')
    assert.equal((await send(yes, { id: 'six' })).status, 409, 'nothing waits any more')
    assert.deepEqual(
      (await office.look(proposalId)).approvals.map(({ by, via }) => [by.id, via]),
      [[approver.userId, 'webhook']],
    )
    await server.close()
  })
})
