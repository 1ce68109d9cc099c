/** What the server's JSON API says and takes. Mirrors `/api/openapi.json`; nothing here is computed. */
import type { Standing } from './access_types.ts'

export interface PersonName {
  alphabetic: string
  ideographic: string
  phonetic: string
}

export type Sex = 'F' | 'M' | 'O'

export interface PatientIdentity {
  key: string
  id: string
  issuer: string
  name: PersonName
  birth_date: string | null
  sex: Sex | null
}

export interface Patient extends PatientIdentity {
  studies: number
}

export interface Study {
  uid: string
  patient: PatientIdentity
  /** YYYYMMDD */
  date: string | null
  /** HHMMSS, with or without a fraction */
  time: string | null
  /** Timezone Offset From UTC, `+0100` */
  timezone: string | null
  description: string
  accession: string
  study_id: string
  modalities: string[]
  series: number
  instances: number
  institution: string
  referring: PersonName
  body_parts: string[]
  /** ISO 8601, UTC */
  received: string
  /** Age String, `065Y` */
  age: string | null
  has_report: boolean
  conflicts: number
}

export type SeriesKind = 'image' | 'document' | 'report' | 'other'

export interface Series {
  uid: string
  number: number | null
  modality: string
  description: string
  body_part: string
  instances: number
  date: string | null
  time: string | null
  laterality: string
  station: string
  kind: SeriesKind
}

export interface StudyDetail extends Omit<Study, 'series'> {
  series: Series[]
}

export interface PatientDetail extends Patient {
  studies_list: StudyDetail[]
}

export type ReportStatus =
  | 'registered' | 'preliminary' | 'final' | 'amended' | 'corrected' | 'cancelled' | 'entered-in-error'

export interface ReportVersion {
  /** From 1, in the order in which they came. */
  number: number
  status: ReportStatus
  /** ISO 8601, UTC */
  at: string
  received: string
  title: string
  /** A person name as DICOM spells it. */
  author: string
  text: string
  documents: { media_type: string; url: string }[]
  sop_instance_uid: string | null
}

/** The version that counts comes first. */
export interface Report {
  id: string
  accession: string
  versions: ReportVersion[]
}

export interface Page<Item> {
  items: Item[]
  next_cursor: string | null
}

export interface CountedPage<Item> extends Page<Item> {
  count: number
}

export type StudySortKey = 'date' | 'name' | 'received' | 'modality' | 'description' | 'accession' | 'patient_id'
export type StudySort = StudySortKey | `-${StudySortKey}`

export interface StudyFilters {
  search?: string
  patient_name?: string
  patient_id?: string
  accession?: string
  description?: string
  date_from?: string
  date_to?: string
  modality?: string[]
  patient?: string
  sort?: StudySort
}

export interface StudyCount {
  count: number
  exact: boolean
}

export type Language = 'en' | 'fr'
export type Theme = 'dark' | 'light'

export interface Preferences {
  lock_minutes?: number | null
  language?: Language | null
  theme?: Theme | null
  columns?: string[] | null
}

export interface Session {
  user: { name: string; display_name: string; role: string; actions: string[] }
  standing: Standing
  /** After how many minutes a screen that nobody touches is locked; 0: never. */
  lock: { minutes: number; longest: number }
  preferences: Preferences
  site: { aet: string; name: string; dicom: { host: string; port: number } }
}

export interface SystemState {
  version: string
  started: string
  roles: string[]
  database: string
  /** Null where the store cannot tell. */
  store: { used_bytes: number | null; free_bytes: number | null }
  counts: { patients: number; studies: number; series: number; instances: number }
  quarantine: number
  conflicts: number
  processes: { role: string; pid: number; rss_bytes: number }[]
}

export type Outcome = 'stored' | 'duplicate' | 'conflict' | 'quarantined' | 'refused' | 'skipped'

export interface UploadLine {
  name: string
  outcome: Outcome
  reason: string
  study_uid: string | null
  series_uid: string | null
  sop_instance_uid: string | null
  warnings: string[]
}

export interface UploadDone {
  done: true
  totals: Partial<Record<Outcome, number>>
}

export interface QuarantineItem {
  id: string
  name: string
  source: { way: string; name: string; address: string }
  received: string
  size: number
  reason: string
  kind: string
  study_uid: string | null
  sop_instance_uid: string | null
}

export interface ConflictSide {
  digest: string
  size: number
}

export interface Conflict {
  id: string
  study_uid: string
  series_uid: string
  sop_instance_uid: string
  received: string
  source: string
  kept: ConflictSide
  other: ConflictSide
  /** Keywords of the attributes that differ. */
  differences: string[]
  state: string
}

export const AE_RIGHTS = ['store', 'query', 'retrieve'] as const
export type AeRight = (typeof AE_RIGHTS)[number]

/** What it may do when it calls; what is left out stays as it was, and is everything of a new one. */
export interface AeTerms {
  rights: AeRight[]
  networks: string[]
  sees: Record<string, unknown>
  certificate: string
}

export interface RemoteAe extends Partial<AeTerms> {
  title: string
  host: string
  port: number
  tls: boolean
  description: string
}

export interface EchoResult {
  ok: boolean
  milliseconds: number
  message: string
}

export interface Account {
  name: string
  display_name: string
  role: string
  /** As DICOM spells it; what a role means by the user's own name. */
  person: string
  institutions: string[]
  departments: string[]
  disabled: boolean
  kind: AccountKind
  must_change: boolean
  has_second_factor: boolean
  created: string
  last_login: string | null
}

export type AccountKind = 'person' | 'service'

export interface NewAccount {
  name: string
  display_name: string
  role: string
  person: string
  institutions: string[]
  departments: string[]
  kind: AccountKind
  password: string
  must_change: boolean
}

export interface AccountChange {
  disabled?: boolean
  role?: string
  display_name?: string
  person?: string
  institutions?: string[]
  departments?: string[]
  password?: string
  must_change?: boolean
}

export interface TokenForm {
  name: string
  actions?: string[]
  /** ISO 8601 */
  expires?: string
}

export interface Token {
  id: string
  name: string
  user: string
  created: string
  last_used: string | null
  expires: string | null
  /** Of those of the account, these alone. */
  actions: string[] | null
}

export interface NewToken extends Token {
  /** Told once, when it is made. */
  token: string
}

export interface StudyEvent {
  uid: string
  kind: 'new' | 'changed' | 'deleted'
}
