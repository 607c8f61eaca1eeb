// What a person may ask of the business: all that is held on them, and that it be gone; and how a campaign treats groups.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, fetchFile, keepFile, pathWith } from './client.ts'
import { PATHS } from './paths.ts'
import { useKey } from './queries.ts'
import type { Erasure, Fairness } from '../../../src/api/contract.ts'

export function useExportPerson(id: string) {
  const key = useKey()
  return useMutation({
    mutationFn: async () =>
      keepFile(await fetchFile({ key, path: pathWith(PATHS.exportPerson, id) }), `${id}.json`),
  })
}

export function useErasePerson(id: string) {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (confirm: string) =>
      ask<Erasure>({ key, path: pathWith(PATHS.erasePerson, id), body: { confirm } }),
    onSuccess: async () => client.invalidateQueries({ queryKey: ['customers'] }),
  })
}

/** Reads the whole log: asked for by a button, not by itself. */
export function useFairness(asked: { readonly campaignId: string; readonly by: string } | null) {
  const key = useKey()
  return useQuery({
    queryKey: ['fairness', asked],
    queryFn: ({ signal }) =>
      ask<Fairness>({
        key,
        path: pathWith(PATHS.fairness, asked?.campaignId ?? ''),
        query: { by: asked?.by ?? '' },
        signal,
      }),
    enabled: asked !== null,
    staleTime: Number.POSITIVE_INFINITY,
  })
}
