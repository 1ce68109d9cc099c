/** The collaborators that `main.tsx` makes once, handed to the components that need them. */
import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Api } from '@/api/api.ts'
import type { UploadQueue } from '@/uploads/queue.ts'
import type { Connection, ConnectionState } from './connection.ts'

export interface Services {
  api: Api
  connection: Connection
  uploads: UploadQueue
}

export const ServicesContext = createContext<Services | null>(null)

function useServices(): Services {
  const services = useContext(ServicesContext)
  if (!services) throw new Error('ServicesContext is missing')
  return services
}

export const useApi = (): Api => useServices().api
export const useConnection = (): Connection => useServices().connection
export const useUploadQueue = (): UploadQueue => useServices().uploads

export function useConnectionState(): ConnectionState {
  const connection = useConnection()
  return useSyncExternalStore(connection.subscribe, connection.snapshot)
}
