// What the console is told of recommendations.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Value } from 'typebox/value'
import { createMemoryLog } from '../../log/index.ts'
import { createRng } from '../../kernel/rng.ts'
import { createLoop, createState } from '../../loop.ts'
import { recommendationsSchema } from '../contract.ts'
import { viewRecommendations } from './recommendations.ts'
import type { ViewSources } from './sources.ts'

const NOW = Date.UTC(2026, 0, 15)

describe('the view of recommendations', () => {
  it('RC12 tells rates by place with intervals that hold for few, revenue from thirty bought, and companions', async () => {
    const ctx = { now: () => NOW, rng: createRng('view'), newId: () => 'id' }
    const loop = createLoop({ log: createMemoryLog(), ctx, state: createState() })
    const batch = [1, 2, 3].flatMap((person) =>
      ['boots', 'socks'].map((product) => ({
        type: 'track',
        userId: `u${person}`,
        messageId: `${person} ${product}`,
        event: 'Product Viewed',
        timestamp: new Date(NOW - 60_000).toISOString(),
        properties: { product_id: product, name: product },
      })),
    )
    const value = { batch }
    const body = { text: JSON.stringify(value), value, bytes: 5_000 }
    await loop.receive({ endpoint: 'batch', body, source: 'test', strict: false })
    const { counts } = loop.state.recommendations
    counts.set('placement home', { shown: 10, clicked: 0, bought: 0, revenue: 0, squares: 0 })
    counts.set('placement cart', { shown: 1_000, clicked: 100, bought: 40, revenue: 800, squares: 16_000 })
    const seen = viewRecommendations({ loop } as ViewSources)
    assert.ok(Value.Check(recommendationsSchema, seen), 'it is as the contract says')
    const [cart, home] = seen.byPlacement
    assert.equal(cart?.key, 'cart')
    // Wilson by hand: 0.1 at 1,000 is .0829 to .1202; none of ten is 0 to .2775.
    assert.deepEqual(
      [cart?.clickRate?.low, cart?.clickRate?.high, home?.clickRate?.high].map((at) => at?.toFixed(4)),
      ['0.0829', '0.1202', '0.2775'],
    )
    assert.equal(home?.revenuePerThousand, null)
    // Forty of 20 among a thousand: .8 a place, standard deviation √(16 − .64) = 3.919, half 1.96 · 3.919 / √1000.
    assert.equal(cart?.revenuePerThousand?.value, 800)
    assert.equal(cart?.revenuePerThousand?.low.toFixed(0), (800 - 242.9).toFixed(0))
    assert.deepEqual(seen.together[0], {
      id: 'boots',
      name: 'boots',
      with: [{ id: 'socks', name: 'socks', together: 3 }],
    })
    loop.close()
  })
})
