/** What the server's JSON API says of the audit trail. */
export const auditKinds = [
  'instances-accessed', 'instances-transferred', 'transfer-begun', 'exported', 'imported', 'study-changed', 'study-deleted', 'query',
  'patient-record', 'order-record', 'procedure-record', 'logged-in', 'logged-out', 'access-refused', 'node-refused',
  'emergency-access', 'emergency-ended', 'account-changed', 'role-changed', 'object-protected', 'network-configured', 'security-configured',
  'software-configured', 'log-used', 'application-started', 'application-stopped', 'node-attached', 'node-detached',
  'recording-started', 'recording-stopped',
] as const
export type AuditKind = (typeof auditKinds)[number]

export interface AuditActor {
  name: string
  part: 'requestor' | 'source' | 'destination' | 'application'
  address: string
  display: string
  via: string
  role: string
}

export interface AuditEvent {
  id: string
  /** ISO 8601, UTC */
  at: string
  kind: AuditKind
  action: 'C' | 'R' | 'U' | 'D' | 'E'
  /** 0 is success; 4, 8 and 12 are failures. */
  outcome: number
  reason: string
  account: string
  actors: AuditActor[]
  patient: { id: string; issuer: string; name: string } | null
  study: { uid: string; accession: string; instances: number } | null
  query: string
  things: { id: string; kind: string; name: string }[]
  details: Record<string, string>
  hash: string
}

export interface AuditSelection {
  kind?: AuditKind
  outcome?: 'success' | 'failure'
  account?: string
  /** The key of a patient. */
  patient?: string
  patient_id?: string
  study?: string
  since?: string
  until?: string
}

export interface AuditState {
  recording: boolean
  destinations: { name: string; waiting: number; sent: string | null; failed: string | null; reason: string }[]
  anchors: { day: string; hash: string; exported: string | null; pruned: string | null }[]
}
