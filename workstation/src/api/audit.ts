/** Questions about the audit trail: who did what, when. */
import { asking, page } from './asking.ts'
import type { AuditEvent, AuditSelection, AuditState } from './audit_types.ts'
import type { Call } from './http.ts'
import type { Page } from './types.ts'

export function auditApi(call: Call) {
  const { json } = asking(call)
  return {
    auditEvents: (selection: AuditSelection, cursor: string | null, signal?: AbortSignal, limit = 100) =>
      json<Page<AuditEvent>>('GET', '/api/audit', { query: { ...selection, ...page(cursor, limit) }, signal }),
    auditState: (signal?: AbortSignal) => json<AuditState>('GET', '/api/audit/status', { signal }),
  }
}
