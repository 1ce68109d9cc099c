import { describe, expect, it } from 'vitest'
import { auditSelection, everything, exportAddress, isNarrowed, readAuditFilters, writeAuditFilters } from './filters.ts'

const some = { ...everything, kind: 'query' as const, failures: true, account: 'mia', patient_id: 'P-1', from: '20261102', to: '20261103' }

describe('the filters of the audit trail', () => {
  it('come back from the address', () => {
    expect(readAuditFilters(writeAuditFilters(some))).toEqual(some)
    expect(readAuditFilters(new URLSearchParams('kind=nonsense'))).toEqual(everything)
  })
  it('ask for whole days, both included', () => {
    const { since, until } = auditSelection(some)
    expect(new Date(until ?? '').getTime() - new Date(since ?? '').getTime()).toBe(2 * 24 * 3600 * 1000)
  })
  it('ask for everything when nothing is said', () => {
    expect(auditSelection(everything)).toEqual({})
    expect(isNarrowed(everything)).toBe(false)
    expect(isNarrowed(some)).toBe(true)
  })
  it('name the same events for a table', () => {
    expect(exportAddress({ ...everything, account: 'a&b', failures: true })).toBe('/api/audit/export.csv?outcome=failure&account=a%26b')
  })
})
