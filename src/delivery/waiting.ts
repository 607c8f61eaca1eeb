// Acts that wait for people: batched by line, out of the way of what falls due, until a line is released
// or denied up to what was seen of it.

import { NOTHING } from '../kernel/ids.ts'
import type { DecisionMade } from '../decision/events.ts'
import type { DeliveryDenied, DeliveryParked, DeliveryReleased } from './events.ts'
import { heapDelete, heapPut } from './due-heap.ts'
import type { Outbox, QueuedDelivery } from './outbox.ts'
import { aboutOf } from './outcome-events.ts'

/** By line, then by decision. */
export type Waiting = Map<string, Map<string, QueuedDelivery>>

export const waitIn = (waiting: Waiting, delivery: QueuedDelivery): void => {
  const members = waiting.get(delivery.line)
  if (members === undefined) waiting.set(delivery.line, new Map([[delivery.key, delivery]]))
  else members.set(delivery.key, delivery)
}

/** They leave from now on: what waited for people is not late for that. */
export const releaseLine = (state: Outbox, released: DeliveryReleased, at: number): void => {
  for (const delivery of takeUpTo(state.waiting, released)) {
    const sendAt = Math.max(delivery.sendAt, at)
    heapPut(state.queue, { ...delivery, sendAt, dueAt: sendAt })
  }
}

/** They leave no more, whether they waited for people or only for their hour. */
export const denyLine = (state: Outbox, denied: DeliveryDenied): void => {
  const { actions } = denied
  const isMeant = ({ actionId }: QueuedDelivery): boolean =>
    actions === undefined || actions.includes(actionId)
  const queued = queuedWhere(
    state,
    (item) => item.line === denied.line && item.decisionOffset <= denied.upTo && isMeant(item),
  )
  for (const { key } of queued) heapDelete(state.queue, key)
  for (const delivery of [...takeUpTo(state.waiting, denied, isMeant), ...queued])
    state.refused.set(delivery.decisionId, { ...aboutOf(delivery), reason: denied.reason })
}

/** What was to leave before a time waits for a person instead. */
export const parkLate = (state: Outbox, parked: DeliveryParked): void => {
  for (const delivery of queuedWhere(state, (item) => isParked(item, parked))) {
    heapDelete(state.queue, delivery.key)
    waitIn(state.waiting, { ...delivery, line: parked.line })
  }
}

/** Lines in which acts wait for people. */
export const waitingLines = (
  state: Outbox,
): readonly { readonly line: string; readonly members: readonly QueuedDelivery[] }[] =>
  [...state.waiting].map(([line, members]) => ({ line, members: [...members.values()] }))

/** What waits in a line, or is queued in it because it goes unless somebody takes it back. */
export const membersOf = (state: Outbox, line: string): readonly QueuedDelivery[] => [
  ...(state.waiting.get(line)?.values() ?? []),
  ...queuedWhere(state, (item) => item.line === line),
]

/** In the order of their decisions: where a heap keeps an item hangs on how it came to it, which a snapshot does not tell. */
const queuedWhere = (state: Outbox, isWanted: (item: QueuedDelivery) => boolean): QueuedDelivery[] =>
  state.queue.items.filter(isWanted).toSorted((left, right) => left.order - right.order)

export const waitingCount = (waiting: Waiting): number => {
  let count = 0
  for (const members of waiting.values()) count += members.size
  return count
}

/** What the drawn action promises over doing nothing. */
export const expectedOf = ({
  candidates,
  actionId,
}: DecisionMade): Pick<QueuedDelivery, 'gain' | 'gainError'> => {
  const chosen = candidates.find((candidate) => candidate.actionId === actionId)
  const nothing = candidates.find((candidate) => candidate.actionId === NOTHING)
  return {
    gain: (chosen?.mean ?? 0) - (nothing?.mean ?? 0),
    gainError: Math.hypot(chosen?.stderr ?? 0, nothing?.stderr ?? 0),
  }
}

/** Those of a line that were decided up to a log offset; they leave it. */
const takeUpTo = (
  waiting: Waiting,
  { line, upTo }: Pick<DeliveryReleased, 'line' | 'upTo'>,
  isMeant: (delivery: QueuedDelivery) => boolean = () => true,
): readonly QueuedDelivery[] => {
  const members = waiting.get(line)
  if (members === undefined) return []
  const taken = [...members.values()].filter((one) => one.decisionOffset <= upTo && isMeant(one))
  for (const { key } of taken) members.delete(key)
  if (members.size === 0) waiting.delete(line)
  return taken
}

const isParked = (delivery: QueuedDelivery, { before, scope }: DeliveryParked): boolean => {
  if (delivery.sendAt >= before) return false
  if (scope.kind === 'all') return true
  return scope.kind === 'channel'
    ? delivery.channel === scope.channel
    : delivery.campaignId === scope.campaignId
}
