// One hook per question and answer about governing: what waits, what the policy is, what it allows by now.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, pathWith } from './client.ts'
import { PATHS } from './paths.ts'
import { useKey, useSettings } from './queries.ts'
import type {
  AnswerBody,
  Drill,
  GuardrailsView,
  PolicyRequest,
  PolicyResult,
  PolicyView,
  PromoteRequest,
  ProposalsView,
  ProposalView,
} from '../../../src/api/contract.ts'

const POLL_MS = 3000

export function useProposals() {
  const key = useKey()
  const { lang } = useSettings()
  return useQuery({
    queryKey: ['proposals', lang],
    queryFn: ({ signal }) => ask<ProposalsView>({ key, path: PATHS.proposals, query: { lang }, signal }),
    refetchInterval: POLL_MS,
  })
}

export type AnswerGiven = { readonly proposalIds: readonly string[]; readonly body: AnswerBody }

/** Answers one after the other; what went before a refusal stands. */
export function useAnswer() {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ proposalIds, body }: AnswerGiven) => {
      const answered: ProposalView[] = []
      for (const id of proposalIds)
        answered.push(await ask<ProposalView>({ key, path: pathWith(PATHS.answerProposal, id), body }))
      return answered
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ['proposals'] })
      await client.invalidateQueries({ queryKey: ['brief'] })
      await client.invalidateQueries({ queryKey: ['policy'] })
      await client.invalidateQueries({ queryKey: ['guardrails'] })
    },
  })
}

export function usePolicy() {
  const key = useKey()
  return useQuery({
    queryKey: ['policy'],
    queryFn: ({ signal }) => ask<PolicyView>({ key, path: PATHS.policy, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export function useApplyPolicy() {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (request: PolicyRequest) =>
      ask<PolicyResult>({ key, path: PATHS.applyPolicy, body: request }),
    onSuccess: async ({ applied, waits }) => {
      if (!applied && waits === null) return
      for (const name of ['policy', 'guardrails', 'proposals', 'brief', 'plan'])
        await client.invalidateQueries({ queryKey: [name] })
    },
  })
}

export function useGuardrails() {
  const key = useKey()
  return useQuery({
    queryKey: ['guardrails'],
    queryFn: ({ signal }) => ask<GuardrailsView>({ key, path: PATHS.guardrails, signal }),
    refetchInterval: POLL_MS * 2,
  })
}

export function usePromote() {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (request: PromoteRequest) => ask<ProposalView>({ key, path: PATHS.promote, body: request }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['guardrails'] })
      await client.invalidateQueries({ queryKey: ['proposals'] })
      await client.invalidateQueries({ queryKey: ['brief'] })
    },
  })
}

export function useDrill() {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => ask<Drill>({ key, path: PATHS.drill, body: {} }),
    onSettled: async () => client.invalidateQueries({ queryKey: ['guardrails'] }),
  })
}
