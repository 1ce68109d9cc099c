/** The audit trail from the server. No event tells of it: it is asked again while it is looked at. */
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { AuditSelection } from '@/api/audit_types.ts'
import { useApi } from '@/session/services.tsx'

export const auditKeys = { list: ['audit'], state: ['audit-state'] } as const
const again = 10_000

export function useAuditEvents(selection: AuditSelection) {
  const api = useApi()
  const list = useInfiniteQuery({
    queryKey: [...auditKeys.list, selection],
    queryFn: ({ pageParam, signal }) => api.auditEvents(selection, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    // Who has read on to older pages looks for something, and is not disturbed.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : again),
  })
  const events = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  return { ...list, events }
}

export function useAuditState() {
  const api = useApi()
  return useQuery({ queryKey: auditKeys.state, queryFn: ({ signal }) => api.auditState(signal), refetchInterval: again })
}
