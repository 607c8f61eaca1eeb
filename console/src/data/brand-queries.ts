// What the page on the brand asks of the server, and what people do there. Each act answers with the page as it is now.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask } from './client.ts'
import { PATHS } from './paths.ts'
import { useKey } from './queries.ts'
import type { Brand, BrandDryRun, IncidentAct } from '../../../src/api/contract.ts'

const POLL_MS = 5_000

export function useBrand() {
  const key = useKey()
  return useQuery({
    queryKey: ['brand'],
    queryFn: ({ signal }) => ask<Brand>({ key, path: PATHS.brand, signal }),
    refetchInterval: POLL_MS,
  })
}

function useAct<Body>(path: string) {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Body) => ask<Brand>({ key, path, body }),
    onSuccess: (data) => client.setQueryData(['brand'], data),
  })
}

export const useIncidentAct = () => useAct<IncidentAct>(PATHS.actOnIncident)
export const useMute = () => useAct<{ readonly entity: string; readonly days: number }>(PATHS.muteBrand)
export const useCorrect = () =>
  useAct<{ readonly key: string; readonly entity: string; readonly tone: -1 | 0 | 1 }>(PATHS.correctMention)
export const useDrill = () => useAct<{ readonly playbook: string }>(PATHS.drillPlaybook)

/** What a playbook would do now; asked only when somebody wants to know. */
export function useDryRun(playbook: string | null) {
  const key = useKey()
  return useQuery({
    queryKey: ['brand-dry-run', playbook],
    queryFn: ({ signal }) =>
      ask<BrandDryRun>({ key, path: PATHS.dryRunPlaybook, query: { playbook: playbook ?? '' }, signal }),
    enabled: playbook !== null,
  })
}
