/** The patients, page by page. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useApi } from '@/session/services.tsx'

export function usePatients(search: string) {
  const api = useApi()
  const list = useInfiniteQuery({
    queryKey: ['patients', search],
    queryFn: ({ pageParam, signal }) => api.patients(search, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
  return { ...list, patients: list.data?.pages.flatMap((page) => page.items) ?? [] }
}
