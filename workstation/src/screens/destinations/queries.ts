/** Destinations and their queues. */
import { keepPreviousData, queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Api } from '@/api/api.ts'
import type { DeliveryFilters, DestinationSettings } from '@/api/exchange_types.ts'
import type { Language } from '@/api/types.ts'
import { withoutEvents } from '@/live/events.tsx'
import { useApi } from '@/session/services.tsx'

export const destinationKeys = { all: ['destinations'], deliveries: ['deliveries'], one: ['delivery'] } as const

export function useDestinations() {
  const api = useApi()
  return useQuery({ queryKey: destinationKeys.all, queryFn: ({ signal }) => api.destinations(signal), refetchInterval: withoutEvents })
}

export function useDeliveries(filters: DeliveryFilters) {
  const api = useApi()
  const list = useInfiniteQuery({
    queryKey: [...destinationKeys.deliveries, filters],
    queryFn: ({ pageParam, signal }) => api.deliveries(filters, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) <= 2 ? withoutEvents : false),
  })
  const deliveries = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  return { ...list, deliveries }
}

export const deliveryOptions = (api: Api, id: number, language: Language) => queryOptions({
  queryKey: [...destinationKeys.one, id, language], queryFn: ({ signal }) => api.delivery(id, language, signal),
})

/** Does something to destinations or deliveries, and asks for them again. */
export function useDoing<Input, Output>(act: (api: Api, input: Input) => Promise<Output>) {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => act(api, input),
    onSettled: () => Promise.all(Object.values(destinationKeys).map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}

export const useSaveDestination = () => useDoing((api, { name, settings, isNew }: { name: string; settings: DestinationSettings; isNew: boolean }) =>
  (isNew ? api.addDestination(name, settings) : api.changeDestination(name, settings)))
