/** Studies that do not fit what was ordered, and what can be done about them. */
import { keepPreviousData, queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Api } from '@/api/api.ts'
import type { Choice, Mismatch, MismatchKind, MismatchState } from '@/api/reconciliation_types.ts'
import { withoutEvents } from '@/live/events.tsx'
import { useApi } from '@/session/services.tsx'

export const reconciliationKeys = { list: ['mismatches'], one: ['reconciliation'], count: ['inbox-count', 'mismatches'] } as const

/** A study and all that does not fit about it. */
export interface Case {
  uid: string
  /** The newest of its mismatches. */
  first: Mismatch
  kinds: MismatchKind[]
}

export function casesOf(mismatches: readonly Mismatch[]): Case[] {
  const cases = new Map<string, Case>()
  for (const mismatch of mismatches) {
    const known = cases.get(mismatch.study.uid)
    if (known) known.kinds.push(mismatch.kind)
    else cases.set(mismatch.study.uid, { uid: mismatch.study.uid, first: mismatch, kinds: [mismatch.kind] })
  }
  return [...cases.values()]
}

export function useMismatches(kind: MismatchKind | null, state: MismatchState) {
  const api = useApi()
  const list = useInfiniteQuery({
    queryKey: [...reconciliationKeys.list, kind, state],
    queryFn: ({ pageParam, signal }) => api.mismatches(kind, state, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: withoutEvents,
  })
  const cases = useMemo(() => casesOf(list.data?.pages.flatMap((page) => page.items) ?? []), [list.data])
  return { ...list, cases, counts: list.data?.pages[0]?.counts }
}

export const reconciliationOptions = (api: Api, uid: string) => queryOptions({
  queryKey: [...reconciliationKeys.one, uid], queryFn: ({ signal }) => api.reconciliation(uid, signal), staleTime: 5_000,
})

export function usePreview(uid: string, choice: Choice) {
  const api = useApi()
  return useQuery({
    queryKey: ['decision-preview', uid, choice], queryFn: ({ signal }) => api.previewDecision(uid, choice, signal), staleTime: 0, gcTime: 0,
  })
}

export function useDecide() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ uid, choice, reason }: { uid: string; choice: Choice; reason: string }) => api.decide(uid, choice, reason),
    onSuccess: (study, { uid }) => client.setQueryData(reconciliationOptions(api, uid).queryKey, study),
    onSettled: () => {
      for (const queryKey of [reconciliationKeys.list, ['inbox-count'], ['studies'], ['study'], ['patient'], ['patients']]) {
        void client.invalidateQueries({ queryKey })
      }
    },
  })
}

/** Fewer letters than this would ask the server for everything. */
const shortest = 2

/** Orders and patients that a person looks for when none of the proposed ones is right. */
export function useSearch(text: string) {
  const api = useApi()
  const asked = text.trim()
  const enabled = asked.length >= shortest
  const byPatient = useQuery({
    queryKey: ['order-search', 'patient', asked], enabled, placeholderData: keepPreviousData, queryFn: ({ signal }) => api.orders({ patient: asked }, signal),
  })
  const byNumber = useQuery({
    queryKey: ['order-search', 'accession', asked], enabled, placeholderData: keepPreviousData, queryFn: ({ signal }) => api.orders({ accession: asked }, signal),
  })
  const patients = useQuery({
    queryKey: ['order-search', 'patients', asked], enabled, placeholderData: keepPreviousData, queryFn: ({ signal }) => api.patients(asked, null, signal, 10),
  })
  const orders = [...(byNumber.data?.items ?? []), ...(byPatient.data?.items ?? [])]
  return {
    enabled,
    isPending: enabled && (byPatient.isPending || byNumber.isPending || patients.isPending),
    error: byPatient.error ?? byNumber.error ?? patients.error,
    orders: enabled ? [...new Map(orders.map((order) => [order.key, order])).values()] : [],
    patients: enabled ? (patients.data?.items ?? []) : [],
  }
}
