// What a person may ask of the business: all that is held on them, and that it be gone.

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask, fetchFile, keepFile, pathWith } from './client.ts'
import { PATHS } from './paths.ts'
import { useKey } from './queries.ts'
import type { Erasure } from '../../../src/api/contract.ts'

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
