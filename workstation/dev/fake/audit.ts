/** The fake server's audit trail. */
import type { AuditEvent, AuditKind } from '../../src/api/audit_types.ts'
import { json, page, problem } from './answers.ts'

const kinds: AuditKind[] = ['instances-accessed', 'query', 'instances-transferred', 'logged-in', 'account-changed', 'exported']
const people = ['mweber', 'jdurand', 'CT1', 'admin']

function event(index: number): AuditEvent {
  const kind = kinds[index % kinds.length] ?? 'query'
  const name = people[index % people.length] ?? 'admin'
  const about = kind === 'instances-accessed' || kind === 'instances-transferred' || kind === 'exported'
  return {
    id: `chain.${index}`, at: new Date(Date.UTC(2026, 10, 24, 9) - index * 61_000).toISOString(), kind, action: 'R', outcome: index % 7 === 3 ? 4 : 0,
    reason: index % 7 === 3 ? 'Unauthorized' : '', account: name,
    actors: [{ name, part: 'requestor', address: '10.20.0.17', display: '', via: 'session', role: 'radiologist' }],
    patient: about ? { id: `P-${index % 5}`, issuer: 'CLINIC', name: 'Lefèvre^Hélène' } : null,
    study: about ? { uid: `1.2.3.${index}`, accession: `A${index}`, instances: 120 } : null,
    query: kind === 'query' ? '/dicomweb/studies PatientName=Lef*' : '', things: [], details: {}, hash: 'c0ffee'.repeat(10),
  }
}

export const events = Array.from({ length: 240 }, (_, index) => event(index))

export function audit(query: URLSearchParams, part: string | undefined): Response {
  if (part === 'status') return json({ recording: true, destinations: [], anchors: [] })
  if (part !== undefined) return problem(404, 'Not found')
  const asked = (name: string, value: string): boolean => (query.get(name) ?? value) === value
  const found = events.filter((each) => asked('kind', each.kind) && asked('account', each.account)
    && asked('patient_id', each.patient?.id ?? '') && asked('outcome', each.outcome === 0 ? 'success' : 'failure'))
  return json(page(found, query))
}
