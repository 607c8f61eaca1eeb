// How the columns of someone's file become our fields: a small YAML file, checked before the first row.

import { parse } from 'yaml'
import { Failure, messageOf } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import { problem, shapeOf, type Problem } from '../kernel/problem.ts'
import { isTimeZone } from '../kernel/time.ts'
import { compileDateFormat } from './date-format.ts'
import {
  IMPORT_KINDS,
  REQUIRED,
  schemaOf,
  SECTION_NAMES,
  TYPE_OF_FIELD,
  WHO,
  type Cell,
  type ImportKind,
  type Mapping,
} from './mapping-schema.ts'

const CHECKS = Object.fromEntries(IMPORT_KINDS.map((as) => [as, shapeOf(schemaOf(as))])) as Record<
  ImportKind,
  ReturnType<typeof shapeOf>
>

/**
 * Reads the YAML text of a mapping for `as`. Throws a Failure `import.mapping_invalid` that names each place that
 * does not fit and what was probably meant.
 */
export const parseMapping = (text: string, as: ImportKind): Mapping => {
  let written: unknown
  try {
    written = parse(text, { maxAliasCount: 0 })
  } catch (cause) {
    throw new Failure({
      code: 'import.mapping_unreadable',
      message: `The mapping is not YAML: ${messageOf(cause).split('\n')[0]}`,
      hint: 'Check the indentation and the quotes in the line named.',
      cause,
    })
  }
  return checkMapping(written, as)
}

/** The same for a mapping that is parsed already. */
export const checkMapping = (written: unknown, as: ImportKind): Mapping => {
  if (!isRecord(written))
    throw invalid([problem('', 'the mapping is not a list of keys and values', 'start with `fields:`')])
  const other = IMPORT_KINDS.find((kind) => kind === written['as'] && kind !== as)
  if (other !== undefined)
    throw invalid([problem('as', `the mapping is for ${other}`, `import with --as ${other}`)])
  const spelt = spellOut({ as, ...written })
  const problems = CHECKS[as](spelt)
  if (problems.length > 0) throw invalid(problems)
  const mapping = complete(spelt, as)
  const wrong = [...problemsOfCells(mapping), ...problemsOfWhole(mapping)]
  if (wrong.length > 0) throw invalid(wrong)
  return mapping
}

const invalid = (problems: readonly Problem[]): Failure =>
  new Failure({
    code: 'import.mapping_invalid',
    message: `The mapping does not fit: ${problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')}`,
    hint: problems.flatMap(({ path, hint }) => (hint === '' ? [] : [`${path}: ${hint}`])).join('; '),
  })

/** `email: E-mail` is short for `email: { column: E-mail }`. */
const spellOut = (written: Record<string, unknown>): Record<string, unknown> => {
  const spelt = { ...written }
  for (const section of ['fields', ...SECTION_NAMES]) {
    const cells = written[section]
    if (isRecord(cells))
      spelt[section] = Object.fromEntries(
        Object.entries(cells).map(([name, cell]) => [name, spellCell(cell)]),
      )
  }
  if (Array.isArray(written['consents']))
    spelt['consents'] = written['consents'].map((consent: unknown) =>
      isRecord(consent) ? { ...consent, ...spellKeys(consent, ['granted', 'textVersion']) } : consent,
    )
  return spelt
}

const spellCell = (cell: unknown): unknown => (typeof cell === 'string' ? { column: cell } : cell)
const spellKeys = (record: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(keys.filter((key) => key in record).map((key) => [key, spellCell(record[key])]))

const complete = (spelt: Partial<Mapping>, as: ImportKind): Mapping => {
  const fields: Record<string, Cell> = {}
  for (const [name, cell] of Object.entries(spelt.fields ?? {})) {
    const type = cell.type ?? TYPE_OF_FIELD[name]
    const required = cell.required ?? REQUIRED[as].includes(name)
    fields[name] = { ...cell, ...(type === undefined ? {} : { type }), required }
  }
  const rewards = Object.entries(spelt.rewards ?? {}).map(
    ([name, cell]) => [name, { type: 'number' as const, required: true, ...cell }] as const,
  )
  return {
    properties: {},
    traits: {},
    context: {},
    consents: [],
    shape: 'columns',
    ...spelt,
    as,
    fields,
    rewards: Object.fromEntries(rewards),
    id: spelt.id ?? identityOf(as, fields),
  }
}

/** A customer's row that changed is news; an order's is still the same order, a product's the same product; a decision may look like another. */
const identityOf = (as: ImportKind, fields: Readonly<Record<string, Cell>>): readonly string[] => {
  const orderColumn = fields['orderId']?.column
  if (as === 'orders' && orderColumn !== undefined) return [orderColumn]
  const skuColumn = fields['sku']?.column
  if (as === 'products' && skuColumn !== undefined) return [skuColumn]
  const reviewColumn = fields['reviewId']?.column
  if (as === 'reviews' && reviewColumn !== undefined) return [reviewColumn]
  return as === 'decisions' ? ['$row', '$content'] : ['$content']
}

const problemsOfCells = (mapping: Mapping): Problem[] => {
  const problems: Problem[] = []
  for (const section of ['fields', ...SECTION_NAMES] as const)
    for (const [name, cell] of Object.entries(mapping[section]))
      problems.push(...problemsOfCell(`${section}.${name}`, cell))
  for (const [index, consent] of mapping.consents.entries())
    problems.push(...problemsOfCell(`consents[${index}].granted`, consent.granted))
  return problems
}

const problemsOfCell = (path: string, cell: Cell): Problem[] => {
  if ((cell.column === undefined) === (cell.value === undefined))
    return [problem(path, 'needs either `column` or `value`', 'write the name of a column, or { value: … }')]
  if (cell.format === undefined) return []
  if (cell.type !== 'date') return [problem(path, '`format` is for dates', 'add type: date')]
  const compiled = compileDateFormat(cell.format)
  return typeof compiled === 'string' ? [problem(path, compiled, DATE_HINT)] : []
}

const DATE_HINT = 'iso, unix, unix_ms, or letters such as DD.MM.YYYY HH:mm:ss'

const problemsOfWhole = (mapping: Mapping): Problem[] => {
  const problems: Problem[] = []
  const { as, fields, timeZone, encoding } = mapping
  if (timeZone !== undefined && !isTimeZone(timeZone))
    problems.push(problem('timeZone', `${timeZone} is no time zone`, 'an IANA name such as Europe/Berlin'))
  if (encoding !== undefined && !isEncoding(encoding))
    problems.push(problem('encoding', `${encoding} is no encoding`, 'such as utf-8 or windows-1251'))
  if (mapping.shape === 'segment')
    return as === 'events' ? problems : [problem('shape', 'segment is for events')]
  for (const name of REQUIRED[as])
    if (fields[name] === undefined) problems.push(problem(`fields.${name}`, 'is missing', 'name its column'))
  if (as === 'reviews' && fields['text'] === undefined && fields['score'] === undefined)
    problems.push(problem('fields', 'nothing is said', 'name the column of the text, or of the score'))
  if (
    as !== 'decisions' &&
    as !== 'products' &&
    as !== 'reviews' &&
    !WHO.some((name) => fields[name] !== undefined)
  )
    problems.push(problem('fields', 'nobody is named', `map one of ${WHO.join(', ')}`))
  if (as === 'decisions' && Object.keys(mapping.rewards).length === 0)
    problems.push(
      problem('rewards', 'is missing', 'name at least one column that says what the decision brought'),
    )
  return problems
}

const isEncoding = (label: string): boolean => {
  try {
    return new TextDecoder(label).encoding !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
