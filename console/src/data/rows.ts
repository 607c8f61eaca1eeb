// Decisions that came over the stream, joined with those asked for.

import type { DecisionRow } from '../../../src/api/contract.ts'

/** Newest first, each decision once; the list from the server wins, since it knows the later outcome. */
export function mergeRows(
  live: readonly DecisionRow[],
  stored: readonly DecisionRow[],
): readonly DecisionRow[] {
  const known = new Set(stored.map((row) => row.decisionId))
  return [...live.filter((row) => !known.has(row.decisionId)), ...stored].sort((a, b) => b.at - a.at)
}
