/** Messages from the server; events tell when to ask again (`live/LiveQueries.tsx`). */
import { keepPreviousData, queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Api } from '@/api/api.ts'
import type { MessageSelection, Replay } from '@/api/exchange_types.ts'
import type { Language } from '@/api/types.ts'
import { withoutEvents } from '@/live/events.tsx'
import { useApi } from '@/session/services.tsx'

export const messageKeys = { list: ['messages'], one: ['message'], summary: ['message-summary'] } as const

export const summaryOptions = (api: Api) => queryOptions({
  queryKey: messageKeys.summary, queryFn: ({ signal }) => api.messageSummary(signal), refetchInterval: withoutEvents,
})

export function useMessages(selection: MessageSelection) {
  const api = useApi()
  const list = useInfiniteQuery({
    queryKey: [...messageKeys.list, selection],
    queryFn: ({ pageParam, signal }) => api.messages(selection, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  })
  const messages = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  return { ...list, messages }
}

export const useMessageSummary = () => useQuery(summaryOptions(useApi()))

export const messageOptions = (api: Api, id: number, language: Language) => queryOptions({
  queryKey: [...messageKeys.one, id, language], queryFn: ({ signal }) => api.message(id, language, signal), staleTime: 30_000,
})

export function useReplayMessages() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (replay: Replay) => api.replayMessages(replay),
    onSettled: () => Promise.all(Object.values(messageKeys).map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}
