/** Which messages are shown. It lives in the address, so Back, a bookmark and a second window bring it again. */
import { messageStates, type MessageSelection, type MessageState } from '@/api/exchange_types.ts'
import { parseDate } from '@/format/date.ts'

export interface MessageFilters {
  state: MessageState | null
  type: string
  source: string
  text: string
  /** YYYYMMDD, both days included; empty is open. */
  from: string
  to: string
}

export const everything: MessageFilters = { state: null, type: '', source: '', text: '', from: '', to: '' }

const texts = ['type', 'source', 'text', 'from', 'to'] as const

export function readMessageFilters(parameters: URLSearchParams): MessageFilters {
  const found = { ...everything, state: messageStates.find((state) => state === parameters.get('state')) ?? null }
  for (const name of texts) found[name] = parameters.get(name) ?? ''
  return found
}

export function writeMessageFilters(filters: MessageFilters): URLSearchParams {
  const parameters = new URLSearchParams()
  if (filters.state !== null) parameters.set('state', filters.state)
  for (const name of texts) if (filters[name] !== '') parameters.set(name, filters[name])
  return parameters
}

/** The beginning of a day here, or of the one after it. */
function midnight(date: string, daysAfter: number): string | undefined {
  const day = parseDate(date)
  return day ? new Date(day.year, day.month - 1, day.day + daysAfter).toISOString() : undefined
}

/** What the server is asked; what does not restrict is left out. */
export function messageSelection(filters: MessageFilters): MessageSelection {
  const [since, until] = [midnight(filters.from, 0), midnight(filters.to, 1)]
  return {
    ...(filters.state !== null && { state: filters.state }),
    ...(filters.type.trim() && { type: filters.type.trim() }),
    ...(filters.source.trim() && { source: filters.source.trim() }),
    ...(filters.text.trim() && { text: filters.text.trim() }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  }
}

export const isNarrowed = (filters: MessageFilters): boolean => writeMessageFilters(filters).size > 0
