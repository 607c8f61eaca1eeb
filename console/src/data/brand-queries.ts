// What the page on the brand asks of the server, and what people do there. Each act answers with the page as it is now.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask } from './client.ts'
import { PATHS } from './paths.ts'
import { useKey, useSettings } from './queries.ts'
import type { Brand, BrandDryRun, IncidentAct, MentionsAbout } from '../../../src/api/contract.ts'

const POLL_MS = 5_000

export function useBrand() {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['brand', lang],
    queryFn: ({ signal }) => ask<Brand>({ key, path: PATHS.brand, query: { lang }, signal }),
    refetchInterval: POLL_MS,
  })
}

function useAct<Body>(path: string) {
  const key = useKey()
  const { lang } = useSettings()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Body) => ask<Brand>({ key, path, query: { lang }, body }),
    onSuccess: (data) => client.setQueryData(['brand', lang], data),
  })
}

export const useIncidentAct = () => useAct<IncidentAct>(PATHS.actOnIncident)
export const useMute = () => useAct<{ readonly entity: string; readonly days: number }>(PATHS.muteBrand)
export const useCorrect = () =>
  useAct<{ readonly key: string; readonly entity: string; readonly tone: -1 | 0 | 1 }>(PATHS.correctMention)
export const useDrill = () => useAct<{ readonly playbook: string }>(PATHS.drillPlaybook)

/** Whom, in which words or during which incident; '' = any. */
export type About = { readonly entity: string; readonly phrase: string; readonly incident: string }

/** What was said about it; asked only when somebody wants to know. */
export function useMentionsAbout(about: About | null) {
  const key = useKey()
  const { entity = '', phrase = '', incident = '' } = about ?? {}
  return useQuery({
    queryKey: ['brand-mentions', entity, phrase, incident],
    queryFn: ({ signal }) =>
      ask<MentionsAbout>({ key, path: PATHS.brandMentions, query: { entity, phrase, incident }, signal }),
    enabled: about !== null,
  })
}

/** What a playbook would do now about these words; asked only when somebody wants to know. */
export function useDryRun(playbook: string | null, words: string) {
  const key = useKey()
  return useQuery({
    queryKey: ['brand-dry-run', playbook, words],
    queryFn: ({ signal }) =>
      ask<BrandDryRun>({
        key,
        path: PATHS.dryRunPlaybook,
        query: { playbook: playbook ?? '', words },
        signal,
      }),
    enabled: playbook !== null,
  })
}
