// Ramps: the same people first, more after no harm, and an end at once where there is harm.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng } from '../../kernel/rng.ts'
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts'
import { RAMP_MOVED, type RampSpec } from '../events.ts'
import { CAREFUL_POLICY } from '../policy/defaults.ts'
import { createStory, type Story } from '../testing/story.ts'
import { EVIDENCE_ENOUGH, evidenceAbove } from './evidence.ts'
import { admits, dueMove, stopReason } from './ramp.ts'

const SPEC: RampSpec = {
  stages: [
    { share: 0.01, holdMs: DAY_MS, contactsMin: 10 },
    { share: 0.1, holdMs: DAY_MS, contactsMin: 20 },
  ],
  complaints: 0.001,
  unsubscribes: 0.01,
  bounces: 0.05,
  errors: 0.1,
}
const campaign = (id: string, changes: object = {}) => ({
  id,
  audience: '',
  policy: { kind: 'squarecb' },
  traitFeatures: [],
  goal: {},
  actions: [],
  ...changes,
})
const apply = (story: Story, ...ids: string[]) =>
  story.tell('campaigns.applied.v1', { version: 'v', campaigns: ids.map((id) => campaign(id)) })
const about = (changes: object = {}) => ({
  decisionId: 'd',
  campaignId: 'new',
  profileId: 'p1',
  channel: 'email',
  ...changes,
})
const send = (story: Story, count: number) => {
  for (let i = 0; i < count; i++) story.tell('delivery.attempted.v1', about())
}
const rampOf = (story: Story, id = 'new') => {
  const ramp = story.state.ramps.get(id)
  assert.ok(ramp !== undefined)
  return ramp
}
const move = (story: Story, id = 'new') => {
  const due = dueMove(rampOf(story, id), SPEC, story.at)
  if (due !== null) story.tell(RAMP_MOVED, due)
  return due
}

describe('a ramp', () => {
  it('GR1 holds back what was never there, and nobody else', () => {
    const story = createStory()
    apply(story, 'old')
    story.policy({ ramp: SPEC })
    apply(story, 'old', 'new')
    assert.deepEqual([rampOf(story, 'old').share, rampOf(story).share], [1, 0.01])
    apply(story, 'old')
    assert.equal(story.state.ramps.has('new'), false)
    apply(story, 'old', 'new')
    assert.equal(rampOf(story).share, 1, 'it is not new a second time')
    story.policy({ ramp: null })
    assert.equal(story.state.ramps.size, 0)
  })

  it('GR1 goes 1, 10, 100 % after its time and its contacts, the same people all along', () => {
    const story = createStory()
    story.policy({ ramp: SPEC })
    apply(story, 'new')
    const people = Array.from({ length: 20_000 }, (_, i) => `p${i + 1}`)
    const reached = () => new Set(people.filter((id) => admits(story.state.ramps.get('new'), id)))
    const first = reached()
    assert.ok(first.size > 140 && first.size < 260, `${first.size} of 20,000`)
    send(story, 10)
    assert.equal(move(story), null, 'before its time')
    story.at += DAY_MS
    assert.deepEqual(move(story), {
      campaignId: 'new',
      stage: 1,
      share: 0.1,
      reason: { code: 'no_harm', detail: '10 contacts' },
    })
    const second = reached()
    assert.ok(
      [...first].every((id) => second.has(id)),
      'somebody fell out',
    )
    assert.equal(rampOf(story).counts.contacts, 0, 'each stage counts anew')
    story.at += DAY_MS
    send(story, 19)
    assert.equal(move(story), null, 'too few contacts')
    story.at += 2 * DAY_MS
    assert.equal(move(story)?.share, 1, 'a small audience need not wait for ever')
    assert.equal(reached().size, people.length)
    assert.equal(move(story), null)
  })

  it('GR1 does not go on when nobody was reached', () => {
    const story = createStory()
    story.policy({ ramp: SPEC })
    apply(story, 'new')
    story.at += 30 * DAY_MS
    assert.equal(move(story), null)
  })

  it('GR2 stops at complaints, unsubscribes, bounces and errors, with what was counted', () => {
    const responded = (kind: string) =>
      ['delivery.responded.v1', about({ kind, machine: false, url: '' })] as const
    const cases = [
      ['complaints', 2, ...responded('complained')],
      ['unsubscribes', 5, ...responded('unsubscribed')],
      ['bounces', 12, ...responded('bounced')],
      ['errors', 16, 'delivery.failed.v1', about({ code: 'x', message: '', permanent: true })],
      ['errors', 16, 'delivery.unknown.v1', about({ reason: '' })],
    ] as const
    for (const [code, count, type, data] of cases) {
      const story = createStory()
      story.policy({ ramp: SPEC })
      apply(story, 'new')
      send(story, 50)
      assert.equal(move(story), null)
      for (let i = 0; i < count; i++) story.tell(type, data)
      const moved = move(story)
      assert.equal(moved?.share, 0, `${code}: ${JSON.stringify(rampOf(story).counts)}`)
      assert.equal(rampOf(story).halted?.code, code)
      assert.match(rampOf(story).halted?.detail ?? '', /of 50/)
      assert.equal(admits(rampOf(story), 'p1'), false)
      assert.equal(move(story), null)
    }
    const scanners = createStory()
    scanners.policy({ ramp: SPEC })
    apply(scanners, 'new')
    send(scanners, 50)
    for (let i = 0; i < 9; i++)
      scanners.tell('delivery.responded.v1', about({ kind: 'unsubscribed', machine: true, url: '' }))
    assert.equal(move(scanners), null, 'a scanner is nobody')
  })

  it('GR2 one complaint is not yet evidence, and one case is where none is allowed', () => {
    assert.ok(evidenceAbove({ bad: 1, all: 30, limit: 0.001 }) < EVIDENCE_ENOUGH)
    assert.ok(evidenceAbove({ bad: 2, all: 30, limit: 0.001 }) > EVIDENCE_ENOUGH)
    assert.equal(
      stopReason(
        { contacts: 9, complaints: 1, unsubscribes: 0, bounces: 0, errors: 0 },
        { ...SPEC, complaints: 0 },
      )?.code,
      'complaints',
    )
  })

  it('GR2 stops at most one in twenty whose rate is at its limit, looked at after every contact', (t) => {
    const rng = createRng('ramp')
    const stopped = (rate: number, limit: number): number => {
      let count = 0
      for (let run = 0; run < 400; run++) {
        let bad = 0
        for (let all = 1; all <= 1_500; all++) {
          if (rng.uniform() >= rate) continue
          bad++
          // The evidence grows with bad cases only: between them there is nothing to see.
          if (evidenceAbove({ bad, all, limit }) < EVIDENCE_ENOUGH) continue
          count++
          break
        }
      }
      return count / 400
    }
    const atLimit = stopped(0.01, 0.01)
    const above = stopped(0.05, 0.01)
    // 5 % plus three standard errors of 400 runs.
    assert.ok(atLimit <= 0.05 + 3 * Math.sqrt((0.05 * 0.95) / 400), `${atLimit} stopped at the limit`)
    assert.ok(above > 0.99, `${above} stopped at five times the limit`)
    t.diagnostic(
      `stopped: ${(atLimit * 100).toFixed(1)} % at the limit, ${(above * 100).toFixed(1)} % at five times it`,
    )
  })

  it('GR3 goes on where it was when a person says so', () => {
    const story = createStory()
    story.policy({ ramp: SPEC })
    apply(story, 'new')
    send(story, 30)
    for (let i = 0; i < 3; i++)
      story.tell('delivery.responded.v1', about({ kind: 'complained', machine: false, url: '' }))
    move(story)
    assert.equal(rampOf(story).counts.complaints, 3, 'the counts stay to be looked at')
    story.tell(RAMP_MOVED, {
      campaignId: 'new',
      stage: 0,
      share: 0.01,
      reason: { code: 'approved', detail: 'P1' },
    })
    assert.deepEqual(
      [rampOf(story).share, rampOf(story).halted, rampOf(story).counts.complaints],
      [0.01, null, 0],
    )
  })

  it('GR1 keeps its place under another policy', () => {
    const story = createStory()
    story.policy({ ramp: SPEC })
    apply(story, 'new')
    story.at += HOUR_MS
    story.policy({ ramp: CAREFUL_POLICY.ramp })
    assert.deepEqual([rampOf(story).stage, rampOf(story).share], [0, 0.01])
    story.policy({ ramp: { ...SPEC, stages: [{ share: 0.05, holdMs: DAY_MS, contactsMin: 0 }] } })
    assert.equal(rampOf(story).share, 0.05)
  })
})
