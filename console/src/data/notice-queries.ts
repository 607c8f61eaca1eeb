// Questions and changes about being told outside the console: one's own ways, and who was called for what.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask } from './client.ts'
import { PATHS } from './paths.ts'
import { useKey } from './queries.ts'
import type {
  NoticesView,
  NoticeTest,
  NoticeWay,
  OwnNotices,
  PreferencesRequest,
  TelegramCode,
} from '../../../src/api/contract.ts'

export function useOwnNotices() {
  const key = useKey()
  return useQuery({
    queryKey: ['ownNotices'],
    queryFn: ({ signal }) => ask<OwnNotices>({ key, path: PATHS.ownNotices, signal }),
  })
}

export function useNotices() {
  const key = useKey()
  return useQuery({
    queryKey: ['notices'],
    queryFn: ({ signal }) => ask<NoticesView>({ key, path: PATHS.notices, signal }),
    refetchInterval: 10_000,
  })
}

function useNoticeChange<Body, Answer>(path: string) {
  const key = useKey()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Body) => ask<Answer>({ key, path, body }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['ownNotices'] })
      await client.invalidateQueries({ queryKey: ['notices'] })
    },
    networkMode: 'always',
  })
}

export const useChooseNotices = () => useNoticeChange<PreferencesRequest, OwnNotices>(PATHS.chooseNotices)
export const useTestNotice = () =>
  useNoticeChange<{ readonly way: NoticeWay }, NoticeTest>(PATHS.testOwnNotice)
export const useTelegramCode = () => useNoticeChange<object, TelegramCode>(PATHS.telegramCode)
export const useTelegramOff = () => useNoticeChange<object, unknown>(PATHS.telegramOff)
