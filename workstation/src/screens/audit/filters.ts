/** Which events are shown. It lives in the address, so Back, a bookmark and a second window bring it again. */
import { auditKinds, type AuditKind, type AuditSelection } from '@/api/audit_types.ts'
import { parseDate } from '@/format/date.ts'

const texts = ['account', 'patient', 'patient_id', 'study', 'from', 'to'] as const
type Text = (typeof texts)[number]

export interface AuditFilters extends Record<Text, string> {
  kind: AuditKind | null
  failures: boolean
}

export const everything: AuditFilters = { kind: null, failures: false, account: '', patient: '', patient_id: '', study: '', from: '', to: '' }

export function readAuditFilters(parameters: URLSearchParams): AuditFilters {
  const found = {
    ...everything, kind: auditKinds.find((kind) => kind === parameters.get('kind')) ?? null, failures: parameters.get('failures') === 'yes',
  }
  for (const name of texts) found[name] = parameters.get(name) ?? ''
  return found
}

export function writeAuditFilters(filters: AuditFilters): URLSearchParams {
  const parameters = new URLSearchParams()
  if (filters.kind !== null) parameters.set('kind', filters.kind)
  if (filters.failures) parameters.set('failures', 'yes')
  for (const name of texts) if (filters[name] !== '') parameters.set(name, filters[name])
  return parameters
}

/** The beginning of a day here, or of the one after it. */
function midnight(date: string, daysAfter: number): string | undefined {
  const day = parseDate(date)
  return day ? new Date(day.year, day.month - 1, day.day + daysAfter).toISOString() : undefined
}

/** What the server is asked; what does not restrict is left out. */
export function auditSelection(filters: AuditFilters): AuditSelection {
  const [since, until] = [midnight(filters.from, 0), midnight(filters.to, 1)]
  return {
    ...(filters.kind !== null && { kind: filters.kind }),
    ...(filters.failures && { outcome: 'failure' as const }),
    ...(filters.account.trim() && { account: filters.account.trim() }),
    ...(filters.patient && { patient: filters.patient }),
    ...(filters.patient_id.trim() && { patient_id: filters.patient_id.trim() }),
    ...(filters.study.trim() && { study: filters.study.trim() }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  }
}

export const isNarrowed = (filters: AuditFilters): boolean => writeAuditFilters(filters).size > 0

/** Where the same events come as a table. */
export function exportAddress(filters: AuditFilters): string {
  const query = new URLSearchParams(Object.entries(auditSelection(filters)))
  return `/api/audit/export.csv?${query.toString()}`
}
