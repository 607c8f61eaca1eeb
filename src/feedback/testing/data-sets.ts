// Public data sets beside the project, for tests that reproduce published figures.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import type { DecisionImported } from '../../decision/events.ts'

const ROOT = process.env['WINDVANE_DATA'] ?? join(import.meta.dirname, '../../../../shared/data')

/** Why a test that needs this file is skipped; false when it is there. */
export const missing = (path: string): string | false =>
  existsSync(join(ROOT, path)) ? false : `the data set ${path} is not beside the project`

export const readCsv = (path: string): readonly Readonly<Record<string, string>>[] => {
  const bytes = readFileSync(join(ROOT, path))
  return parse(path.endsWith('.gz') ? gunzipSync(bytes) : bytes, { columns: true })
}

export const HILLSTROM = 'hillstrom/hillstrom_data.csv.gz'
const ARMS: Readonly<Record<string, string>> = {
  'Mens E-Mail': 'mens',
  'No E-Mail': 'none',
  'Womens E-Mail': 'womens',
}

/** The 64,000 customers of the MineThatData challenge as logged decisions, each arm drawn with probability 1/3. */
export const hillstromDecisions = (): readonly DecisionImported[] =>
  readCsv(HILLSTROM).map(({ segment = '', visit, conversion, spend, ...context }, i) => ({
    importId: `hillstrom-${i}`,
    context,
    action: ARMS[segment] ?? segment,
    propensity: 1 / 3,
    rewards: { visit: Number(visit), conversion: Number(conversion), spend: Number(spend) },
  }))
