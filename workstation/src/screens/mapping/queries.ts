/** The profiles of message sources, and what one would make of a message. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { ProfileDraft, ProfileExample } from '@/api/exchange_types.ts'
import { useApi } from '@/session/services.tsx'

const profilesKey = ['profiles'] as const

export function useProfiles(source: string, enabled = true) {
  const api = useApi()
  return useQuery({ queryKey: [...profilesKey, 'all', source], queryFn: ({ signal }) => api.profiles(source, signal), enabled })
}

export function useVersions(name: string) {
  const api = useApi()
  return useQuery({
    queryKey: [...profilesKey, 'versions', name], queryFn: ({ signal }) => api.profileVersions(name, signal), enabled: name !== '',
  })
}

/** Long enough to finish a word, too short to wait for. */
const pause = 350

function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

/** What a draft makes of an example, a moment after it was typed. */
export function useTrial(draft: ProfileDraft, example: ProfileExample | null) {
  const api = useApi()
  const asked = useSettled(JSON.stringify({ draft, example }))
  return useQuery({
    queryKey: ['profile-trial', asked],
    queryFn: ({ signal }) => {
      const { draft: typed, example: chosen } = JSON.parse(asked) as { draft: ProfileDraft; example: ProfileExample }
      return api.tryProfile(typed, chosen, signal)
    },
    enabled: example !== null, placeholderData: keepPreviousData, retry: false, staleTime: 5_000,
  })
}

function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: profilesKey }), client.invalidateQueries({ queryKey: ['profile-trial'] })]),
  })
}

export function useSaveProfile() {
  const api = useApi()
  return useChange((draft: ProfileDraft) => api.saveProfile(draft))
}

export function useActivate() {
  const api = useApi()
  return useChange(({ name, version }: { name: string; version: number }) => api.activateProfile(name, version))
}

export function useRetire() {
  const api = useApi()
  return useChange((name: string) => api.retireProfile(name))
}
