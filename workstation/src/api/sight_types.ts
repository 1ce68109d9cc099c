/** What the JSON API says and takes of roles, and of who has to do with whom. */

/** What can be allowed, in the order in which an administrator reads it. */
export const actions = [
  'read', 'export', 'store', 'delete', 'report', 'order', 'share', 'flag', 'emergency', 'care', 'exchange', 'audit', 'administer',
] as const
export type Action = (typeof actions)[number]

/** In the place of a list of values: those that the account has itself. */
export const own = 'own'
export type Values = string[] | typeof own

export const listTerms = ['referring', 'institutions', 'departments', 'modalities'] as const
export type ListTerm = (typeof listTerms)[number]
export const flagTerms = ['assigned', 'deidentified'] as const
export type FlagTerm = (typeof flagTerms)[number]
export type Term = ListTerm | FlagTerm

/** A study meets it when it has all that is named. */
export type SeesRule = Partial<Record<ListTerm, Values> & Record<FlagTerm, true>>

/** All studies, or those that meet one of the rules. */
export interface Sees {
  everything: boolean
  /** Those of confidential patients, too. */
  confidential: boolean
  rules: SeesRule[]
}

export interface RoleForm {
  title: string
  actions: string[]
  sees: Sees
}

export interface Role extends RoleForm {
  name: string
}

export interface RoleList {
  items: Role[]
  actions: string[]
  terms: { lists: string[]; own: string[]; flags: string[] }
}

export interface EmergencyForm {
  patient_id: string
  /** YYYYMMDD */
  birth_date: string
  reason: string
  /** Where several patients have the identifier. */
  issuer?: string
}

/** A patient who is open to the user, and until when. */
export interface Emergency {
  /** The key. */
  patient: string
  until: string
}

export interface CareRelation {
  id: string
  account: string
  kind: 'care' | 'emergency'
  reason: string
  granted_by: string
  since: string
  until: string | null
}

export interface CareForm {
  account: string
  reason: string
  until: string | null
}

export interface Assignment {
  account: string
  assigned_by: string
  at: string
}
