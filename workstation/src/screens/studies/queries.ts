/** The study list from the server, kept alive by events. */
import {
  keepPreviousData, useInfiniteQuery, useQuery, useQueryClient, type InfiniteData, type QueryClient,
} from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Api } from '@/api/api.ts'
import type { Page, Study, StudyDetail, StudyFilters } from '@/api/types.ts'
import { useLive } from '@/live/events.tsx'
import { useApi } from '@/session/services.tsx'

type Pages = InfiniteData<Page<Study>, string | null>

const listKey = (filters: StudyFilters) => ['studies', filters] as const

export function useStudies(filters: StudyFilters) {
  const api = useApi()
  const list = useInfiniteQuery({
    queryKey: listKey(filters),
    queryFn: ({ pageParam, signal }) => api.studies(filters, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    // Events keep it fresh; asking for every page again would only cost.
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const studies = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data])
  return { ...list, studies }
}

export function useStudyCount(filters: StudyFilters) {
  const api = useApi()
  return useQuery({
    queryKey: ['studies-count', filters],
    queryFn: ({ signal }) => api.studyCount(filters, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
}

/**
 * The first page as it is now, laid over what is loaded. What it pushed beyond its end stays, in its order; what was
 * deleted goes.
 */
export function mergeHead(pages: Pages, head: Page<Study>, deleted: ReadonlySet<string>): { data: Pages; added: string[] } {
  const before = new Set(pages.pages.flatMap((page) => page.items.map((study) => study.uid)))
  const atHead = new Set(head.items.map((study) => study.uid))
  const rest = pages.pages.map((page) => page.items.filter((study) => !atHead.has(study.uid) && !deleted.has(study.uid)))
  const next = pages.pages.map((page, index) => ({ ...page, items: [...(index === 0 ? head.items : []), ...(rest[index] ?? [])] }))
  return { data: { ...pages, pages: next }, added: head.items.map((study) => study.uid).filter((uid) => !before.has(uid)) }
}

export const toStudy = (detail: StudyDetail): Study => ({ ...detail, series: detail.series.length })

function patch(pages: Pages, study: Study): Pages {
  const replace = (each: Study): Study => (each.uid === study.uid ? study : each)
  return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.map(replace) })) }
}

/** Studies further down that changed are fetched one by one; beyond this many it would be a flood. */
const fetchedSingly = 8

interface Update {
  client: QueryClient
  api: Api
  filters: StudyFilters
  changed: Set<string>
  deleted: Set<string>
}

async function update({ client, api, filters, changed, deleted }: Update): Promise<string[]> {
  const key = listKey(filters)
  const head = await api.studies(filters, null)
  const pages = client.getQueryData<Pages>(key)
  if (!pages) return []
  const merged = mergeHead(pages, head, deleted)
  client.setQueryData(key, merged.data)
  const atHead = new Set(head.items.map((study) => study.uid))
  const below = merged.data.pages.flatMap((page) => page.items).filter(({ uid }) => changed.has(uid) && !atHead.has(uid))
  for (const { uid } of below.slice(0, fetchedSingly)) {
    const study = toStudy(await api.study(uid))
    client.setQueryData<Pages>(key, (now) => now && patch(now, study))
  }
  return merged.added
}

const quietFor = 300
const waitAtMost = 2_000

/** Follows the events; the result are the studies that came in while the list was shown. */
export function useLiveStudies(filters: StudyFilters): ReadonlySet<string> {
  const api = useApi()
  const client = useQueryClient()
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())
  const waiting = useRef({ changed: new Set<string>(), deleted: new Set<string>(), since: 0, timer: 0 })

  const run = (): void => {
    const { changed, deleted } = waiting.current
    waiting.current = { changed: new Set(), deleted: new Set(), since: 0, timer: 0 }
    for (const uid of changed) void client.invalidateQueries({ queryKey: ['study', uid] })
    void client.invalidateQueries({ queryKey: ['studies-count'] })
    void client.invalidateQueries({ queryKey: ['patient'] })
    update({ client, api, filters, changed, deleted }).then(
      (added) => {
        if (added.length > 0) setFresh((known) => new Set([...known, ...added]))
      },
      // The list stays as it is; the offline banner tells, and the next event or reconnect brings it up to date.
      () => undefined,
    )
  }
  useLive((event) => {
    if (event.type === 'quarantine' || event.type === 'subject') return
    const state = waiting.current
    if (event.type === 'study') (event.study.kind === 'deleted' ? state.deleted : state.changed).add(event.study.uid)
    state.since ||= Date.now()
    clearTimeout(state.timer)
    state.timer = window.setTimeout(run, Math.max(0, Math.min(quietFor, state.since + waitAtMost - Date.now())))
  })
  useEffect(() => {
    const { current } = waiting
    return () => clearTimeout(current.timer)
  }, [])
  return fresh
}
