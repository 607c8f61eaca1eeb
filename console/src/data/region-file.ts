// A CSV of what regions sold, read in the browser: columns by their usual names, dates as YYYY-MM-DD or DD.MM.YYYY.

import type { GeoAskBody } from '../../../src/api/contract.ts'

export type RegionRows = GeoAskBody['rows']
export type RegionFile =
  | { readonly kind: 'read'; readonly rows: RegionRows; readonly regions: number; readonly skipped: number }
  | { readonly kind: 'refused'; readonly lacks: 'region' | 'date' | 'value' | 'rows' }

const NAMES = {
  region: ['region', 'geo', 'city', 'location', 'market', 'dma', 'регион', 'город', 'область'],
  date: ['date', 'day', 'дата', 'день'],
  value: ['value', 'revenue', 'sales', 'response', 'y', 'выручка', 'продажи'],
} as const

/** Reads the text of a file. What cannot be used is counted, not guessed. */
export const readRegionFile = (text: string): RegionFile => {
  const [head = [], ...body] = rowsOf(text.replace(/^\uFEFF/, ''))
  const at = (names: readonly string[]) => head.findIndex((name) => names.includes(name.trim().toLowerCase()))
  const columns = { region: at(NAMES.region), date: at(NAMES.date), value: at(NAMES.value) }
  for (const name of ['region', 'date', 'value'] as const)
    if (columns[name] < 0) return { kind: 'refused', lacks: name }
  const rows = body.flatMap((cells): RegionRows => {
    const region = (cells[columns.region] ?? '').trim()
    const date = dateOf(cells[columns.date] ?? '')
    const value = numberOf(cells[columns.value] ?? '')
    return region === '' || date === null || value === null ? [] : [{ region, date, value }]
  })
  if (rows.length === 0) return { kind: 'refused', lacks: 'rows' }
  return {
    kind: 'read',
    rows,
    regions: new Set(rows.map(({ region }) => region)).size,
    skipped: body.length - rows.length,
  }
}

const dateOf = (text: string): string | null => {
  const iso = /^(\d{4})-(\d{2})-(\d{2})/.exec(text.trim())
  const dotted = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(text.trim())
  const date = iso !== null ? iso[0] : dotted === null ? '' : `${dotted[3]}-${dotted[2]}-${dotted[1]}`
  return Number.isFinite(Date.parse(date)) ? date : null
}

/** With a decimal point or comma; blanks between thousands are let be. */
const numberOf = (text: string): number | null => {
  const plain = text.replaceAll(/[\s\u00A0\u202F]/g, '').replace(',', '.')
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null
}

/** Cells of each row; quotes may hold separators, line breaks and doubled quotes. */
const rowsOf = (text: string): string[][] => {
  const firstLine = text.slice(0, text.search(/[\r\n]|$/))
  const separator = [';', '\t', ','].find((one) => firstLine.includes(one)) ?? ','
  const rows: string[][] = [[]]
  let [cell, quoted] = ['', false]
  const endCell = () => {
    rows.at(-1)?.push(cell)
    cell = ''
  }
  for (let i = 0; i < text.length; i++) {
    const sign = text[i] as string
    if (quoted) {
      if (sign !== '"') cell += sign
      else if (text[i + 1] === '"') {
        cell += '"'
        i++
      } else quoted = false
    } else if (sign === '"' && cell === '') quoted = true
    else if (sign === separator) endCell()
    else if (sign === '\n') {
      endCell()
      rows.push([])
    } else if (sign !== '\r') cell += sign
  }
  endCell()
  return rows.filter((row) => row.some((one) => one !== ''))
}
