// Whom an item of a request is about, before it is folded: the strongest identifier it names, as resolving finds it
// (P3). What is personal in the log is encrypted under that identifier's key.

import { isRecord } from '../kernel/json.ts'
import type { NewEvent, Personal } from '../log/port.ts'
import { retainedOf } from '../signal/index.ts'
import { SIGNAL_RECEIVED, type SignalReceived } from '../signal/events.ts'
import type { Identifier, IdentifierKind } from './events.ts'
import { normaliseIdentifier } from './identifiers.ts'

const NOBODY = ''

/** How keys name an identifier. */
export const ownerName = (kind: IdentifierKind, value: string): string => `${kind}:${value}`

/** All owners under which items may stand that name these identifiers first. */
export const ownersOf = (identifiers: readonly Identifier[]): readonly string[] =>
  identifiers.flatMap(({ kind, value }) =>
    kind === 'user' || kind === 'anonymous'
      ? [ownerName(kind, value), `previous:${value}`]
      : [ownerName(kind, value)],
  )

/** Says of a request whom it is about, so that it is kept encrypted, and what of it goes earlier than they do. */
export const withOwners = (event: NewEvent): NewEvent => {
  if (event.type !== SIGNAL_RECEIVED || event.personal !== undefined) return event
  const data = event.data as SignalReceived
  return { ...event, personal: { ...personalOf(data), lapsing: retainedOf(data) } }
}

/** What in a request is about persons, and whom. */
export const personalOf = ({ header, payload }: SignalReceived): Personal => {
  const batch = header.endpoint === 'batch' && isRecord(payload) ? payload['batch'] : undefined
  if (!Array.isArray(batch))
    return { field: 'payload', list: null, owners: [ownerOf(payload, header.endpoint, {})] }
  const context = recordIn(payload, 'context')
  return {
    field: 'payload',
    list: 'batch',
    owners: batch.map((item) => ownerOf(item, typeIn(item), context)),
  }
}

const typeIn = (item: unknown): string => {
  const type = isRecord(item) ? item['type'] : ''
  return typeof type === 'string' ? type : ''
}

const ownerOf = (item: unknown, kind: string, batchContext: Readonly<Record<string, unknown>>): string => {
  if (!isRecord(item)) return NOBODY
  return named('user', item['userId']) || weakerOwnerOf(item, kind, batchContext)
}

const weakerOwnerOf = (
  item: Readonly<Record<string, unknown>>,
  kind: string,
  batchContext: Readonly<Record<string, unknown>>,
): string => {
  const context = { ...batchContext, ...recordIn(item, 'context') }
  const traits =
    kind === 'group'
      ? {}
      : { ...recordIn(context, 'traits'), ...(kind === 'identify' ? recordIn(item, 'traits') : {}) }
  return (
    named('email', traits['email']) ||
    named('phone', traits['phone']) ||
    named('anonymous', item['anonymousId']) ||
    named('device', recordIn(context, 'device')['id']) ||
    // It belongs to nobody then, but names somebody: by user id or anonymously, which is not told.
    (kind === 'alias' ? previousName(named('user', item['previousId'])) : NOBODY)
  )
}

const previousName = (user: string): string =>
  user === NOBODY ? NOBODY : `previous:${user.slice('user:'.length)}`

const named = (kind: IdentifierKind, raw: unknown): string => {
  if (raw === undefined || raw === null) return NOBODY
  // Ids are trimmed and made well-formed before they are folded.
  const normal = normaliseIdentifier(kind, typeof raw === 'string' ? raw.toWellFormed() : raw)
  return normal.ok ? ownerName(kind, normal.value) : NOBODY
}

const NONE: Readonly<Record<string, unknown>> = Object.freeze({})

const recordIn = (value: unknown, key: string): Readonly<Record<string, unknown>> => {
  const found = isRecord(value) ? value[key] : undefined
  return isRecord(found) ? found : NONE
}
