/** The roles of the site. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Role } from '@/api/sight_types.ts'
import { useApi } from '@/session/services.tsx'
import { sessionKey } from '@/session/session.tsx'

const rolesKey = ['roles'] as const

export function useRoles() {
  const api = useApi()
  return useQuery({ queryKey: rolesKey, queryFn: ({ signal }) => api.roles(signal) })
}

export function useSaveRole() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (role: Role) => api.saveRole(role.name, role),
    onSuccess: () => {
      // It may be one's own.
      void client.invalidateQueries({ queryKey: sessionKey })
      return client.invalidateQueries({ queryKey: rolesKey })
    },
  })
}

export function useDeleteRole() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({ mutationFn: (name: string) => api.deleteRole(name), onSuccess: () => client.invalidateQueries({ queryKey: rolesKey }) })
}
