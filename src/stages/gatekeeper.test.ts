// Rules G22 to G26: the gate at work on a loop: from a wish in a plan to the champion, or back.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCtx, manualClock } from '../app/clock.ts'
import { canonicalJson } from '../kernel/json.ts'
import { DAY_MS, HOUR_MS } from '../kernel/time.ts'
import { createMemoryLog } from '../log/index.ts'
import type { NewEvent } from '../log/port.ts'
import { createLoop, createState, dumpState, foldEvent, type Loop } from '../loop.ts'
import type { PolicySpec } from '../model/events.ts'
import type { DecisionMade } from '../decision/events.ts'
import { DECISION_MADE } from '../decision/events.ts'
import { GATE_JUDGED, type GateJudged, ROLLOUT_MOVED, type RolloutMoved } from '../promotion/events.ts'
import { proposals } from '../promotion/index.ts'
import {
  always,
  appliedOf,
  CAMPAIGN,
  playDecisions,
  specOf,
  START,
  UNIFORM,
  type World,
} from '../promotion/testing/story.ts'
import { createGatekeeper, type GatekeeperPorts } from './gatekeeper.ts'

const GOOD_OFFER: World = { chances: [0.02, 0.03, 0.25], people: 2_000 }
const NO_OFFER: World = { chances: [0.35, 0.35, 0], people: 2_000 }

type Played = {
  readonly loop: Loop
  readonly look: () => Promise<void>
  readonly play: (world: World, rounds: number, each?: number) => Promise<void>
  readonly moves: () => Promise<readonly RolloutMoved[]>
  readonly judgements: () => Promise<readonly GateJudged[]>
  readonly close: () => void
}

/** A loop under an even draw, and the gate at its side. */
const begin = async (ports: Omit<GatekeeperPorts, 'loop'> = {}): Promise<Played> => {
  const clock = manualClock(START)
  const log = createMemoryLog()
  const loop = createLoop({ log, ctx: createCtx(clock, 'gate'), state: createState() })
  const gatekeeper = createGatekeeper({ loop, ...ports })
  const { type, data } = appliedOf(1, [specOf(UNIFORM)])
  await loop.record([{ id: 'plan1', type, key: '', at: START, data }])
  let round = 0
  const of = async <T>(wanted: string): Promise<readonly T[]> => {
    const found: T[] = []
    for await (const page of log.read())
      for (const event of page) if (event.type === wanted) found.push(event.data as T)
    return found
  }
  return {
    loop,
    look: async () => gatekeeper.look(clock.now()),
    play: async (world, rounds, each = 250) => {
      for (let i = 0; i < rounds; i++) {
        const events: NewEvent[] = []
        const campaign = loop.state.decision.campaigns.get(CAMPAIGN) ?? specOf(UNIFORM)
        playDecisions({
          n: each,
          seed: `round ${++round}`,
          world,
          campaign,
          promotion: loop.state.promotion,
          at: clock.now(),
          tell: ({ type: kind, at, data: fact }) =>
            events.push({ id: `r${round}:${events.length}`, type: kind, key: '', at, data: fact }),
        })
        await loop.record(events)
        clock.set(clock.now() + 12 * HOUR_MS)
        await gatekeeper.look(clock.now())
      }
    },
    moves: async () => of<RolloutMoved>(ROLLOUT_MOVED),
    judgements: async () => of<GateJudged>(GATE_JUDGED),
    close: () => {
      gatekeeper.close()
      loop.close()
    },
  }
}

const wish = async ({ loop }: Played, policy: PolicySpec): Promise<void> => {
  const before = [...loop.state.decision.campaigns.values()]
  const after = [specOf(policy)]
  const { before: ending, after: beginning } = proposals({
    promotion: loop.state.promotion,
    before,
    after,
    by: 'Anna',
    override: null,
    newId: loop.ctx.newId,
  })
  const at = loop.ctx.now()
  const applied = appliedOf(0, after)
  await loop.record(
    [...ending, applied, ...beginning].map(({ type, data }) => ({
      id: loop.ctx.newId(),
      type,
      key: '',
      at,
      data,
    })),
  )
}

const sharesOf = (moves: readonly RolloutMoved[]): readonly number[] => moves.map(({ to }) => to)

describe('the gatekeeper', () => {
  it('G22 judges a wish by what the log already tells, and takes it step by step to everybody', async () => {
    const played = await begin()
    await played.play(GOOD_OFFER, 16)
    await wish(played, always('offer'))
    await played.look()
    assert.deepEqual(sharesOf(await played.moves()), [0.05], 'the decisions of before have told enough')
    await played.play(GOOD_OFFER, 40)
    const moves = await played.moves()
    assert.deepEqual(sharesOf(moves), [0.05, 0.2, 0.5, 1])
    assert.deepEqual(
      moves.map(({ cause }) => cause),
      ['gate_passed', 'step_passed', 'step_passed', 'step_passed'],
    )
    const { promotion } = played.loop.state
    assert.deepEqual(promotion.tracks.get(CAMPAIGN)?.champion.policy, always('offer'))
    assert.equal(promotion.tracks.get(CAMPAIGN)?.challenger, null)
    const judgements = await played.judgements()
    assert.ok(judgements.length < 60 && judgements.every(({ checks }) => checks.length === 10))
    assert.deepEqual(judgements[0]?.checks.map(({ state }) => state).includes('fails'), false)
    played.close()
  })

  it('G23 takes it back from the people who have it when it harms, and the champion decides for all again', async () => {
    const played = await begin()
    await played.play(GOOD_OFFER, 16)
    await wish(played, always('offer'))
    await played.look()
    await played.play(GOOD_OFFER, 12)
    assert.deepEqual(sharesOf(await played.moves()).slice(0, 2), [0.05, 0.2])
    await played.play(NO_OFFER, 30, 400)
    const last = (await played.moves()).at(-1)
    assert.equal(last?.to, 0)
    assert.ok(last?.cause === 'harm' || last?.cause === 'gate_failed', last?.cause)
    assert.match(last?.detail ?? '', /^(margin|gain) -/)
    const track = played.loop.state.promotion.tracks.get(CAMPAIGN)
    assert.deepEqual([track?.champion.policy, track?.challenger], [UNIFORM, null])
    await played.play(NO_OFFER, 2)
    const made = await lastDecision(played)
    assert.deepEqual([made?.policy, made?.rollout, made?.shadow], [UNIFORM, undefined, undefined])
    played.close()
  })

  it('G24 a worse policy never gets anybody', async () => {
    const played = await begin()
    await wish(played, always('offer'))
    await played.play(NO_OFFER, 12)
    assert.deepEqual(
      (await played.moves()).map(({ to, cause }) => [to, cause]),
      [[0, 'gate_failed']],
    )
    played.close()
  })

  it('G25 where a person must say yes, the gate waits with it; moves back ask nobody', async () => {
    let allowed = false
    const asked: number[] = []
    const played = await begin({
      mayMove: (_track, { to }) => {
        asked.push(to)
        return allowed
      },
    })
    await played.play(GOOD_OFFER, 16)
    await wish(played, always('offer'))
    await played.play(GOOD_OFFER, 4)
    assert.deepEqual([await played.moves(), new Set(asked)], [[], new Set([0.05])])
    allowed = true
    await played.play(GOOD_OFFER, 1)
    assert.deepEqual(sharesOf(await played.moves()), [0.05])
    allowed = false
    await played.play(NO_OFFER, 60, 400)
    assert.equal((await played.moves()).at(-1)?.to, 0)
    played.close()
  })

  it('G26 a gatekeeper that starts anew finds what the one before it knew, and the log folds to the same bytes', async () => {
    const played = await begin()
    await played.play(GOOD_OFFER, 8)
    await wish(played, always('offer'))
    await played.play(GOOD_OFFER, 6)
    const before = (await played.judgements()).at(-1)
    const again = createGatekeeper({ loop: played.loop, options: { recordMs: 0 } })
    await again.look(played.loop.ctx.now() + DAY_MS)
    const after = (await played.judgements()).at(-1)
    assert.equal(after?.decisions, before?.decisions)
    assert.deepEqual(after?.checks, before?.checks)
    again.close()
    const state = createState()
    for await (const page of played.loop.log.read()) for (const event of page) foldEvent(state, event)
    const bytes = (of: typeof state) => canonicalJson(JSON.parse(JSON.stringify(dumpState(of)['promotion'])))
    assert.equal(bytes(state), bytes(played.loop.state))
    played.close()
  })
})

const lastDecision = async ({ loop }: Played): Promise<DecisionMade | undefined> => {
  let last: DecisionMade | undefined
  for await (const page of loop.log.read())
    for (const { type, data } of page) if (type === DECISION_MADE) last = data as DecisionMade
  return last
}
