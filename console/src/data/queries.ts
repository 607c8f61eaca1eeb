// One hook per question the console asks. Answers are cached by language, since sentences come in the
// language asked for.

import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { ask, pathWith } from './client.ts'
import type { DecisionFilter } from './decision-filter.ts'
import { PATHS } from './paths.ts'
import { readDoor, readKey, subscribeSession } from './session.ts'
import { readSettings, subscribeSettings, type Settings } from './settings.ts'
import type {
  Brief,
  CampaignForecastView,
  Customer,
  Customers,
  DataHealth,
  DecisionDetail,
  DecisionsPage,
  Gate,
  AttributionView,
  Recommendations,
  Training,
  Kpis,
  Lift,
  Money,
  Models,
  SendTimeView,
  Plan,
  PlanRequest,
  PlanResult,
  ResumeRequest,
  Segments,
  Session,
  StopRequest,
  StopState,
  TrainRequest,
} from '../../../src/api/contract.ts'

const PAGE_ROWS = 100
const POLL_MS = 5000

export function useSettings(): Settings {
  return useSyncExternalStore(subscribeSettings, readSettings)
}

export function useKey(): string {
  return useSyncExternalStore(subscribeSession, readKey) ?? ''
}

/** Who is signed in and what they may; null until the server has said. */
export function useDoor(): Session | null {
  return useSyncExternalStore(subscribeSession, readDoor)
}

/** Whether the reader may; yes until the server has said, since it is the server that refuses. */
export function useMay(permission: string): boolean {
  const door = useDoor()
  return door === null || door.principal === null || door.permissions.includes(permission)
}

/** The brief; the live stream keeps it fresh, and polling takes over while the stream is down. */
export function useBrief(poll: boolean) {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['brief', lang],
    queryFn: ({ signal }) => ask<Brief>({ key, path: PATHS.brief, query: { lang }, signal }),
    refetchInterval: poll ? POLL_MS : false,
    placeholderData: keepPreviousData,
  })
}

export function useDecisions(filter: DecisionFilter) {
  const key = useKey()
  const { lang } = useSettings()
  return useInfiniteQuery({
    queryKey: ['decisions', lang, filter],
    queryFn: ({ pageParam, signal }) =>
      ask<DecisionsPage>({
        key,
        path: PATHS.decisions,
        query: { ...filter, before: pageParam, limit: PAGE_ROWS, lang },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })
}

/** The newest decisions about one person, to answer "why nothing?". */
export function usePersonDecisions(profile: string) {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['person-decisions', lang, profile],
    queryFn: ({ signal }) =>
      ask<DecisionsPage>({ key, path: PATHS.decisions, query: { profile, limit: 50, lang }, signal }),
  })
}

export function useDecision(id: string) {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['decision', lang, id],
    queryFn: ({ signal }) =>
      ask<DecisionDetail>({ key, path: pathWith(PATHS.decision, id), query: { lang }, signal }),
  })
}

export function useCustomers(text: string, enabled = true) {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['customers', lang, text],
    queryFn: ({ signal }) =>
      ask<Customers>({ key, path: PATHS.customers, query: { q: text, limit: 50, lang }, signal }),
    placeholderData: keepPreviousData,
    enabled,
  })
}

export function useCustomer(id: string) {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['customer', lang, id],
    queryFn: ({ signal }) =>
      ask<Customer>({ key, path: pathWith(PATHS.customer, id), query: { lang }, signal }),
  })
}

/** Lift per campaign, in the order asked for. */
export function useLifts(campaigns: readonly string[]) {
  const key = useKey()
  const { lang } = useSettings()
  return useQueries({
    queries: campaigns.map((campaign) => ({
      queryKey: ['lift', lang, campaign],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        ask<Lift>({ key, path: PATHS.lift, query: { campaign, lang }, signal }),
      refetchInterval: POLL_MS * 2,
    })),
  })
}

export function useGate() {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['gate', lang],
    queryFn: ({ signal }) => ask<Gate>({ key, path: PATHS.gate, query: { lang }, signal }),
    refetchInterval: POLL_MS * 2,
  })
}

/** What a campaign will bring; worked out by trial decisions, so it is asked for once a minute at most. */
export function useCampaignForecast(campaignId: string) {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['campaign-forecast', campaignId, lang],
    queryFn: ({ signal }) =>
      ask<CampaignForecastView>({
        key,
        path: pathWith(PATHS.campaignForecast, campaignId),
        query: { lang },
        signal,
      }),
    enabled: campaignId !== '',
    staleTime: 60_000,
  })
}

export function useSegments() {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['segments', lang],
    queryFn: ({ signal }) => ask<Segments>({ key, path: PATHS.segments, query: { lang }, signal }),
    refetchInterval: POLL_MS,
  })
}

export function useKpis() {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['kpis', lang],
    queryFn: ({ signal }) => ask<Kpis>({ key, path: PATHS.kpis, query: { lang }, signal }),
    refetchInterval: POLL_MS,
  })
}

export function useAttribution(by: AttributionView['by'], touches: AttributionView['touches']) {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['attribution', by, touches, lang],
    queryFn: ({ signal }) =>
      ask<AttributionView>({ key, path: PATHS.attribution, query: { by, touches, lang }, signal }),
    refetchInterval: POLL_MS,
  })
}

export function useRecommendations() {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['recommendations', lang],
    queryFn: ({ signal }) =>
      ask<Recommendations>({ key, path: PATHS.recommendations, query: { lang }, signal }),
    refetchInterval: POLL_MS,
  })
}

export function useTrainRecommender() {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => ask<Training>({ key, path: PATHS.trainRecommender, body: {} }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['recommendations'] }),
  })
}

/** Looks more often while a training is under way. */
export function useModels() {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['models', lang],
    queryFn: ({ signal }) => ask<Models>({ key, path: PATHS.models, query: { lang }, signal }),
    refetchInterval: ({ state }) => (state.data?.training === true ? 1_000 : POLL_MS),
  })
}

/** When people answer. */
export function useSendTime() {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['sendTime', lang],
    queryFn: ({ signal }) => ask<SendTimeView>({ key, path: PATHS.sendTime, query: { lang }, signal }),
    refetchInterval: POLL_MS,
  })
}

export function useTrain() {
  const key = useKey()
  const { lang } = useSettings()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (request: TrainRequest) => ask<Models>({ key, path: PATHS.train, body: request }),
    onSuccess: (models) => client.setQueryData(['models', lang], models),
  })
}

export function useDataHealth() {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['health', lang],
    queryFn: ({ signal }) => ask<DataHealth>({ key, path: PATHS.health, query: { lang }, signal }),
    refetchInterval: POLL_MS,
  })
}

export function useMoney() {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['money', lang],
    queryFn: ({ signal }) => ask<Money>({ key, path: PATHS.money, query: { lang }, signal }),
    refetchInterval: POLL_MS,
  })
}

/** Says that a person has seen an incident; what comes back is the page's data as it is now. */
export function useCloseIncident() {
  const key = useKey()
  const { lang } = useSettings()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (incidentId: string) =>
      ask<Money>({ key, path: PATHS.closeIncident, query: { lang }, body: { incidentId } }),
    onSuccess: (data) => client.setQueryData(['money', lang], data),
  })
}

export function usePlan() {
  const key = useKey()
  return useQuery({
    queryKey: ['plan'],
    queryFn: ({ signal }) => ask<Plan>({ key, path: PATHS.plan, signal }),
    // A refetch while somebody types would be a surprise; applying refetches by itself.
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export function useApplyPlan() {
  const key = useKey()
  const { lang } = useSettings()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (request: PlanRequest) =>
      ask<PlanResult>({ key, path: PATHS.applyPlan, query: { lang }, body: request }),
    onSuccess: async (result) => {
      if (result.applied)
        await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'decision' })
    },
  })
}

/** STOP. The state shown afterwards is read back from the server, never assumed. */
export function useStop() {
  const key = useKey()
  const readBack = useReadBack()
  return useMutation({
    mutationFn: async (request: StopRequest) => {
      await ask<unknown>({ key, path: PATHS.stop, body: request })
      return readBack()
    },
    retry: 2,
    retryDelay: 300,
    networkMode: 'always',
  })
}

export function useResume() {
  const key = useKey()
  const readBack = useReadBack()
  return useMutation({
    mutationFn: async (request: ResumeRequest) => {
      await ask<unknown>({ key, path: PATHS.resume, body: request })
      return readBack()
    },
    onError: async () => {
      await readBack()
    },
    networkMode: 'always',
  })
}

function useReadBack(): () => Promise<StopState> {
  const key = useKey()
  const client = useQueryClient()
  return async () => {
    const state = await ask<StopState>({ key, path: PATHS.stopState })
    client.setQueriesData<Brief>({ queryKey: ['brief'] }, (brief) => brief && { ...brief, stop: state })
    return state
  }
}
