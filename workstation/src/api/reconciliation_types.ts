/** What the server's JSON API says and takes of orders, and of studies that do not fit them. */
import type { CountedPage, PatientDetail, PatientIdentity, Study } from './types.ts'

export const mismatchKinds = ['unknown-patient', 'wrong-patient', 'demographics', 'wrong-order', 'unscheduled'] as const
export type MismatchKind = (typeof mismatchKinds)[number]
export type MismatchState = 'open' | 'resolved' | 'accepted'

export const idDifferences = ['zeros', 'case', 'prefix', 'digit'] as const
export type IdDifference = (typeof idDifferences)[number]

export interface Order {
  key: string
  patient: PatientIdentity
  accession: string
  procedure_id: string
  description: string
  modality: string
  priority: string
  status: string
  date: string | null
  time: string | null
  stations: string[]
  study_uid: string
}

/** What the images themselves say. */
export interface Own {
  patient: PatientIdentity
  accession: string
  study_id: string
}

export interface Mismatch {
  id: string
  kind: MismatchKind
  state: MismatchState
  study: Study
  own: Own
  at: string
  changed: string
  by: string
  resolution: string
}

export interface MismatchPage extends CountedPage<Mismatch> {
  counts: Record<MismatchKind, number>
}

export interface CandidateOrder {
  order: Order
  score: number
  reasons: string[]
  is_taken: boolean
}

export interface CandidatePatient {
  patient: PatientIdentity
  score: number
  reasons: string[]
}

export interface Decided {
  at: string
  /** A person, `matching`, or `rule:NAME`. */
  by: string
  reason: string
  patient: string
  order: string
  accepted: string[]
}

export interface StudyReconciliation {
  study: Study
  own: Own
  source: string
  kinds: MismatchKind[]
  order: Order | null
  orders: CandidateOrder[]
  patients: CandidatePatient[]
  /** Oldest first. */
  decisions: Decided[]
  can_undo: boolean
  can_register: boolean
}

export type Choice =
  | { decision: 'assign-order'; target: string }
  | { decision: 'assign-patient'; target: string }
  | { decision: 'accept'; target: MismatchKind }
  | { decision: 'register' }
  | { decision: 'undo' }

export interface DecisionPreview {
  /** DICOM JSON */
  before: Record<string, unknown>
  after: Record<string, unknown>
  keywords: Record<string, string>
}

export interface OrderFilters {
  patient?: string
  accession?: string
}

export interface RuleFacts {
  name: string
  action: 'assign' | 'accept'
  kinds: MismatchKind[]
  sources: string[]
  modalities: string[]
  id_differs: IdDifference[]
  same_person: boolean
  same_day: boolean
}

export interface RuleForm extends RuleFacts {
  enabled: boolean
  position?: number
}

export interface MatchingRule extends RuleFacts {
  id: string
  position: number
  enabled: boolean
  changed: string
  by: string
}

export interface RuleDryRun {
  looked_at: number
  is_whole: boolean
  outcomes: { study_uid: string; kind: MismatchKind; patient: string; order: string }[]
}

/** `/api/patients/KEY`: what is planned, and patients that were merged into this one. */
export interface PatientRecord extends PatientDetail {
  orders: Order[]
  merged: PatientIdentity[]
}
