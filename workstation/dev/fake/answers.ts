/** Answers of the fake server in the forms of the real one. */
export const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'Content-Type': 'application/json' } })

export const nothing = (): Response => new Response(null, { status: 204 })

export function problem(status: number, title: string, detail = '', headers: Record<string, string> = {}): Response {
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, reference: `dev-${status}` })
  return new Response(body, { status, headers: { 'Content-Type': 'application/problem+json', ...headers } })
}

export function page<Item>(items: readonly Item[], query: URLSearchParams): { items: Item[]; next_cursor: string | null } {
  const limit = Math.min(500, Number(query.get('limit') ?? 100))
  const start = Number(query.get('cursor') ?? 0)
  const end = start + limit
  return { items: items.slice(start, end), next_cursor: end < items.length ? String(end) : null }
}
