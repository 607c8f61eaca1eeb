// Data health: what each source sends, what is wrong with it, how far the log is folded.

import { signalHealth } from '../../signal/index.ts'
import type { DataHealth } from '../contract.ts'
import type { ViewSources } from './sources.ts'

type SourceRow = DataHealth['sources'][number]

export const viewHealth = (sources: ViewSources): DataHealth => {
  const { loop } = sources
  const bySource = new Map<string, SourceRow>()
  const byCode = new Map<string, number>()
  for (const row of signalHealth(loop.state.signal).rows) {
    const sum = bySource.get(row.source) ?? {
      source: row.source,
      events: 0,
      duplicates: 0,
      invalid: 0,
      lastAt: null,
    }
    bySource.set(row.source, {
      source: row.source,
      events: sum.events + row.accepted,
      duplicates: sum.duplicates + row.duplicates,
      invalid: sum.invalid + row.dropped,
      lastAt: Math.max(sum.lastAt ?? 0, row.lastAt) || null,
    })
    for (const [code, count] of Object.entries(row.issues))
      byCode.set(code, (byCode.get(code) ?? 0) + (count ?? 0))
  }
  return {
    sources: [...bySource.values()].toSorted((left, right) => right.events - left.events),
    invalidByCode: [...byCode]
      .map(([code, count]) => ({ code, count }))
      .toSorted((left, right) => right.count - left.count),
    log: {
      head: loop.log.head(),
      folded: loop.state.offset,
      bytes: null,
      snapshotOffset: sources.snapshotOffset(),
    },
  }
}
