// Rules FA1 and FA2: groups of a campaign, planted apart and planted alike.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRng, type Rng } from '../kernel/rng.ts'
import { campaign as written } from '../decision/testing/examples.ts'
import { DECISION_MADE } from '../decision/events.ts'
import type { LogEvent } from '../log/port.ts'
import { createFairness, FAIRNESS_GROUPS_MAX } from './fairness.ts'
import { OUTCOME_SETTLED } from './events.ts'

const campaign = written({})
const eventOf = (type: string, data: object): LogEvent => ({ offset: 1, id: '', type, key: '', at: 0, data })
const groupsOf = (people: number, groups: number, act: (group: number, rng: Rng) => number, seed = 0) => {
  const rng = createRng(`fair ${groups} ${seed}`)
  const fairness = createFairness(campaign, (id) =>
    Number(id.slice(1)) === 0 ? '' : `g${Number(id.slice(1)) % groups}`,
  )
  for (let person = 0; person < people; person++) {
    const about = { campaignId: campaign.id, profileId: `p${person}`, actionId: 'mail' }
    const verdict = rng.uniform() < act(person % groups, rng) ? 'act' : 'nothing'
    const group = rng.uniform() < 0.1 ? 'holdout' : 'treated'
    fairness.take(eventOf(DECISION_MADE, { ...about, verdict, group }))
    fairness.take(eventOf(DECISION_MADE, { ...about, campaignId: 'other', verdict: 'act', group: 'treated' }))
    if (rng.uniform() < 0.3) fairness.take(eventOf(OUTCOME_SETTLED, { ...about, total: 5 }))
  }
  return fairness.report()
}

describe('fairness', () => {
  it('FA1 counts people once, of this campaign, and finds the group that is treated otherwise', () => {
    const { groups, putTogether } = groupsOf(4_000, 3, (group) => (group === 2 ? 0.4 : 0.6))
    assert.equal(putTogether, 0)
    assert.deepEqual(groups.map(({ value }) => value).toSorted(), ['(not known)', 'g0', 'g1', 'g2'])
    assert.equal(
      groups.reduce((sum, { decided }) => sum + decided, 0),
      4_000,
    )
    for (const { value, decided, treated, heldOut, responded } of groups) {
      assert.equal(treated.of, decided)
      assert.equal(responded.of, treated.people)
      assert.ok(treated.low <= treated.share && treated.share <= treated.high)
      if (value === '(not known)') continue
      assert.ok(treated.differs, `${value} against the others`)
      assert.ok(!heldOut.differs && !responded.differs, value)
    }
    const odd = groups.find(({ value }) => value === 'g2')
    assert.ok(odd !== undefined && odd.treated.high < 0.45 && odd.treated.low > 0.3)
  })

  it('FA2 calls groups that are treated alike different in few reports, and bounds their number', () => {
    let called = 0
    for (let seed = 0; seed < 60; seed++) {
      const { groups } = groupsOf(600, 2 + (seed % 12), (_group, rng) => (rng.uniform() < 0.5 ? 0 : 1), seed)
      if (groups.some(({ treated, responded }) => treated.differs || responded.differs)) called++
    }
    assert.ok(called <= 9, `${called} of 60`)
    const many = groupsOf(2_000, 60, () => 0.5)
    assert.equal(many.groups.length, FAIRNESS_GROUPS_MAX + 1)
    assert.equal(many.groups.at(-1)?.value, '(other)')
  })
})
