// What a person may ask of the business: all that is held on them, and that it be gone; how long what is kept; and how a
// campaign treats groups.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, fetchFile, keepFile, pathWith } from './client.ts'
import { PATHS } from './paths.ts'
import { useKey } from './queries.ts'
import type { Erasure, Fairness, RetentionRun, RetentionView } from '../../../src/api/contract.ts'

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

const POLL_MS = 60_000
const POLL_RUNNING_MS = 1_000

export function useRetention() {
  const key = useKey()
  return useQuery({
    queryKey: ['retention'],
    queryFn: ({ signal }) => ask<RetentionView>({ key, path: PATHS.retention, signal }),
    refetchInterval: ({ state }) => (state.data?.running === true ? POLL_RUNNING_MS : POLL_MS),
  })
}

/** Answers when all of it is over, which takes as long as folding the log anew. */
export function useRunRetention() {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => ask<RetentionRun>({ key, path: PATHS.runRetention, body: {} }),
    // All of the figures are made anew.
    onSuccess: async ({ happened }) => (happened ? client.invalidateQueries() : undefined),
    onSettled: async () => client.invalidateQueries({ queryKey: ['retention'] }),
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
