// The port behind every proposal: who knows what its wish was based on, does it, and takes it back.
// Registered by kind where the process is put together; governance itself changes nothing.

import type { Json } from '../../kernel/json.ts'
import type { Said } from '../../kernel/said.ts'
import type { NewEvent } from '../../log/port.ts'
import type { Change } from '../events.ts'
import type { Proposal } from './proposal.ts'

/** Facts without an id: they get one made of the proposal's, so that doing it twice changes nothing. */
export type Fact = Pick<NewEvent, 'type' | 'key' | 'data'>

export type Executor = {
  readonly kind: string
  /** Fingerprint of what the wish is based on, as it is now; null when it cannot be done any more. */
  readonly groundOf: (payload: Json) => string | null
  /** Another payload in its place, checked. Throws a Failure that says what is wrong with it. */
  readonly edit?: (
    proposal: Proposal,
    edited: Json,
  ) => { readonly payload: Json; readonly changes: readonly Change[]; readonly ground: string }
} & (FactExecutor | WorldExecutor)

/** Doing it is facts in the log, appended in one go with `governance.executed`. */
export type FactExecutor = {
  readonly facts: (proposal: Proposal) => { readonly facts: readonly Fact[]; readonly inverse: Json }
  /** What a no means, when it means anything. */
  readonly refuse?: (proposal: Proposal, why: string) => readonly Fact[]
  readonly undo?: (proposal: Proposal, inverse: Json) => readonly Fact[]
}

/**
 * Doing it is a call outside. `governance.executing` is on record before it; a crash before its result
 * leaves it unknown, and a person looks. It may throw: then it certainly was not done.
 */
export type WorldExecutor = {
  readonly run: (
    proposal: Proposal,
  ) => Promise<{ readonly detail: string; readonly said?: Said; readonly inverse: Json }>
  readonly runUndo?: (proposal: Proposal, inverse: Json) => Promise<{ readonly detail: string }>
}

export type Executors = ReadonlyMap<string, Executor>

export const executorsOf = (...executors: readonly Executor[]): Executors =>
  new Map(executors.map((executor) => [executor.kind, executor]))
