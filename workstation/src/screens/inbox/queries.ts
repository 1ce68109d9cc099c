/** Quarantine and conflicts from the server, and what can be done about them. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi } from '@/session/services.tsx'

const quarantineKey = ['quarantine'] as const
const conflictsKey = ['conflicts'] as const

export function useQuarantine() {
  const api = useApi()
  const list = useInfiniteQuery({
    queryKey: quarantineKey,
    queryFn: ({ pageParam, signal }) => api.quarantine(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  return { ...list, items: list.data?.pages.flatMap((page) => page.items) ?? [], count: list.data?.pages[0]?.count ?? 0 }
}

export function useConflicts() {
  const api = useApi()
  const list = useInfiniteQuery({
    queryKey: conflictsKey,
    queryFn: ({ pageParam, signal }) => api.conflicts(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  })
  return { ...list, items: list.data?.pages.flatMap((page) => page.items) ?? [], count: list.data?.pages[0]?.count ?? 0 }
}

/** Asks for the inbox again after something in it was dealt with. */
export function useInboxRefresh(): () => void {
  const client = useQueryClient()
  return () => {
    void client.invalidateQueries({ queryKey: quarantineKey })
    void client.invalidateQueries({ queryKey: conflictsKey })
    void client.invalidateQueries({ queryKey: ['inbox-count'] })
  }
}

export function useReplay() {
  const api = useApi()
  const refresh = useInboxRefresh()
  return useMutation({ mutationFn: (id: string) => api.replayQuarantined(id), onSettled: refresh })
}

export function useResolve() {
  const api = useApi()
  const refresh = useInboxRefresh()
  return useMutation({
    mutationFn: ({ id, keep }: { id: string; keep: 'first' | 'second' }) => api.resolveConflict(id, keep),
    onSettled: refresh,
  })
}
