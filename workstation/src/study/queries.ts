/** A study and a patient by their keys, asked for by several screens. */
import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { Api } from '@/api/api.ts'
import { useApi } from '@/session/services.tsx'

export const studyOptions = (api: Api, uid: string) =>
  queryOptions({ queryKey: ['study', uid], queryFn: ({ signal }) => api.study(uid, signal), staleTime: 30_000 })

export const patientOptions = (api: Api, key: string) =>
  queryOptions({ queryKey: ['patient', key], queryFn: ({ signal }) => api.patient(key, signal), staleTime: 30_000 })

export const reportsOptions = (api: Api, uid: string) =>
  queryOptions({ queryKey: ['reports', uid], queryFn: ({ signal }) => api.reports(uid, signal), staleTime: 30_000 })

/** Asks for a study before it is needed. */
export function usePrefetchStudy(): (uid: string) => void {
  const api = useApi()
  const client = useQueryClient()
  return useCallback((uid: string) => {
    // What fails here is told when the study is opened.
    client.query(studyOptions(api, uid)).catch(() => undefined)
  }, [api, client])
}
