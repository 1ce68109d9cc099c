/** What can go wrong with a call, in the form in which it is shown to a person. */

export interface ProblemDetails {
  status: number
  title: string
  detail: string
  reference: string
  /** Seconds after which another attempt makes sense. */
  retryAfter: number | null
}

/** The server answered, and the answer is no. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  constructor(readonly problem: ProblemDetails) {
    super(problem.title || `HTTP ${problem.status}`)
  }
}

/** No answer came: the network or the server is away. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

export function problemFrom(status: number, body: string, retryAfter: string | null): ProblemError {
  let parsed: Record<string, unknown> = {}
  try {
    const value: unknown = JSON.parse(body)
    if (value !== null && typeof value === 'object') parsed = value as Record<string, unknown>
  } catch {
    // A proxy in between may answer with a page of its own; the status says enough then.
  }
  const seconds = Number(retryAfter ?? '')
  return new ProblemError({
    status,
    title: text(parsed['title']),
    detail: text(parsed['detail']),
    reference: text(parsed['reference']),
    retryAfter: retryAfter !== null && Number.isFinite(seconds) ? seconds : null,
  })
}

export const statusOf = (error: unknown): number | null => (error instanceof ProblemError ? error.problem.status : null)
