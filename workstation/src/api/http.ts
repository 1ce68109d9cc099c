/** One call over HTTP: JSON in and out, and every failure as a ProblemError or an UnreachableError. */
import { problemFrom, UnreachableError } from './problem.ts'

export type Query = Record<string, string | number | string[] | undefined>

export interface HttpHooks {
  /** The session is gone (401). */
  onUnauthorized: () => void
  /** Something has to be done first (423): the screen is locked. */
  onBarred: () => void
  /** No answer came. */
  onUnreachable: () => void
}

export interface CallOptions {
  query?: Query
  body?: unknown
  type?: string
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
  /** Ends even when the page is left. */
  keepalive?: boolean
  /** A 401 is an answer here, not the end of the session. */
  anonymous?: boolean
}

export type Call = (method: string, path: string, options?: CallOptions) => Promise<Response>

export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue
    for (const each of Array.isArray(value) ? value : [String(value)]) parameters.append(name, each)
  }
  const search = parameters.toString()
  return search === '' ? path : `${path}?${search}`
}

function requestInit(method: string, options: CallOptions): RequestInit {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers }
  const init: RequestInit = { method, headers, credentials: 'same-origin' }
  if (options.body !== undefined) {
    headers['Content-Type'] = options.type ?? 'application/json'
    init.body = JSON.stringify(options.body)
  }
  if (options.signal) init.signal = options.signal
  if (options.keepalive) init.keepalive = true
  return init
}

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

export function createCall(hooks: HttpHooks): Call {
  return async (method, path, options = {}) => {
    let response: Response
    try {
      response = await fetch(address(path, options.query), requestInit(method, options))
    } catch (error) {
      if (isAbort(error)) throw error
      hooks.onUnreachable()
      throw new UnreachableError(path)
    }
    if (response.ok) return response
    if (response.status === 423) hooks.onBarred()
    if (response.status === 401 && options.anonymous !== true) hooks.onUnauthorized()
    throw problemFrom(response.status, await response.text(), response.headers.get('Retry-After'))
  }
}
