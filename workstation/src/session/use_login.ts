/** Logging in, from the login page and from the dialog over an expired screen. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Session } from '@/api/types.ts'
import { useApi, useConnection } from './services.tsx'
import { sessionKey } from './session.tsx'

export function useLogin(onDone: (session: Session) => void) {
  const api = useApi()
  const connection = useConnection()
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ name, password }: { name: string; password: string }) => api.login(name, password),
    retry: false,
    onSuccess: (session) => {
      client.setQueryData(sessionKey, session)
      connection.authorized()
      onDone(session)
    },
  })
}
