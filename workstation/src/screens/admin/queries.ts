/** What the administration asks for and changes. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { AccountChange, NewAccount, RemoteAe, TokenForm } from '@/api/types.ts'
import { useApi } from '@/session/services.tsx'
import { useNotices } from '@/ui/Notices.tsx'

export const keys = { ae: ['ae'], users: ['users'], tokens: ['tokens'], system: ['system'] } as const

export function useRemoteAes() {
  const api = useApi()
  return useQuery({ queryKey: keys.ae, queryFn: ({ signal }) => api.remoteAes(signal) })
}

export function useSaveAe() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({ mutationFn: (ae: RemoteAe) => api.saveAe(ae), onSuccess: () => client.invalidateQueries({ queryKey: keys.ae }) })
}

export function useAccounts() {
  const api = useApi()
  return useQuery({ queryKey: keys.users, queryFn: ({ signal }) => api.accounts(signal) })
}

export function useCreateAccount() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({ mutationFn: (account: NewAccount) => api.createAccount(account), onSuccess: () => client.invalidateQueries({ queryKey: keys.users }) })
}

export function useChangeAccount() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ name, change }: { name: string; change: AccountChange }) => api.changeAccount(name, change),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.users }),
  })
}

export function useResetFactors(onDone: () => void) {
  const api = useApi()
  const client = useQueryClient()
  const { tellProblem } = useNotices()
  return useMutation({
    mutationFn: (name: string) => api.resetFactors(name),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: keys.users }); onDone() },
    onError: tellProblem,
  })
}

export function useTokens() {
  const api = useApi()
  return useQuery({ queryKey: keys.tokens, queryFn: ({ signal }) => api.tokens(signal) })
}

export function useCreateToken() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({ mutationFn: (form: TokenForm) => api.createToken(form), onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }) })
}

export function useSystem() {
  const api = useApi()
  return useQuery({ queryKey: keys.system, queryFn: ({ signal }) => api.system(signal), refetchInterval: 5_000 })
}
