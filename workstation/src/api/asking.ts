/** The forms of questions that the parts of the API have in common. */
import type { Call, CallOptions, Query } from './http.ts'

export const segment = encodeURIComponent

export const page = (cursor: string | null, limit = 100): Query => ({ limit, cursor: cursor ?? undefined })

export function asking(call: Call) {
  return {
    json: async <Answer>(method: string, path: string, options?: CallOptions): Promise<Answer> =>
      (await (await call(method, path, options)).json()) as Answer,
    nothing: async (method: string, path: string, options?: CallOptions): Promise<void> => {
      await call(method, path, options)
    },
  }
}
