// Experiments over regions: asked and told.

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask } from './client.ts'
import { PATHS } from './paths.ts'
import { useKey, useSettings } from './queries.ts'
import type { RegionRows } from './region-file.ts'
import type { GeoAskBody, GeoDesignAnswer, GeoResultAnswer, Money } from '../../../src/api/contract.ts'

export function useGeoDesign() {
  const key = useKey()
  return useMutation({
    mutationFn: (body: GeoAskBody) =>
      ask<GeoDesignAnswer>({ key, path: `${PATHS.experiments}/design`, body }),
  })
}

export function useGeoBegin() {
  const key = useKey()
  const { lang } = useSettings()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: GeoAskBody) => ask<Money>({ key, path: PATHS.experiments, query: { lang }, body }),
    onSuccess: (data) => client.setQueryData(['money', lang], data),
  })
}

export function useGeoRead(experimentId: string) {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (rows: RegionRows) =>
      ask<GeoResultAnswer>({ key, path: `${PATHS.experiments}/${experimentId}/read`, body: { rows } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['money'] }),
  })
}

export function useGeoDrop(experimentId: string) {
  const key = useKey()
  const { lang } = useSettings()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (reason: string) =>
      ask<Money>({
        key,
        path: `${PATHS.experiments}/${experimentId}/drop`,
        query: { lang },
        body: { reason },
      }),
    onSuccess: (data) => client.setQueryData(['money', lang], data),
  })
}
