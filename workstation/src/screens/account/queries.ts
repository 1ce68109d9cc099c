import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useApi } from '@/session/services.tsx'

export const keys = { factors: ['factors'], sessions: ['sessions'] } as const

export function useFactors() {
  const api = useApi()
  return useQuery({ queryKey: keys.factors, queryFn: ({ signal }) => api.factors(signal) })
}

export function useSessions() {
  const api = useApi()
  return useQuery({ queryKey: keys.sessions, queryFn: ({ signal }) => api.sessions(signal) })
}

export function useEndSession() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({ mutationFn: (id: string) => api.endSession(id), onSettled: () => client.invalidateQueries({ queryKey: keys.sessions }) })
}
