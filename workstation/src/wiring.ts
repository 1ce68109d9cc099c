/** The collaborators of the workstation, made and joined. */
import { QueryClient } from '@tanstack/react-query'
import { createApi } from './api/api.ts'
import { createCall } from './api/http.ts'
import { statusOf } from './api/problem.ts'
import { Connection } from './session/connection.ts'
import type { Services } from './session/services.tsx'
import { UploadQueue } from './uploads/queue.ts'
import { sendFile, type Send } from './uploads/send.ts'

const attempts = 2

/** What the server has understood and refused is not asked again. */
function worthRetrying(count: number, error: unknown): boolean {
  const status = statusOf(error)
  return count < attempts && (status === null || status >= 500) && status !== 507
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Whether there is a line is found out by asking; browsers guess wrong on hospital networks.
      queries: { retry: worthRetrying, networkMode: 'always', retryDelay: (count) => 400 * 2 ** count },
      mutations: { networkMode: 'always' },
    },
  })
}

export interface Wired {
  services: Services
  queryClient: QueryClient
}

export function createServices(send: Send = sendFile): Wired {
  const connection = new Connection()
  const call = createCall({ onUnauthorized: connection.unauthorized, onBarred: connection.barred, onUnreachable: connection.lost })
  const uploads = new UploadQueue(send, connection.unauthorized)
  return { services: { api: createApi(call), connection, uploads }, queryClient: createQueryClient() }
}
