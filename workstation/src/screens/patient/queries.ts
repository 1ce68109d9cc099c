/** All that is known of a patient: studies, orders, who else it was, and what was reported. */
import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import type { Report, StudyDetail } from '@/api/types.ts'
import { useLive } from '@/live/events.tsx'
import { useApi } from '@/session/services.tsx'
import { patientOptions, reportsOptions } from '@/study/queries.ts'
import { newestFirst, orderEvent, reportEvents, studyEvent, type Event } from './timeline.ts'

/** How long events are gathered before the page is asked for again. */
const gather = 500

/** Of so many studies it is asked what was reported; of older ones only where a report is among the images. */
const askedOf = 40

export function usePatient(key: string) {
  const api = useApi()
  const query = useQuery(patientOptions(api, key))
  const { refetch } = query
  const timer = useRef<number | null>(null)
  useLive((event) => {
    if (event.type !== 'study' || timer.current !== null) return
    timer.current = window.setTimeout(() => {
      timer.current = null
      void refetch()
    }, gather)
  })
  useEffect(() => () => {
    if (timer.current !== null) clearTimeout(timer.current)
  }, [])
  return query
}

const none: readonly StudyDetail[] = []
const dataOf = (answers: UseQueryResult<Report[]>[]) => answers.map(({ data }) => data)

/** Everything that happened or is planned, the newest first. */
export function useTimeline(patient: ReturnType<typeof usePatient>['data']): Event[] {
  const api = useApi()
  const studies = patient?.studies_list ?? none
  const asked = useMemo(() => studies.filter((study, index) => index < askedOf || study.has_report), [studies])
  const reports = useQueries({ queries: asked.map((study) => reportsOptions(api, study.uid)), combine: dataOf })
  return useMemo(() => {
    const reported = asked.flatMap((study, index) => reportEvents(study, reports[index] ?? []))
    return newestFirst([...(patient?.orders ?? []).map(orderEvent), ...studies.map(studyEvent), ...reported])
  }, [patient, studies, asked, reports])
}
