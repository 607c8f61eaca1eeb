// Acts and the chain they stand in.

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, fetchFile, keepFile } from './client.ts'
import { PATHS } from './paths.ts'
import { useKey, useSettings } from './queries.ts'
import type { ActsPage, AuditTip } from '../../../src/api/contract.ts'

export type ActsFilter = { readonly group: string; readonly who: string }

const PAGE_ROWS = 50

export function useActs(filter: ActsFilter) {
  const key = useKey()
  const { lang } = useSettings()
  return useInfiniteQuery({
    queryKey: ['acts', lang, filter],
    queryFn: ({ pageParam, signal }) =>
      ask<ActsPage>({
        key,
        path: PATHS.acts,
        query: { ...filter, before: pageParam, limit: PAGE_ROWS, lang },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })
}

export function useTip() {
  const key = useKey()
  return useQuery({
    queryKey: ['audit-tip'],
    queryFn: ({ signal }) => ask<AuditTip>({ key, path: PATHS.auditTip, signal }),
  })
}

export function useAnchor() {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => ask<AuditTip>({ key, path: PATHS.anchorAudit, body: {} }),
    onSuccess: (tip) => client.setQueryData(['audit-tip'], tip),
  })
}

export function useExportActs() {
  const key = useKey()
  const { lang } = useSettings()
  return useMutation({
    mutationFn: async (format: 'csv' | 'ndjson') =>
      keepFile(
        await fetchFile({ key, path: PATHS.exportActs, query: { format, lang } }),
        `windvane-acts.${format}`,
      ),
  })
}
