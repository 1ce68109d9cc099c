/** Who may see a patient or a study by name, and what can be done about it. */
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Api } from '@/api/api.ts'
import type { CareForm, Emergency, EmergencyForm } from '@/api/sight_types.ts'
import { useApi } from '@/session/services.tsx'
import { useMay, useSession } from '@/session/session.tsx'
import { endOf, rememberEnd } from './emergencies.ts'

export const careOptions = (api: Api, patient: string) =>
  queryOptions({ queryKey: ['care', patient], queryFn: ({ signal }) => api.care(patient, signal) })

export const assignmentOptions = (api: Api, study: string) =>
  queryOptions({ queryKey: ['assignments', study], queryFn: ({ signal }) => api.assignments(study, signal) })

const confidentialKey = (patient: string) => ['confidential', patient] as const
const emergencyKey = (patient: string) => ['emergency', patient] as const

/** Undefined while it is not known, and for those who have nothing to do with the mark. */
export function useConfidential(patient: string): boolean | undefined {
  const api = useApi()
  const enabled = useMay('flag')
  return useQuery({
    queryKey: confidentialKey(patient), enabled, staleTime: 60_000, queryFn: ({ signal }) => api.isConfidential(patient, signal),
  }).data
}

export function useMark(patient: string) {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (confidential: boolean) => api.markConfidential(patient, confidential),
    onSuccess: ({ confidential }) => client.setQueryData(confidentialKey(patient), confidential),
  })
}

export function useNoteCare(patient: string) {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (form: CareForm) => api.noteCare(patient, form),
    onSuccess: () => client.invalidateQueries({ queryKey: careOptions(api, patient).queryKey }),
  })
}

export function useEndCare(patient: string) {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (relation: string) => api.endCare(patient, relation),
    onSettled: () => client.invalidateQueries({ queryKey: careOptions(api, patient).queryKey }),
  })
}

export function useAssign(study: string) {
  const api = useApi()
  const client = useQueryClient()
  const settled = { onSettled: () => client.invalidateQueries({ queryKey: assignmentOptions(api, study).queryKey }) }
  const give = useMutation({ mutationFn: (account: string) => api.assign(study, account), ...settled })
  const take = useMutation({ mutationFn: (account: string) => api.takeBack(study, account), ...settled })
  return { give, take }
}

export type Wanted = { key: string; reason: string } | EmergencyForm

/** Opens a patient; what is shown is asked for again, since more of it is seen now. */
export function useOpenInEmergency(onOpened: (opened: Emergency) => void) {
  const api = useApi()
  const client = useQueryClient()
  const { user } = useSession()
  return useMutation({
    mutationFn: (wanted: Wanted) => ('key' in wanted ? api.openPatient(wanted.key, wanted.reason) : api.openUnseen(wanted)),
    onSuccess: (opened) => {
      rememberEnd(user.name, opened)
      client.setQueryData(emergencyKey(opened.patient), opened.until)
      void client.invalidateQueries()
      onOpened(opened)
    },
  })
}

/** Until when the user has opened a patient in an emergency, if that is so. What was seen because of it is asked for again at its end. */
export function useEmergencyEnd(patient: string): string | null {
  const client = useQueryClient()
  const { user } = useSession()
  const { data: until = null } = useQuery({ queryKey: emergencyKey(patient), queryFn: () => endOf(user.name, patient), staleTime: Infinity })
  useEffect(() => {
    if (until === null) return
    const timer = setTimeout(() => void client.invalidateQueries(), Math.max(0, Date.parse(until) - Date.now()))
    return () => clearTimeout(timer)
  }, [until, client])
  return until
}
