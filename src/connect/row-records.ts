// What one row becomes: calls of the Segment tracking API for events, customers and orders, an imported
// decision for logged decisions. The same row gives the same ids each time.

import { hash } from 'node:crypto'
import type { ProductRow } from '../catalogue/events.ts'
import type { DecisionImported } from '../decision/events.ts'
import { canonicalJson, type Json } from '../kernel/json.ts'
import { err, ok, type Result } from '../kernel/result.ts'
import { compileCell, lookUp, type CellReader, type Reject, type Row } from './cells.ts'
import type { Cell, ImportKind, Mapping } from './mapping-schema.ts'
import { reviewOf, type SaidRow } from './review-rows.ts'

/** A call of the tracking API, as it would stand in a batch. */
export type Item = Readonly<Record<string, Json>>

export type RowRecord = {
  /** The same as long as the row's identity columns are. */
  readonly id: string
  /** All cells, in one spelling. */
  readonly content: string
  /** None for a decision or a product. */
  readonly items: readonly Item[]
  readonly decision: DecisionImported | null
  readonly product: ProductRow | null
  readonly said: SaidRow | null
}

export type RowReader = (row: Row) => Result<RowRecord, Reject>

/** A reader of rows by `mapping`. `source` names the import; `zone` is for dates without an offset. */
export const compileRow = (mapping: Mapping, source: string, zone: string): RowReader => {
  const content = contentReader(mapping, source, zone)
  return (row) => {
    const cells = contentOf(row)
    const id = identityOf(mapping, source, row, cells)
    if (!id.ok) return id
    const read = content(row, id.value)
    return read.ok
      ? ok({
          id: id.value,
          content: cells,
          items: [],
          decision: null,
          product: null,
          said: null,
          ...read.value,
        })
      : read
  }
}

type Content =
  | { readonly items: readonly Item[] }
  | { readonly decision: DecisionImported }
  | { readonly product: ProductRow }
  | { readonly said: SaidRow }
type ContentReader = (row: Row, id: string) => Result<Content, Reject>

const contentReader = (mapping: Mapping, source: string, zone: string): ContentReader => {
  if (mapping.shape === 'segment')
    return (row, id) => ok({ items: [{ ...(row.cells as Item), messageId: id }] })
  if (mapping.as === 'decisions') return decisionReader(mapping, source, zone)
  if (mapping.as === 'products') return productReader(mapping, zone)
  if (mapping.as === 'reviews') {
    const fields = compileCells('fields', mapping.fields, zone)
    return (row, id) => {
      const read = readAll(fields, row)
      if (!read.ok) return read
      const said = reviewOf(read.value, id)
      return said.ok ? ok({ said: said.value }) : said
    }
  }
  const fields = compileCells('fields', mapping.fields, zone)
  const properties = compileCells('properties', mapping.properties, zone)
  const traits = compileCells('traits', mapping.traits, zone)
  const consents = compileConsents(mapping, zone)
  return (row, id) => {
    const read = {
      fields: readAll(fields, row),
      properties: readAll(properties, row),
      traits: readAll(traits, row),
    }
    if (!read.fields.ok) return read.fields
    if (!read.properties.ok) return read.properties
    if (!read.traits.ok) return read.traits
    const parts = { fields: read.fields.value, properties: read.properties.value, traits: read.traits.value }
    const person = whoAndWhen(parts)
    if (!person.ok) return person
    const item = itemOf(mapping.as, parts, person.value, id)
    if (!item.ok) return item
    const changes = consentItems(consents, row, person.value, id)
    return changes.ok ? ok({ items: [item.value, ...changes.value] }) : changes
  }
}

type Values = Readonly<Record<string, Json>>
type Parts = { readonly fields: Values; readonly properties: Values; readonly traits: Values }
type Readers = readonly (readonly [name: string, read: CellReader])[]

const compileCells = (section: string, cells: Readonly<Record<string, Cell>>, zone: string): Readers =>
  Object.entries(cells).map(([name, cell]) => [name, compileCell(`${section}.${name}`, cell, zone)] as const)

const readAll = (readers: Readers, row: Row): Result<Values, Reject> => {
  const values: Record<string, Json> = {}
  for (const [name, read] of readers) {
    const reading = read(row)
    if (!reading.ok) return reading
    if (reading.value !== undefined) values[name] = reading.value
  }
  return ok(values)
}

const itemOf = (as: ImportKind, parts: Parts, person: Item, id: string): Result<Item, Reject> => {
  const { fields, properties, traits } = parts
  if (as === 'orders') return orderItem(parts, person, id)
  if (as === 'customers')
    return ok({ type: 'identify', ...person, messageId: id, traits: aboutOf(fields, traits) })
  const kind = textOf(fields['kind'] ?? 'track')
  const name = kind === 'page' || kind === 'screen' ? 'name' : 'event'
  const messageId = fields['messageId'] === undefined ? id : textOf(fields['messageId'])
  return ok({ type: kind, ...person, messageId, [name]: textOf(fields['event'] ?? ''), properties })
}

/** Returned goods and credit notes come as negative revenue, or by a column of their own. */
const orderItem = ({ fields, properties }: Parts, person: Item, id: string): Result<Item, Reject> => {
  const { orderId, revenue, margin, currency, products, refund } = fields
  const amount = Number(revenue)
  if (refund === false && amount < 0)
    return err({
      code: 'revenue_negative',
      reason: `fields.revenue: ${amount} for an order that is no refund`,
    })
  const isRefund = refund === true || amount < 0
  return ok({
    type: 'track',
    event: isRefund ? 'Order Refunded' : 'Order Completed',
    ...person,
    messageId: isRefund ? `${id}-r` : id,
    properties: {
      ...properties,
      order_id: textOf(orderId ?? ''),
      revenue: isRefund ? Math.abs(amount) : amount,
      ...withoutAbsent({ margin, currency, products }),
    },
  })
}

/** Ids, time and what the row says of the person. Without an id the address makes one. */
const whoAndWhen = ({ fields, traits }: Parts): Result<Item, Reject> => {
  const { userId, anonymousId, email, phone, at } = fields
  const address = textOf(email ?? phone ?? '').toLowerCase()
  if (userId === undefined && anonymousId === undefined && address === '')
    return err({ code: 'nobody', reason: 'the row names no customer: id, e-mail and phone are empty' })
  const anonymous = anonymousId ?? (userId === undefined ? `import-${digest(address)}` : undefined)
  const about = aboutOf(fields, traits)
  return ok({
    ...withoutAbsent({
      userId: userId === undefined ? undefined : textOf(userId),
      anonymousId: anonymous === undefined ? undefined : textOf(anonymous),
      timestamp: at,
    }),
    ...(Object.keys(about).length === 0 ? {} : { context: { traits: about } }),
  })
}

const aboutOf = ({ email, phone }: Values, traits: Values): Item => ({
  ...withoutAbsent({ email, phone }),
  ...traits,
})

type ConsentReader = {
  readonly channel: string
  readonly purpose: string
  readonly granted: CellReader
  readonly textVersion: CellReader
}

const compileConsents = (mapping: Mapping, zone: string): readonly ConsentReader[] =>
  mapping.consents.map(({ channel, purpose, granted, textVersion }) => ({
    channel,
    purpose,
    granted: compileCell('consents.granted', { type: 'boolean', ...granted }, zone),
    textVersion: compileCell('consents.textVersion', textVersion ?? { value: '' }, zone),
  }))

const consentItems = (
  consents: readonly ConsentReader[],
  row: Row,
  person: Item,
  id: string,
): Result<readonly Item[], Reject> => {
  const items: Item[] = []
  for (const [index, { channel, purpose, granted, textVersion }] of consents.entries()) {
    const isGranted = granted(row)
    if (!isGranted.ok) return isGranted
    const version = textVersion(row)
    if (!version.ok) return version
    // An empty cell says neither yes nor no.
    if (isGranted.value === undefined) continue
    const properties = {
      channel,
      purpose,
      granted: isGranted.value,
      textVersion: textOf(version.value ?? ''),
    }
    items.push({
      type: 'track',
      event: 'Consent Changed',
      ...person,
      messageId: `${id}-c${index}`,
      properties,
    })
  }
  return ok(items)
}

const decisionReader = (mapping: Mapping, source: string, zone: string): ContentReader => {
  const fields = compileCells('fields', mapping.fields, zone)
  const context = compileCells('context', mapping.context, zone)
  const rewards = compileCells('rewards', mapping.rewards, zone)
  return (row) => {
    const read = {
      fields: readAll(fields, row),
      context: readAll(context, row),
      rewards: readAll(rewards, row),
    }
    if (!read.fields.ok) return read.fields
    if (!read.context.ok) return read.context
    if (!read.rewards.ok) return read.rewards
    const { action = '', propensity = 0 } = read.fields.value
    if (typeof propensity !== 'number' || !(propensity > 0 && propensity <= 1))
      return err({
        code: 'propensity_range',
        reason: `fields.propensity: ${textOf(propensity)} is not above 0 and at most 1`,
      })
    const gains: Record<string, number> = {}
    for (const [name, value] of Object.entries(read.rewards.value)) {
      if (typeof value !== 'number')
        return err({ code: 'not_a_number', reason: `rewards.${name}: ${textOf(value)} is not a number` })
      gains[name] = value
    }
    const decision = {
      importId: source,
      context: read.context.value,
      action: textOf(action),
      propensity,
      rewards: gains,
    }
    return ok({ decision })
  }
}

/** One row of a product list; amounts below 0 are refused, since no product has them. */
const productReader = (mapping: Mapping, zone: string): ContentReader => {
  const fields = compileCells('fields', mapping.fields, zone)
  return (row) => {
    const read = readAll(fields, row)
    if (!read.ok) return read
    const { sku = '', name = '', category = '', url = '', image = '', launched } = read.value
    const amounts: Record<string, number | null> = { price: null, stock: null, margin: null }
    for (const field of Object.keys(amounts)) {
      const amount = read.value[field]
      if (amount === undefined) continue
      if (typeof amount !== 'number' || (amount < 0 && field !== 'margin'))
        return err({ code: 'amount_range', reason: `fields.${field}: ${textOf(amount)} cannot be` })
      amounts[field] = amount
    }
    const product: ProductRow = {
      id: textOf(sku),
      name: textOf(name),
      category: textOf(category),
      price: amounts['price'] ?? null,
      url: textOf(url),
      image: textOf(image),
      stock: amounts['stock'] ?? null,
      margin: amounts['margin'] ?? null,
      launchedAt: typeof launched === 'string' ? Date.parse(launched) : 0,
    }
    return ok({ product })
  }
}

/** The same for the same row; a Segment event that has an id keeps it. */
const identityOf = (mapping: Mapping, source: string, row: Row, cells: string): Result<string, Reject> => {
  const { messageId } = row.cells
  if (mapping.shape === 'segment' && typeof messageId === 'string' && messageId !== '') return ok(messageId)
  const parts: string[] = []
  for (const column of mapping.id) {
    const value = column === '$row' ? row.number : column === '$content' ? cells : lookUp(row.cells, column)
    if (value === undefined || value === null || value === '')
      return err({ code: 'id_empty', reason: `id: column "${column}" is empty or absent` })
    parts.push(typeof value === 'string' ? value.trim() : canonicalJson(value))
  }
  return ok(`imp-${digest(JSON.stringify([source, mapping.as, ...parts]))}`)
}

const withoutAbsent = (values: Readonly<Record<string, Json | undefined>>): Item =>
  Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  )

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** All cells in one spelling, whatever the order of columns. */
const contentOf = ({ cells }: Row): string => {
  const parts: unknown[] = []
  for (const column of Object.keys(cells).toSorted()) {
    const value = cells[column]
    parts.push(column, typeof value === 'object' ? canonicalJson(value) : value)
  }
  return JSON.stringify(parts)
}

const digest = (text: string): string => hash('sha256', text, 'hex').slice(0, 32)
