// Autonomy: what a level does to a decision, how it is earned and how it is lost; and the fold of it all.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_BUSINESS } from '../../kernel/business.ts'
import { asActionId, asCampaignId, asCreativeId } from '../../kernel/ids.ts'
import { canonicalJson } from '../../kernel/json.ts'
import { MINUTE_MS } from '../../kernel/time.ts'
import type { ActionSpec } from '../../decision/events.ts'
import { BREACHED, PROMOTED, type Level } from '../events.ts'
import { dumpGovernance, restoreGovernance } from '../dump.ts'
import { foldGovernance } from '../fold.ts'
import { OPEN_POLICY } from '../policy/defaults.ts'
import { approvedEvent, rejectedEvent, undoneEvent } from '../proposals/answer.ts'
import { createGovernance } from '../state.ts'
import { createStory, user, type Story } from '../testing/story.ts'
import { autonomyOf, levelNow, type Deciding } from './decide-autonomy.ts'
import { BATCH_COUNTS_MAX, CAP_AFTER, evidenceOf, newRecord } from './record.ts'

const mail: ActionSpec = {
  id: asActionId('hello/now'),
  channel: 'email',
  creativeId: asCreativeId('hello'),
  moment: 'now',
  contactCost: 0.01,
}
const banner: ActionSpec = { ...mail, channel: 'onsite' }
const deal: ActionSpec = { ...mail, offer: { id: '20off', discountShare: 0.2 } }
const deciding = (story: Story, action: ActionSpec, changes: Partial<Deciding> = {}): Deciding => ({
  campaign: { id: asCampaignId('spring') },
  action,
  market: 'de',
  business: DEFAULT_BUSINESS,
  now: story.at,
  ground: () => 'as it stands',
  ...changes,
})
const withLevels = (levels: Partial<Record<'message' | 'placement' | 'offer', Level>>): Story => {
  const story = createStory()
  story.policy({ levels: { ...OPEN_POLICY.levels, ...levels }, undoMs: 10 * MINUTE_MS })
  return story
}
const of = (story: Story, action: ActionSpec, changes: Partial<Deciding> = {}) => {
  const governed = autonomyOf(story.state, deciding(story, action, changes))
  assert.ok(governed !== undefined)
  return governed
}

describe('autonomy', () => {
  it('GP5 says nothing of decisions until a policy was applied', () => {
    const story = createStory()
    assert.equal(autonomyOf(story.state, deciding(story, mail)), undefined)
    assert.equal(levelNow(story.state, deciding(story, mail)), 4)
  })

  it('GA1 shadow and suggestion withhold, approval waits in a line, undo time holds, 4 goes', () => {
    for (const level of [0, 1] as const) {
      const { autonomy, veto } = of(withLevels({ message: level }), mail)
      assert.deepEqual([autonomy.level, veto], [level, { code: 'autonomy', detail: `message ${level}` }])
    }
    const asks = of(withLevels({ message: 2 }), mail)
    assert.deepEqual(
      [asks.veto, asks.autonomy.line, asks.autonomy.holdUntil],
      [null, 'spring/message/20605/2', 0],
    )
    const story = withLevels({ message: 3 })
    const held = of(story, mail)
    assert.deepEqual([held.veto, held.autonomy.holdUntil], [null, story.at + 10 * MINUTE_MS])
    const free = of(withLevels({}), mail)
    assert.deepEqual([free.veto, free.autonomy.line, free.autonomy.holdUntil], [null, '', 0])
  })

  it('GA1 a placement at level 2 is shown only once its campaign, as it stands, was allowed', () => {
    const story = withLevels({ placement: 2 })
    assert.equal(of(story, banner).veto?.code, 'awaits_approval')
    const id = story.wish({
      class: 'placement',
      kind: 'placements.allow',
      campaignId: 'spring',
      ground: 'as it stands',
      payload: { line: 'spring/placement/20605/2', grant: 'placement spring' },
    })
    const by = { by: user('anna'), now: story.at, newId: () => 'x1' }
    story.take(approvedEvent(story.state, id, { note: '', seenUpTo: 1, eyes: 1, via: 't' }, by))
    story.tell('governance.executed.v1', { proposalId: id, outcome: 'done', detail: '', inverse: null })
    assert.equal(of(story, banner).veto, null)
    assert.equal(of(story, banner, { ground: () => 'changed since' }).veto?.code, 'awaits_approval')
    story.take(undoneEvent(story.state, id, '', { ...by, newId: () => 'x2' }))
    assert.equal(of(story, banner).veto?.code, 'awaits_approval')
  })

  it('GA2 a message with a discount is an offer too, and the lower level counts', () => {
    const story = withLevels({ offer: 2, message: 4 })
    assert.equal(of(story, mail).autonomy.level, 4)
    const { autonomy } = of(story, deal)
    assert.deepEqual([autonomy.level, autonomy.class], [2, 'offer'])
    assert.equal(of(withLevels({ offer: 4, message: 1 }), deal).autonomy.class, 'message')
  })

  it('GA3 falls at once for what was decided before', () => {
    const story = withLevels({})
    assert.equal(levelNow(story.state, deciding(story, mail)), 4)
    story.tell(BREACHED, { class: 'message', campaignId: 'spring', kind: 'breach', detail: '', capTo: 2 })
    assert.equal(levelNow(story.state, deciding(story, mail)), 2)
    assert.equal(levelNow(story.state, deciding(story, mail, { campaign: { id: asCampaignId('other') } })), 4)
  })

  it('GA4 is earned by decisions, unedited, without a breach, with a gain above zero', () => {
    const earn = { decisions: 50, uneditedShare: 0.95, staleDataMs: null }
    const record = { ...newRecord('message', 'spring', 0), judged: 60, unedited: 58 }
    const evidence = (changes: object, level: Level = 2, gainLow: number | null = 0.1) =>
      evidenceOf({ ...record, ...changes }, { level, earn, gainLow }).met
    assert.equal(evidence({}), true)
    assert.equal(evidence({ judged: 49, unedited: 49 }), false)
    assert.equal(evidence({ unedited: 56 }), false)
    assert.equal(evidence({ breaches: 1 }), false)
    assert.equal(evidence({}, 2, 0), false)
    assert.equal(evidence({}, 2, null), false, 'not known yet is not a gain')
    assert.equal(evidence({ acted: 100, undone: 5 }, 3), true)
    assert.equal(evidence({ acted: 100, undone: 6 }, 3), false)
  })

  it('GA4 counts of a batch only what was shown, and a rejection against it', () => {
    const story = withLevels({ message: 2 })
    const batch = (count: number) =>
      story.wish({
        class: 'message',
        campaignId: 'spring',
        payload: { line: `spring/message/${count}/2` },
        touches: { what: 'people', count, sample: [] },
      })
    const by = (id: string) => ({ by: user('anna'), now: story.at, newId: () => id })
    const yes = { note: '', seenUpTo: 1, eyes: 1, via: 't' } as const
    story.take(approvedEvent(story.state, batch(1_000), yes, by('y1')))
    story.take(approvedEvent(story.state, batch(2), yes, by('y2')))
    story.take(rejectedEvent(story.state, batch(50), { reason: 'no', via: 't' }, by('y3')))
    const record = story.state.records.get('message spring')
    assert.deepEqual(
      [record?.judged, record?.unedited, record?.rejected],
      [BATCH_COUNTS_MAX + 2 + BATCH_COUNTS_MAX, BATCH_COUNTS_MAX + 2, BATCH_COUNTS_MAX],
    )
    assert.equal(story.state.records.get('message ')?.judged, record?.judged)
  })

  it('GA5 is lost by an event, to as much as is left, and given back by a person alone', () => {
    const story = withLevels({})
    const breach = (kind: keyof typeof CAP_AFTER) =>
      story.tell(BREACHED, { class: 'message', campaignId: '', kind, detail: '', capTo: CAP_AFTER[kind] })
    breach('model_changed')
    assert.equal(of(story, mail).autonomy.level, 3)
    breach('sample_ratio')
    assert.equal(of(story, mail).autonomy.level, 2)
    breach('model_changed')
    assert.equal(of(story, mail).autonomy.level, 2, 'a lesser fault lifts nothing')
    assert.deepEqual(
      [story.state.records.get('message ')?.breaches, story.state.records.get('message ')?.lastBreach],
      [3, 'model_changed'],
    )
    story.policy()
    assert.equal(of(story, mail).autonomy.level, 2, 'another policy gives nothing back')
    const promote = (level: Level) =>
      story.tell(PROMOTED, { class: 'message', campaignId: '', level, by: user('anna'), proposalId: 'P1' })
    promote(3)
    assert.equal(of(story, mail).autonomy.level, 3)
    promote(4)
    assert.equal(of(story, mail).autonomy.level, 4)
    assert.equal(story.state.records.get('message ')?.breaches, 0)
  })

  it('GS1 folds to the same bytes, with a restart after any event', () => {
    const story = withLevels({ message: 2, placement: 2 })
    story.policy({ ramp: null })
    story.tell('campaigns.applied.v1', {
      version: 'v',
      campaigns: [{ id: 'spring', audience: '', policy: {}, traitFeatures: [], goal: {}, actions: [] }],
    })
    const by = { by: user('anna'), now: story.at, newId: () => `z${story.events.length}` }
    for (let i = 0; i < 4; i++) {
      const id = story.wish({
        class: i === 3 ? 'message' : 'spend',
        payload: { line: i === 3 ? 'spring/message/1/2' : '' },
      })
      if (i === 0) story.take(rejectedEvent(story.state, id, { reason: 'no', via: 't' }, by))
      if (i === 1) {
        story.take(approvedEvent(story.state, id, { note: '', seenUpTo: 1, eyes: 1, via: 't' }, by))
        story.tell('governance.executed.v1', {
          proposalId: id,
          outcome: 'done',
          detail: '',
          inverse: { a: 1 },
        })
      }
    }
    story.tell(BREACHED, {
      class: 'message',
      campaignId: 'spring',
      kind: 'policy_changed',
      detail: '',
      capTo: 3,
    })
    story.tell('decision.made.v1', {
      campaignId: 'spring',
      verdict: 'withheld',
      vetoes: [{ code: 'awaits_approval', detail: '' }],
      decisionId: 'd1',
      autonomy: {
        level: 2,
        class: 'placement',
        line: 'spring/placement/1/2',
        policyVersion: 'v',
        grounds: [],
        holdUntil: 0,
      },
    })
    story.tell('governance.drilled.v1', { by: user('anna'), surfaces: [], passed: true })
    story.tell('signal.received.v1', {})
    story.tell('model.reset.v1', {})
    story.tell('stop.lifted.v1', { scope: { kind: 'all' }, by: 'x' })
    const whole = canonicalJson(dumpGovernance(story.state))
    for (let cut = 0; cut <= story.events.length; cut++) {
      const before = createGovernance()
      for (const event of story.events.slice(0, cut)) foldGovernance(before, event)
      const dumped = JSON.parse(JSON.stringify(dumpGovernance(before))) as ReturnType<typeof dumpGovernance>
      const after = restoreGovernance(dumped)
      for (const event of story.events.slice(cut)) foldGovernance(after, event)
      assert.equal(canonicalJson(dumpGovernance(after)), whole, `cut at ${cut}`)
    }
  })
})
