// What every learner promises, whatever it learns: one suite, which each registers with. A property that cannot
// apply is named with the reason, never left out.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFailure } from '../../kernel/failure.ts'

/** A whole sentence that says why. */
export type DoesNotApply = { readonly doesNotApply: string }

/**
 * `Data` is plain (it can be cloned); `Model` is what has been learnt. Learners of one example at a time learn all of
 * the data in `learn`, fits are one call.
 */
export type LearnerCase<Data, Model> = {
  /** Begins with the folder of the learner. */
  readonly name: string
  /** In the model slice: the functions of index.ts by which it learns. */
  readonly covers?: readonly string[]
  /** Data drawn from a seed; `many` times as much, with as many new names and values as can be, for `memory`. */
  readonly dataOf: (seed: string, many: number) => Data
  readonly learn: (data: Data) => Model
  /** What the model says when asked about the data: figures, lists, anything that can be compared. */
  readonly answer: (model: Model, data: Data) => unknown
  /** The same data with its features (rows, items) in another order. */
  readonly reordered: ((data: Data) => Data) | DoesNotApply
  /** To be asked about: with features gone, with new ones, with values never seen. */
  readonly changed: ((data: Data) => readonly Data[]) | DoesNotApply
  readonly kept:
    | {
        readonly dump: (model: Model) => unknown
        readonly restore: (kept: never) => Model
        /** For learners of one example at a time: goes on learning. */
        readonly learnOn?: (model: Model, data: Data) => void
      }
    | DoesNotApply
  /** `bytesMax` holds for everything the model can reach, after much more data. */
  readonly memory: { readonly bytesMax: number; readonly many: number } | DoesNotApply
  /** Each is refused, by `learn` or by `answer`, with a Failure. */
  readonly broken: (data: Data) => readonly (readonly [what: string, data: Data])[]
}

const PROPERTIES = {
  LN1: 'leaves its input as it was',
  LN2: 'does not care for the order of features',
  LN3: 'goes on when features appear and vanish',
  LN4: 'gives the same bytes for the same data and seed',
  LN5: 'is the same after it was kept and restored',
  LN6: 'holds a bounded memory',
  LN7: 'refuses NaN and infinity with a clear error',
} as const
type Property = keyof typeof PROPERTIES

const registered: string[] = []
const covered = new Set<string>()

/** Names of the learners registered so far. */
export const registeredLearners = (): readonly string[] => registered

/** The functions they learn by. */
export const coveredFunctions = (): ReadonlySet<string> => covered

/** Runs the suite for one learner. */
export const learnerConformance = <Data, Model>(one: LearnerCase<Data, Model>): void => {
  registered.push(one.name)
  for (const name of one.covers ?? []) covered.add(name)
  describe(`learner: ${one.name}`, () => {
    const check = <T>(id: Property, applies: T | DoesNotApply, test: (how: T) => void): void => {
      if (isWaived(applies)) {
        it(`${id} ${one.name}: "${PROPERTIES[id]}" does not apply: ${applies.doesNotApply}`, () => {
          assert.match(applies.doesNotApply, /^[A-Z].{20,}\.$/, 'a reason is a sentence')
        })
      } else it(`${id} ${one.name} ${PROPERTIES[id]}`, () => test(applies))
    }
    check('LN1', true, () => checkInput(one))
    check('LN2', one.reordered, (turn) => checkOrder(one, turn))
    check('LN3', one.changed, (change) => checkChange(one, change))
    check('LN4', true, () => checkAgain(one))
    check('LN5', one.kept, (keep) => checkKept(one, keep))
    check('LN6', one.memory, (bound) => checkMemory(one, bound))
    check('LN7', one.broken, (broken) => checkBroken(one, broken))
  })
}

const isWaived = (value: unknown): value is DoesNotApply =>
  typeof value === 'object' && value !== null && 'doesNotApply' in value

const checkInput = <Data, Model>({ dataOf, learn, answer }: LearnerCase<Data, Model>): void => {
  const data = dataOf('input', 1)
  const before = canonical(data)
  const model = learn(data)
  answer(model, data)
  assert.equal(canonical(data), before)
  assert.notEqual(canonical(dataOf('another', 1)), before, 'the data follows its seed')
}

const checkOrder = <Data, Model>(
  { dataOf, learn, answer }: LearnerCase<Data, Model>,
  turn: (data: Data) => Data,
): void => {
  const data = dataOf('order', 1)
  const turned = turn(structuredClone(data))
  assert.notEqual(canonical(turned), canonical(data), 'the order is another one')
  const straight = learn(data)
  const said = canonical(answer(straight, data))
  assert.equal(canonical(answer(learn(turned), data)), said, 'learnt in another order')
  assert.equal(canonical(answer(straight, turned)), said, 'asked in another order')
}

const checkChange = <Data, Model>(
  { dataOf, learn, answer }: LearnerCase<Data, Model>,
  change: (data: Data) => readonly Data[],
): void => {
  const data = dataOf('change', 1)
  const model = learn(data)
  const said = answer(model, data)
  const others = change(structuredClone(data))
  assert.ok(others.length >= 2, 'both fewer and more features are asked about')
  for (const other of others) checkFinite(answer(model, other))
  assert.equal(canonical(answer(model, data)), canonical(said), 'asking taught it nothing')
}

const checkAgain = <Data, Model>({ dataOf, learn, answer, kept }: LearnerCase<Data, Model>): void => {
  const [left, right] = [learn(dataOf('again', 1)), learn(dataOf('again', 1))]
  const of = (model: Model) => (isWaived(kept) ? null : canonical(kept.dump(model)))
  assert.equal(of(left), of(right))
  const said = canonical(answer(left, dataOf('again', 1)))
  assert.equal(canonical(answer(right, dataOf('again', 1))), said)
  assert.notEqual(canonical(answer(learn(dataOf('otherwise', 1)), dataOf('again', 1))), said, 'it learns')
}

const checkKept = <Data, Model>(
  { dataOf, learn, answer }: LearnerCase<Data, Model>,
  { dump, restore, learnOn }: Exclude<LearnerCase<Data, Model>['kept'], DoesNotApply>,
): void => {
  const data = dataOf('keep', 1)
  const model = learn(data)
  const restored = restore(structuredClone(dump(model)) as never)
  assert.equal(canonical(answer(restored, data)), canonical(answer(model, data)))
  assert.equal(canonical(dump(restored)), canonical(dump(model)))
  if (learnOn === undefined) return
  const more = dataOf('keep on', 1)
  learnOn(model, more)
  learnOn(restored, more)
  assert.equal(canonical(dump(restored)), canonical(dump(model)), 'and so after learning on')
}

const checkMemory = <Data, Model>(
  { dataOf, learn }: LearnerCase<Data, Model>,
  { bytesMax, many }: { readonly bytesMax: number; readonly many: number },
): void => {
  assert.ok(many >= 3, 'much more data')
  const bytes = bytesHeld(learn(dataOf('much', many)))
  assert.ok(bytes <= bytesMax, `it holds ${bytes} bytes, more than ${bytesMax}`)
}

const checkBroken = <Data, Model>(
  { dataOf, learn, answer }: LearnerCase<Data, Model>,
  broken: (data: Data) => readonly (readonly [string, Data])[],
): void => {
  const data = dataOf('broken', 1)
  const cases = broken(structuredClone(data))
  const text = cases.map(([, bad]) => canonical(bad)).join()
  assert.ok(text.includes('NaN') && text.includes('Infinity'), 'both NaN and infinity are tried')
  const model = learn(data)
  for (const [what, bad] of cases) {
    assert.throws(
      () => {
        learn(bad)
        answer(model, bad)
      },
      (error) => isFailure(error) && error.message.length > 10 && error.code.includes('.'),
      what,
    )
  }
}

/** Text that differs wherever a bit does: every double as it is, keys in order, typed arrays by their bytes. */
export const canonical = (value: unknown): string => {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'undefined'
  if (ArrayBuffer.isView(value)) {
    const numbers = value instanceof Float64Array && !value.every(Number.isFinite) ? [...value].join() : ''
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
    return `${value.constructor.name}(${numbers}${bytes})`
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (value instanceof Map || value instanceof Set) return `${value.constructor.name}${canonical([...value])}`
  const record = value as Readonly<Record<string, unknown>>
  const parts = Object.keys(record)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical(record[key])}`)
  return `{${parts.join()}}`
}

/** Roughly what a value keeps alive: buffers as they are, eight bytes an entry, two a character. */
export const bytesHeld = (root: unknown): number => {
  const seen = new Set<unknown>()
  const waiting: unknown[] = [root]
  let bytes = 0
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value === 'string') bytes += 2 * value.length
    if (typeof value !== 'object' || value === null || seen.has(value)) {
      bytes += 8
      continue
    }
    seen.add(value)
    if (ArrayBuffer.isView(value)) bytes += value.byteLength
    else if (value instanceof Map) for (const [key, held] of value) waiting.push(key, held)
    else if (value instanceof Set || Array.isArray(value)) for (const held of value) waiting.push(held)
    else for (const held of Object.values(value)) waiting.push(held)
  }
  return bytes
}

const checkFinite = (value: unknown): void => {
  if (typeof value === 'number') assert.ok(Number.isFinite(value), `it says ${value}`)
  else if (ArrayBuffer.isView(value))
    for (const x of value as unknown as ArrayLike<number> & Iterable<number>) checkFinite(x)
  else if (Array.isArray(value)) value.forEach(checkFinite)
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(checkFinite)
}
