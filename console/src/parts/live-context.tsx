// Keeps the live stream open while somebody is signed in, and hands on what arrives: the brief to the
// query cache, decisions to a short list.

import { useQueryClient } from '@tanstack/react-query'
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react'
import { openLive, type LiveStatus } from '../data/live.ts'
import { useBrief, useKey, useSettings } from '../data/queries.ts'
import type { Brief, DecisionRow } from '../../../src/api/contract.ts'

/** Most decisions kept for the ticker and the live top of the list. */
const DECISIONS_MAX = 200

type Live = {
  readonly status: LiveStatus
  /** Newest first. */
  readonly decisions: readonly DecisionRow[]
  readonly brief: Brief | undefined
  readonly briefError: Error | null
  /** Browser's clock, in ms since it started, when `brief` came: the product clock ticks on from there. */
  readonly briefAt: number
  readonly retryBrief: () => void
}

const LiveContext = createContext<Live | null>(null)

export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const key = useKey()
  const { lang } = useSettings()
  const client = useQueryClient()
  const [status, setStatus] = useState<LiveStatus>({ kind: 'connecting' })
  const [decisions, setDecisions] = useState<readonly DecisionRow[]>([])
  const { data: brief, error, dataUpdatedAt, refetch } = useBrief(status.kind !== 'live')

  useEffect(() => {
    setDecisions([])
    return openLive({
      key,
      lang,
      onStatus: setStatus,
      onEvent: (event) => {
        if (event.type === 'brief') client.setQueryData(['brief', lang], event.brief)
        else setDecisions((known) => withNewest(known, event.decision))
      },
    })
  }, [key, lang, client])

  const live = useMemo<Live>(
    () => ({
      status,
      decisions,
      brief,
      briefError: error,
      briefAt: dataUpdatedAt,
      retryBrief: () => void refetch(),
    }),
    [status, decisions, brief, error, dataUpdatedAt, refetch],
  )
  return <LiveContext value={live}>{children}</LiveContext>
}

export function useLive(): Live {
  const live = use(LiveContext)
  if (live === null) throw new TypeError('useLive needs a LiveProvider above it')
  return live
}

function withNewest(known: readonly DecisionRow[], next: DecisionRow): readonly DecisionRow[] {
  if (known.some((row) => row.decisionId === next.decisionId)) return known
  return [next, ...known].sort((a, b) => b.at - a.at).slice(0, DECISIONS_MAX)
}
