// Questions and changes about who may sign in: one's own account, people, keys.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, pathWith } from './client.ts'
import { PATHS } from './paths.ts'
import { useKey } from './queries.ts'
import type {
  Account,
  ApiKeys,
  InviteRequest,
  Link,
  MadeKey,
  MakeKeyRequest,
  PasswordRequest,
  Totp,
  User,
  Users,
} from '../../../src/api/contract.ts'

export function useAccount(enabled: boolean) {
  const key = useKey()
  return useQuery({
    queryKey: ['account'],
    queryFn: ({ signal }) => ask<Account>({ key, path: PATHS.account, signal }),
    enabled,
  })
}

export function useUsers(enabled: boolean) {
  const key = useKey()
  return useQuery({
    queryKey: ['users'],
    queryFn: ({ signal }) => ask<Users>({ key, path: PATHS.users, signal }),
    enabled,
  })
}

export function useKeys(enabled: boolean) {
  const key = useKey()
  return useQuery({
    queryKey: ['keys'],
    queryFn: ({ signal }) => ask<ApiKeys>({ key, path: PATHS.keys, signal }),
    enabled,
  })
}

/** A change under `path`; afterwards what `stale` names is asked for anew. */
function useChange<Body, Answer>(path: (body: Body) => string, stale: string, sent: (body: Body) => unknown) {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Body) => ask<Answer>({ key, path: path(body), body: sent(body) }),
    onSuccess: () => client.invalidateQueries({ queryKey: [stale] }),
    networkMode: 'always',
  })
}

const whole = <T>(body: T): T => body

export const useChangePassword = () =>
  useChange<PasswordRequest, unknown>(() => PATHS.password, 'account', whole)
export const useBeginTotp = () =>
  useChange<{ readonly password: string }, Totp>(() => PATHS.totp, 'none', whole)
export const useTotpOn = () =>
  useChange<{ readonly code: string }, { readonly codes: readonly string[] }>(
    () => PATHS.totpOn,
    'account',
    whole,
  )
export const useTotpOff = () =>
  useChange<{ readonly password: string; readonly code: string }, unknown>(
    () => PATHS.totpOff,
    'account',
    whole,
  )
export const useRecovery = () =>
  useChange<{ readonly password: string }, { readonly codes: readonly string[] }>(
    () => PATHS.recovery,
    'account',
    whole,
  )
/** '' ends all but this one. */
export const useEndSessions = () =>
  useChange<string, unknown>(
    () => PATHS.endSessions,
    'account',
    (session) => ({ session }),
  )

export const useInvite = () => useChange<InviteRequest, Link>(() => PATHS.invite, 'users', whole)
export const useChangeRole = () =>
  useChange<{ readonly id: string; readonly role: User['role'] }, unknown>(
    ({ id }) => pathWith(PATHS.role, id),
    'users',
    ({ role }) => ({ role }),
  )
export const useChangeStanding = () =>
  useChange<{ readonly id: string; readonly standing: 'active' | 'disabled' }, unknown>(
    ({ id }) => pathWith(PATHS.standing, id),
    'users',
    ({ standing }) => ({ standing }),
  )
export const useReset = () =>
  useChange<{ readonly id: string }, Link>(
    ({ id }) => pathWith(PATHS.reset, id),
    'users',
    () => ({}),
  )

export const useMakeKey = () => useChange<MakeKeyRequest, MadeKey>(() => PATHS.makeKey, 'keys', whole)
export const useRotateKey = () =>
  useChange<{ readonly id: string; readonly overlapHours: number }, MadeKey>(
    ({ id }) => pathWith(PATHS.rotateKey, id),
    'keys',
    ({ overlapHours }) => ({ overlapHours }),
  )
export const useRevokeKey = () =>
  useChange<{ readonly id: string }, unknown>(
    ({ id }) => pathWith(PATHS.revokeKey, id),
    'keys',
    () => ({}),
  )
