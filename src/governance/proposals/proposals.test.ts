// Proposals from wish to end: who may say what, what is done once, what is taken back.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import { Failure, isFailure } from '../../kernel/failure.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/time.ts'
import type { Actor } from '../events.ts'
import { OPEN_POLICY } from '../policy/defaults.ts'
import { openProposals, proposalOf } from '../state.ts'
import { createStory, MACHINE, user, wish, type Story } from '../testing/story.ts'
import {
  answeredEvent,
  approvedEvent,
  editedEvent,
  rejectedEvent,
  snoozedEvent,
  undoneEvent,
  type AnswerAt,
} from './answer.ts'
import { executorsOf, type Executor, type Executors } from './executor.ts'
import { nextProposalId, propose, sameWish } from './propose.ts'
import {
  dueCalls,
  dueEnds,
  dueFacts,
  executingEvent,
  recoverExecuting,
  refusalFacts,
  undoFacts,
} from './settle.ts'

let ids = 0
const at = (story: Story, by: Actor): AnswerAt => ({ by, now: story.at, newId: () => `n${++ids}` })
const approve = (
  story: Story,
  id: string,
  by: Actor,
  changes: { seenUpTo?: number; eyes?: 1 | 2 } = {},
): void =>
  story.take(
    approvedEvent(
      story.state,
      id,
      { note: '', seenUpTo: 1e9, eyes: 1, via: 'test', ...changes },
      at(story, by),
    ),
  )
const statusOf = (story: Story, id: string) => proposalOf(story.state, id)?.status

/** Does nothing but say so; its ground is where the test puts it. */
const doing = (ground: { now: string | null }, more: Partial<Executor> = {}): Executors =>
  executorsOf({
    kind: 'test.do',
    groundOf: () => ground.now,
    facts: ({ payload }) => ({ facts: [{ type: 'done.v1', key: '', data: payload }], inverse: { was: 10 } }),
    refuse: (_, why) => [{ type: 'refused.v1', key: '', data: { why } }],
    undo: (_, inverse) => [{ type: 'back.v1', key: '', data: inverse }],
    ...more,
  })
const types = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type)
const fails = (code: string) => (error: unknown) => isFailure(error, code)

describe('a proposal', () => {
  it('PR1 says all that is needed, and when nobody answers nothing happens', () => {
    const story = createStory()
    story.policy({ onCall: [{ users: ['anna'], weekdays: [1], fromHour: 9, toHour: 18 }], expiryMs: HOUR_MS })
    const id = story.wish()
    const [proposal] = openProposals(story.state)
    assert.ok(proposal !== undefined)
    assert.equal(id, 'P1')
    assert.deepEqual([proposal.level, proposal.eyes, proposal.status], [2, 1, 'open'])
    assert.deepEqual(proposal.onCall, ['anna'])
    assert.deepEqual(proposal.roles, ['approver', 'engineer', 'owner'])
    assert.equal(proposal.expiresAt, story.at + HOUR_MS)
    const executors = doing({ now: 'g1' })
    assert.deepEqual(dueEnds(story.state, story.at + HOUR_MS - 1, executors), [])
    story.at += HOUR_MS
    const ends = dueEnds(story.state, story.at, executors)
    assert.deepEqual(types(ends), ['governance.expired.v1', 'refused.v1'])
    story.take(...ends)
    assert.equal(statusOf(story, id), 'expired')
    assert.deepEqual(dueFacts(story.state, story.at, executors), [])
  })

  it('PR1 keeps no more than can be read', () => {
    const story = createStory()
    const state = { ...story.state, options: { ...story.state.options, openMax: 1 } }
    const one = (proposalId: string) =>
      propose(state, wish(), { business: DEFAULT_BUSINESS, now: story.at, proposalId })
    story.take(one('P1'))
    assert.throws(() => one('P2'), fails('governance.too_many'))
  })

  it('PR2 is answered by whose role may, while it waits, and a no says why', () => {
    const story = createStory()
    story.policy({ approvers: { default: ['approver'], spend: ['owner'] } })
    const id = story.wish()
    for (const by of [user('v', 'viewer'), user('a', 'approver'), MACHINE, { ...MACHINE, role: 'owner' }])
      assert.throws(() => approve(story, id, by), fails('governance.role'))
    const agent: Actor = { kind: 'key', id: 'k', name: 'agent', role: 'agent' }
    assert.throws(() => approve(story, id, agent), fails('governance.role'))
    const owner = at(story, user('o', 'owner'))
    assert.throws(
      () => rejectedEvent(story.state, id, { reason: ' ', via: 't' }, owner),
      fails('governance.no_reason'),
    )
    assert.throws(() => answeredEvent(story.state, id, '', owner), fails('governance.no_text'))
    assert.throws(() => approve(story, 'P9', user('o', 'owner')), fails('governance.unknown_proposal'))
    story.take(rejectedEvent(story.state, id, { reason: 'too dear', via: 't' }, owner))
    assert.deepEqual([statusOf(story, id), proposalOf(story.state, id)?.reason], ['rejected', 'too dear'])
    assert.throws(() => approve(story, id, user('o', 'owner')), fails('governance.closed'))
    const late = story.wish()
    story.at += OPEN_POLICY.expiryMs
    assert.throws(() => approve(story, late, user('o', 'owner')), fails('governance.expired'))
  })

  it('PR2 sleeps until it is time, and no longer than it lasts', () => {
    const story = createStory()
    story.policy()
    const id = story.wish()
    const by = at(story, user('a'))
    story.take(snoozedEvent(story.state, id, story.at + 99 * DAY_MS, by))
    assert.equal(proposalOf(story.state, id)?.snoozedUntil, story.at + OPEN_POLICY.expiryMs)
    story.take(answeredEvent(story.state, id, 'after the holidays', by))
    assert.deepEqual(
      proposalOf(story.state, id)?.answers.map(({ text }) => text),
      ['after the holidays'],
    )
    assert.equal(statusOf(story, id), 'open')
  })

  it('PR3 needs two different people where four eyes are asked for', () => {
    const story = createStory()
    story.policy({ fourEyes: { costAbove: 1, peopleAbove: null, classes: [] } })
    const id = story.wish()
    assert.equal(proposalOf(story.state, id)?.eyes, 2)
    approve(story, id, user('anna'))
    assert.equal(statusOf(story, id), 'open')
    assert.throws(() => approve(story, id, user('anna')), fails('governance.four_eyes'))
    approve(story, id, user('boris'))
    assert.equal(statusOf(story, id), 'approved')
    const own = story.wish({ by: user('anna', 'owner') })
    assert.throws(() => approve(story, own, user('anna', 'owner')), fails('governance.four_eyes'))
    approve(story, own, user('boris'))
    assert.equal(statusOf(story, own), 'approved', 'whoever proposed is the first pair')
    const grown = story.wish({ cost: 0 })
    approve(story, grown, user('anna'), { eyes: 2 })
    assert.equal(statusOf(story, grown), 'open', 'it has grown over the threshold since')
    approve(story, grown, user('clara'))
    assert.equal(statusOf(story, grown), 'approved')
  })

  it('PR10 counts an agent only where the policy says so, as one pair of eyes beside a person’s', () => {
    const story = createStory()
    const [one, other] = ['mcp:a', 'mcp:b'].map(
      (name): Actor => ({ kind: 'key', id: name, name, role: 'agent' }),
    ) as [Actor, Actor]
    const batch = { class: 'message', kind: 'messages.release' } as const
    const levels = { ...OPEN_POLICY.levels, message: 2 } as const
    story.policy({ levels })
    const closed = story.wish(batch)
    assert.throws(() => approve(story, closed, one), fails('governance.role'))
    assert.throws(
      () => story.take(rejectedEvent(story.state, closed, { reason: 'no', via: 'mcp' }, at(story, one))),
      fails('governance.role'),
    )

    story.policy({ levels, agents: { classes: ['message'], withPerson: true } })
    const id = story.wish({ ...batch, ground: 'g2' })
    approve(story, id, one)
    assert.equal(statusOf(story, id), 'open', 'a person has to look, too')
    for (const agent of [one, other])
      assert.throws(() => approve(story, id, agent), fails('governance.four_eyes'))
    approve(story, id, user('anna'))
    assert.equal(statusOf(story, id), 'approved')
    const own = story.wish({ ...batch, ground: 'g3', by: one })
    assert.throws(() => approve(story, own, other), fails('governance.role'))
    for (const [index, kind] of ['plan.change', 'autonomy.promote', 'brand.step', 'rollout.move'].entries()) {
      const other = story.wish({ class: 'message', kind, ground: `k${index}` })
      assert.throws(() => approve(story, other, one), fails('governance.role'), kind)
    }
    assert.throws(() => approve(story, story.wish({ ground: 'g4' }), one), fails('governance.role'), 'spend')

    const judged = () => story.state.records.get('message ')?.judged ?? 0
    const before = judged()
    story.policy({ levels, agents: { classes: ['message'], withPerson: false } })
    const alone = story.wish({ ...batch, ground: 'g5' })
    approve(story, alone, one)
    assert.equal(statusOf(story, alone), 'approved')
    assert.equal(judged(), before, 'it earns nothing')
    story.policy({
      levels,
      agents: { classes: ['message'], withPerson: false },
      fourEyes: { costAbove: 1, peopleAbove: null, classes: [] },
    })
    const two = story.wish({ ...batch, ground: 'g6' })
    approve(story, two, one)
    assert.equal(statusOf(story, two), 'open')
    assert.throws(() => approve(story, two, other), fails('governance.four_eyes'))
    approve(story, two, user('anna'))
    assert.equal(statusOf(story, two), 'approved')
  })

  it('PR4 is stale when its ground has moved, before the yes and between the yes and the doing', () => {
    const story = createStory()
    story.policy()
    const ground: { now: string | null } = { now: 'g1' }
    const executors = doing(ground)
    const id = story.wish()
    assert.deepEqual(dueEnds(story.state, story.at, executors), [])
    ground.now = 'g2'
    const ends = dueEnds(story.state, story.at, executors)
    assert.deepEqual(types(ends), ['governance.stale.v1', 'refused.v1'])
    story.take(...ends)
    assert.equal(statusOf(story, id), 'stale')
    ground.now = 'g1'
    const second = story.wish()
    approve(story, second, user('anna'))
    ground.now = null
    const done = dueFacts(story.state, story.at, executors)
    assert.deepEqual(types(done), ['governance.executed.v1'])
    story.take(...done)
    assert.equal(statusOf(story, second), 'failed')
  })

  it('PR6 is done once, in one append with its facts', () => {
    const story = createStory()
    story.policy()
    const executors = doing({ now: 'g1' })
    const id = story.wish()
    approve(story, id, user('anna'))
    const done = dueFacts(story.state, story.at, executors)
    assert.deepEqual(types(done), ['done.v1', 'governance.executed.v1'])
    story.take(...done)
    story.take(...done)
    assert.equal(story.events.filter(({ type }) => type === 'done.v1').length, 1)
    assert.deepEqual(dueFacts(story.state, story.at, executors), [])
    assert.equal(statusOf(story, id), 'done')
    const refused = executorsOf({
      kind: 'test.do',
      groundOf: () => 'g1',
      facts: () => {
        throw new Failure({ code: 'x.no', message: 'it cannot be' })
      },
    })
    const other = story.wish()
    approve(story, other, user('anna'))
    story.take(...dueFacts(story.state, story.at, refused))
    assert.deepEqual(
      [statusOf(story, other), proposalOf(story.state, other)?.outcome?.detail],
      ['failed', 'it cannot be'],
    )
    const unknown = story.wish({ kind: 'nobody.does' })
    approve(story, unknown, user('anna'))
    story.take(...dueFacts(story.state, story.at, executors))
    assert.equal(statusOf(story, unknown), 'failed')
  })

  it('PR6 is unknown when a call outside has no result, and not made again', () => {
    const story = createStory()
    story.policy()
    const executors = executorsOf({
      kind: 'test.do',
      groundOf: () => 'g1',
      run: async () => ({ detail: '', inverse: null }),
    })
    const id = story.wish()
    approve(story, id, user('anna'))
    const [call] = dueCalls(story.state, executors)
    assert.ok(call !== undefined)
    assert.deepEqual(dueFacts(story.state, story.at, executors), [])
    story.take(executingEvent(call, story.at))
    assert.deepEqual(dueCalls(story.state, executors), [], 'nothing is called twice')
    story.take(...recoverExecuting(story.state, story.at))
    story.take(...recoverExecuting(story.state, story.at))
    assert.equal(statusOf(story, id), 'unknown')
    assert.deepEqual(dueCalls(story.state, executors), [])
  })

  it('PR7 is taken back within its time, by its inverse, once', () => {
    const story = createStory()
    story.policy({ undoMs: 10 * MINUTE_MS })
    const executors = doing({ now: 'g1' })
    const id = story.wish()
    const by = user('anna')
    assert.throws(() => undoneEvent(story.state, id, '', at(story, by)), fails('governance.not_undoable'))
    approve(story, id, by)
    story.take(...dueFacts(story.state, story.at, executors))
    story.at += 10 * MINUTE_MS - 1
    const proposal = proposalOf(story.state, id)
    assert.ok(proposal !== undefined)
    assert.deepEqual(
      undoFacts(proposal, executors, story.at).map(({ data }) => data),
      [{ was: 10 }],
    )
    story.take(undoneEvent(story.state, id, 'wrong', at(story, by)))
    assert.equal(statusOf(story, id), 'undone')
    assert.throws(() => undoneEvent(story.state, id, '', at(story, by)), fails('governance.not_undoable'))
    const late = story.wish()
    approve(story, late, by)
    story.take(...dueFacts(story.state, story.at, executors))
    story.at += 10 * MINUTE_MS
    assert.throws(() => undoneEvent(story.state, late, '', at(story, by)), fails('governance.not_undoable'))
  })

  it('PR8 an edit takes its place and needs its yeses anew', () => {
    const story = createStory()
    story.policy({ fourEyes: { costAbove: 1, peopleAbove: null, classes: [] } })
    const id = story.wish()
    approve(story, id, user('anna'))
    const edit = {
      payload: { amount: 11 },
      changes: [{ path: 'budget', is: '10', willBe: '11' }],
      ground: 'g2',
    }
    story.take(editedEvent(story.state, id, edit, at(story, user('boris'))))
    const edited = proposalOf(story.state, id)
    assert.deepEqual([edited?.approvals.length, edited?.edited, edited?.ground], [0, true, 'g2'])
    approve(story, id, user('anna'))
    approve(story, id, user('boris'))
    const done = dueFacts(story.state, story.at, doing({ now: 'g2' }))
    assert.deepEqual(done[0]?.data, { amount: 11 })
  })

  it('PR9 the same wish waits once, and a level above 2 asks nobody', () => {
    const story = createStory()
    story.policy({ levels: { ...OPEN_POLICY.levels, creative: 3, publish: 0, reply: 1 } })
    const id = story.wish()
    assert.equal(sameWish(story.state, wish())?.proposalId, id)
    assert.equal(sameWish(story.state, wish({ ground: 'other' })), undefined)
    const executors = doing({ now: 'g1' })
    const acts = story.wish({ class: 'creative' })
    story.take(...dueFacts(story.state, story.at, executors))
    assert.equal(statusOf(story, acts), 'done')
    assert.equal(statusOf(story, story.wish({ class: 'publish' })), 'shadow')
    const suggested = story.wish({ class: 'reply' })
    approve(story, suggested, user('anna'))
    assert.equal(statusOf(story, suggested), 'done')
    assert.equal(story.events.filter(({ type }) => type === 'done.v1').length, 1, 'a suggestion does nothing')
    assert.equal(nextProposalId(story.state), 'P5')
  })

  it('PR2 says what a no means to what waited', () => {
    const story = createStory()
    story.policy()
    const proposal = proposalOf(story.state, story.wish())
    assert.ok(proposal !== undefined)
    const facts = refusalFacts(proposal, doing({ now: 'g1' }), 'too dear', story.at)
    assert.deepEqual(
      facts.map(({ type, data }) => [type, data]),
      [['refused.v1', { why: 'too dear' }]],
    )
  })
})
