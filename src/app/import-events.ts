// What an importer may put into the log through a running server: only signals and decisions of others,
// and only whole ones. A broken record would stop every fold from then on, so it is refused at the door.

import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Failure } from '../kernel/failure.ts'
import { PRODUCTS_LISTED } from '../catalogue/events.ts'
import { DECISION_IMPORTED } from '../decision/events.ts'
import { SIGNAL_RECEIVED } from '../signal/events.ts'
import type { Ack, NewEvent } from '../log/port.ts'
import type { Loop } from '../loop.ts'

const closed = { additionalProperties: false }
const Id = Type.String({ minLength: 1, maxLength: 500 })
const At = Type.Number({ minimum: 0, maximum: 8.64e15 })
const head = { id: Id, key: Type.String({ maxLength: 500 }), at: At }

const SIGNAL_ENDPOINTS = ['identify', 'track', 'page', 'screen', 'group', 'alias', 'batch'] as const

const signalSchema = Type.Object(
  {
    ...head,
    type: Type.Literal(SIGNAL_RECEIVED),
    data: Type.Object(
      {
        header: Type.Object(
          {
            endpoint: Type.Union(SIGNAL_ENDPOINTS.map((name) => Type.Literal(name))),
            source: Id,
            receivedAt: At,
            ids: Type.Optional(
              Type.Array(Type.Union([Type.String({ maxLength: 512 }), Type.Null()]), { maxItems: 10_000 }),
            ),
            strict: Type.Optional(Type.Boolean()),
          },
          closed,
        ),
        payload: Type.Record(Type.String(), Type.Unknown()),
      },
      closed,
    ),
  },
  closed,
)

const decisionSchema = Type.Object(
  {
    ...head,
    type: Type.Literal(DECISION_IMPORTED),
    data: Type.Object(
      {
        importId: Type.String({ maxLength: 500 }),
        context: Type.Record(Type.String(), Type.Unknown()),
        action: Id,
        propensity: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
        rewards: Type.Record(Type.String(), Type.Number()),
      },
      closed,
    ),
  },
  closed,
)

const Text = Type.String({ maxLength: 10_000 })
const Amount = Type.Union([Type.Number(), Type.Null()])
const productsSchema = Type.Object(
  {
    ...head,
    type: Type.Literal(PRODUCTS_LISTED),
    data: Type.Object(
      {
        source: Id,
        products: Type.Array(
          Type.Object(
            {
              id: Text,
              name: Text,
              category: Text,
              price: Amount,
              url: Text,
              image: Text,
              stock: Amount,
              margin: Amount,
              launchedAt: Type.Number({ minimum: 0, maximum: 8.64e15 }),
            },
            closed,
          ),
          { maxItems: 10_000 },
        ),
      },
      closed,
    ),
  },
  closed,
)

const isProducts = Compile(productsSchema)
const isSignal = Compile(signalSchema)
const isDecision = Compile(decisionSchema)

export type Imported = {
  readonly appended: number
  readonly duplicates: number
  readonly acks: readonly Ack[]
}

/** Puts them into the log, all or none. Throws Failure `import.not_importable` that names the first wrong one, or `log.*`. */
export const importEvents = async (
  { loop }: { readonly loop: Loop },
  events: readonly unknown[],
): Promise<Imported> => {
  const checked = events.map((event, index): NewEvent => {
    if (isSignal.Check(event) || isDecision.Check(event) || isProducts.Check(event))
      return { id: event.id, type: event.type, key: event.key, at: event.at, data: event.data }
    const [problem] = [...isSignal.Errors(event)]
    throw new Failure({
      code: 'import.not_importable',
      message: `Record ${index} is neither a signal, nor a decision of another system, nor a list of products: ${problem?.instancePath ?? ''} ${problem?.message ?? ''}`,
      hint: 'Use windvane import; it prepares whole records.',
    })
  })
  const acks = await loop.record(checked)
  const duplicates = acks.filter(({ duplicate }) => duplicate).length
  return { appended: acks.length - duplicates, duplicates, acks }
}
