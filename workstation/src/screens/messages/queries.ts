/** Messages from the server, kept up to date by asking how many there are in each state. */
import { keepPreviousData, queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import type { Api } from '@/api/api.ts'
import type { MessageSelection, Replay } from '@/api/exchange_types.ts'
import type { Language } from '@/api/types.ts'
import { useApi } from '@/session/services.tsx'

export const messageKeys = { list: ['messages'], one: ['message'], summary: ['message-summary'] } as const

/** Milliseconds between two looks at how many messages there are. */
const often = 5_000

export const summaryOptions = (api: Api, every = often) => queryOptions({
  queryKey: messageKeys.summary, queryFn: ({ signal }) => api.messageSummary(signal),
  // While something is being processed, its end is looked for.
  refetchInterval: (query) => (query.state.data?.states.some(({ state, count }) => state === 'received' && count > 0) ? Math.min(every, 1_000) : every),
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

/** Asking for more pages than this again, only because a message came, would cost more than it tells. */
const pagesKeptFresh = 3

/** How many messages are in each state; the list is asked for again when that changes. */
export function useMessageSummary(loadedPages: number) {
  const client = useQueryClient()
  const summary = useQuery(summaryOptions(useApi()))
  const told = useRef<string | null>(null)
  const state = summary.data && JSON.stringify(summary.data)
  useEffect(() => {
    if (state === undefined || state === told.current) return
    const first = told.current === null
    told.current = state
    if (!first && loadedPages <= pagesKeptFresh) void client.invalidateQueries({ queryKey: messageKeys.list })
    if (!first) void client.invalidateQueries({ queryKey: messageKeys.one })
  }, [client, state, loadedPages])
  return summary
}

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
