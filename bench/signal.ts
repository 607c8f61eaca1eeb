// What the signal slice costs per event beside what cannot be avoided: parsing the request's JSON.

import { SIGNAL_RECEIVED } from '../src/signal/events.ts'
import { checkRequest, createSignalState, foldSignal, signalHealth } from '../src/signal/index.ts'

export type Row = {
  readonly name: string
  readonly ours: number
  readonly baseline: number
  readonly unit: string
  /** ours / baseline. */
  readonly ratio: number
}

const BATCH = 100
const BATCHES = 4_000
const RECEIVED_AT = Date.UTC(2026, 5, 1)

/** Events as `@segment/analytics-node` writes them, about 400 bytes each. */
const eventOf = (index: number) => ({
  messageId: `node-next-1780000000000-${(index * 2654435761) % 4294967296}-${index}`,
  timestamp: new Date(RECEIVED_AT - (index % 60_000)).toISOString(),
  type: 'track',
  event: ['Product Viewed', 'Product Added', 'Order Completed'][index % 3],
  userId: `user-${index % 50_000}`,
  properties: {
    product_id: `sku-${index % 997}`,
    category: 'Shoes',
    price: 49.9,
    quantity: 1,
    currency: 'EUR',
  },
  context: { library: { name: '@segment/analytics-node', version: '3.1.0' }, locale: 'en-GB' },
  integrations: {},
  _metadata: { nodeVersion: '24.21.0', jsRuntime: 'node' },
})

/** Micros per event, in batches of 100: parse alone, and what check and fold take on top of it. */
export const run = async (): Promise<Row[]> => {
  const texts = Array.from({ length: BATCHES }, (_, batch) =>
    JSON.stringify({
      batch: Array.from({ length: BATCH }, (_item, index) => eventOf(batch * BATCH + index)),
      sentAt: new Date(RECEIVED_AT).toISOString(),
    }),
  )
  measure(texts.slice(0, 400))
  const { parseMicros, checkMicros, foldMicros, idBytes } = measure(texts)
  const row = (name: string, ours: number): Row => ({
    name,
    ours,
    baseline: parseMicros,
    unit: 'us/event (baseline: JSON.parse)',
    ratio: ours / parseMicros,
  })
  return Promise.resolve([
    row('signal: validate a request', checkMicros),
    row('signal: validate, normalise and deduplicate in the fold', foldMicros),
    row('signal: both', checkMicros + foldMicros),
    {
      name: 'signal: memory of an id',
      ours: idBytes,
      baseline: 8,
      unit: 'bytes (baseline: 64 bits)',
      ratio: idBytes / 8,
    },
  ])
}

const measure = (texts: readonly string[]) => {
  const state = createSignalState()
  let parse = 0
  let check = 0
  let fold = 0
  let signals = 0
  for (const [offset, text] of texts.entries()) {
    const start = performance.now()
    const payload: unknown = JSON.parse(text)
    const parsed = performance.now()
    const checked = checkRequest({ endpoint: 'batch', body: payload, bytes: text.length, newId: () => '' })
    const checkedAt = performance.now()
    const header = { endpoint: 'batch' as const, source: 'http', receivedAt: RECEIVED_AT }
    const event = {
      offset,
      id: `e${offset}`,
      type: SIGNAL_RECEIVED,
      key: '',
      at: RECEIVED_AT,
      data: { header, payload },
    }
    const before = performance.now()
    signals += foldSignal(state, event).length
    fold += performance.now() - before
    parse += parsed - start
    check += checkedAt - parsed
    if (!checked.ok) throw new RangeError(checked.error.message)
  }
  const count = texts.length * BATCH
  if (signals !== count) throw new RangeError(`${signals} signals of ${count} events`)
  const micros = (ms: number) => (ms * 1000) / count
  const { idBytes, idsRemembered } = signalHealth(state)
  return {
    parseMicros: micros(parse),
    checkMicros: micros(check),
    foldMicros: micros(fold),
    idBytes: idBytes / idsRemembered,
  }
}

if (import.meta.main) console.table(await run())
