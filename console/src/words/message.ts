// Messages in a small part of ICU MessageFormat: `{name}`, `{n, plural, one {# x} other {# xs}}`,
// `{kind, select, a {…} other {…}}`. Whole sentences live in the dictionaries, so that no view glues
// parts of a sentence together.

export type MessagePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'count' }
  | {
      readonly kind: 'plural' | 'select'
      readonly name: string
      readonly cases: ReadonlyMap<string, readonly MessagePart[]>
    }

export type MessageValues = Readonly<Record<string, string | number>>

/**
 * The parts of one message; throws a `SyntaxError` that names the place when braces do not match.
 *
 * @example parseMessage('{n, plural, one {# hour} other {# hours}}')[0].kind // 'plural'
 */
export function parseMessage(source: string): readonly MessagePart[] {
  const reader = { source, at: 0 }
  const parts = readParts(reader, false)
  if (reader.at < source.length) throw new SyntaxError(`unmatched } at ${reader.at} in: ${source}`)
  return parts
}

/** The message as text in `lang`. A missing value shows as its name in braces rather than as a blank. */
export function formatMessage(parts: readonly MessagePart[], values: MessageValues, lang: string): string {
  return write(parts, values, lang, null)
}

/** Names of the values a message needs, sorted: both languages must need the same ones. */
export function valueNames(parts: readonly MessagePart[]): readonly string[] {
  const names = new Set<string>()
  collect(parts, names)
  return [...names].sort()
}

/** Every `plural` and `select` in a message with the names of its cases. */
export function choices(
  parts: readonly MessagePart[],
): readonly { readonly kind: string; readonly name: string; readonly cases: readonly string[] }[] {
  return parts.flatMap((part) =>
    part.kind === 'plural' || part.kind === 'select'
      ? [
          { kind: part.kind, name: part.name, cases: [...part.cases.keys()] },
          ...[...part.cases.values()].flatMap(choices),
        ]
      : [],
  )
}

type Reader = { readonly source: string; at: number }

function readParts(reader: Reader, inside: boolean): MessagePart[] {
  const parts: MessagePart[] = []
  let text = ''
  const flush = () => {
    if (text !== '') parts.push({ kind: 'text', text })
    text = ''
  }
  while (reader.at < reader.source.length) {
    const char = reader.source[reader.at]
    if (char === '}') break
    if (char === '{') {
      flush()
      parts.push(readPlaceholder(reader))
    } else if (char === '#' && inside) {
      flush()
      parts.push({ kind: 'count' })
      reader.at += 1
    } else {
      text += char
      reader.at += 1
    }
  }
  flush()
  return parts
}

function readPlaceholder(reader: Reader): MessagePart {
  reader.at += 1
  const name = readWord(reader)
  if (take(reader, '}')) return { kind: 'value', name }
  expect(reader, ',')
  const kind = readWord(reader)
  if (kind !== 'plural' && kind !== 'select')
    throw new SyntaxError(`unknown kind "${kind}" in: ${reader.source}`)
  expect(reader, ',')
  const cases = new Map<string, readonly MessagePart[]>()
  while (!take(reader, '}')) {
    const label = readWord(reader)
    expect(reader, '{')
    cases.set(label, readParts(reader, kind === 'plural'))
    expect(reader, '}')
  }
  return { kind, name, cases }
}

function readWord(reader: Reader): string {
  skipSpace(reader)
  const start = reader.at
  while (/[\w=]/.test(reader.source[reader.at] ?? '')) reader.at += 1
  if (reader.at === start) throw new SyntaxError(`a name is missing at ${start} in: ${reader.source}`)
  return reader.source.slice(start, reader.at)
}

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.source[reader.at] ?? '')) reader.at += 1
}

function take(reader: Reader, char: string): boolean {
  skipSpace(reader)
  if (reader.source[reader.at] !== char) return false
  reader.at += 1
  return true
}

function expect(reader: Reader, char: string): void {
  if (!take(reader, char)) throw new SyntaxError(`"${char}" is missing at ${reader.at} in: ${reader.source}`)
}

function write(
  parts: readonly MessagePart[],
  values: MessageValues,
  lang: string,
  count: number | null,
): string {
  let out = ''
  for (const part of parts) {
    if (part.kind === 'text') out += part.text
    else if (part.kind === 'count') out += numberFormat(lang).format(count ?? 0)
    else if (part.kind === 'value') out += shown(values[part.name], part.name, lang)
    else {
      const value = values[part.name]
      const number = Number(value)
      const chosen =
        part.kind === 'plural'
          ? (part.cases.get(`=${number}`) ?? part.cases.get(pluralRules(lang).select(number)))
          : part.cases.get(String(value))
      out += write(
        chosen ?? part.cases.get('other') ?? [],
        values,
        lang,
        part.kind === 'plural' ? number : count,
      )
    }
  }
  return out
}

function shown(value: string | number | undefined, name: string, lang: string): string {
  if (value === undefined) return `{${name}}`
  return typeof value === 'number' ? numberFormat(lang).format(value) : value
}

function collect(parts: readonly MessagePart[], names: Set<string>): void {
  for (const part of parts) {
    if (part.kind === 'value') names.add(part.name)
    if (part.kind === 'plural' || part.kind === 'select') {
      names.add(part.name)
      for (const nested of part.cases.values()) collect(nested, names)
    }
  }
}

// One object per language is enough: making them costs far more than using them.
const rules = new Map<string, Intl.PluralRules>()
const numbers = new Map<string, Intl.NumberFormat>()

function pluralRules(lang: string): Intl.PluralRules {
  const known = rules.get(lang) ?? new Intl.PluralRules(lang)
  rules.set(lang, known)
  return known
}

function numberFormat(lang: string): Intl.NumberFormat {
  const known = numbers.get(lang) ?? new Intl.NumberFormat(lang)
  numbers.set(lang, known)
  return known
}
