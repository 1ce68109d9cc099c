/** Orders and studies that do not fit them, as the server's JSON API says them. */

import type { PatientDetail, PatientIdentity, Study } from './types'

export type MismatchKind = 'unknown-patient' | 'unscheduled' | 'demographics' | 'wrong-patient' | 'wrong-order'
export type MismatchState = 'open' | 'resolved' | 'accepted'

export interface Order {
  key: string
  patient: PatientIdentity
  accession: string
  procedure_id: string
  description: string
  modality: string
  priority: string
  status: string
  /** YYYYMMDD */
  date: string | null
  time: string | null
  /** AE titles */
  stations: string[]
  study_uid: string
}

/** What the images themselves say; the key of the patient is empty. */
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

export interface MismatchPage {
  items: Mismatch[]
  next_cursor: string | null
  /** All that are open. */
  count: number
  counts: Record<MismatchKind, number>
}

/** `study-uid`, `accession`, `patient`, `name-and-birth-date`, `similar-identifier`, `time`, `modality` */
export interface CandidateOrder {
  order: Order
  score: number
  reasons: string[]
  is_taken: boolean
}

/** `identifier`, `similar-identifier`, `other-identifier`, `order`, `name-and-birth-date`, `name`, `birth-date` */
export interface CandidatePatient {
  patient: PatientIdentity
  score: number
  reasons: string[]
}

export interface Decision {
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
  /** AE title that sent it; empty where nobody knows. */
  source: string
  kinds: MismatchKind[]
  order: Order | null
  orders: CandidateOrder[]
  patients: CandidatePatient[]
  decisions: Decision[]
  can_undo: boolean
  can_register: boolean
}

export interface RuleFacts {
  name: string
  action: 'assign' | 'accept'
  kinds: MismatchKind[]
  sources: string[]
  modalities: string[]
  id_differs: ('zeros' | 'case' | 'prefix' | 'digit')[]
  same_person: boolean
  same_day: boolean
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
