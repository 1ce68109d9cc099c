/** What the workstation asks about roles, and about who has to do with whom. */
import { asking, segment } from './asking.ts'
import type { Call } from './http.ts'
import type { Assignment, CareForm, CareRelation, Emergency, EmergencyForm, Role, RoleForm, RoleList } from './sight_types.ts'

export function sightApi(call: Call) {
  const { json, nothing } = asking(call)
  const patient = (key: string): string => `/api/patients/${segment(key)}`
  const assigned = (study: string): string => `/api/studies/${segment(study)}/assignments`

  return {
    roles: (signal?: AbortSignal) => json<RoleList>('GET', '/api/roles', { signal }),
    saveRole: (name: string, { title, actions, sees }: RoleForm) =>
      json<Role>('PUT', `/api/roles/${segment(name)}`, { body: { title, actions, sees } }),
    deleteRole: (name: string) => nothing('DELETE', `/api/roles/${segment(name)}`),

    openUnseen: (form: EmergencyForm) => json<Emergency>('POST', '/api/emergency', { body: form }),
    openPatient: (key: string, reason: string) => json<Emergency>('POST', `${patient(key)}/emergency`, { body: { reason } }),

    isConfidential: async (key: string, signal?: AbortSignal) =>
      (await json<{ confidential: boolean }>('GET', `${patient(key)}/confidential`, { signal })).confidential,
    markConfidential: (key: string, confidential: boolean) =>
      json<{ confidential: boolean }>('PUT', `${patient(key)}/confidential`, { body: { confidential } }),
    care: async (key: string, signal?: AbortSignal) => (await json<{ items: CareRelation[] }>('GET', `${patient(key)}/care`, { signal })).items,
    noteCare: (key: string, form: CareForm) => json<CareRelation>('POST', `${patient(key)}/care`, { body: form }),
    endCare: (key: string, relation: string) => nothing('DELETE', `${patient(key)}/care/${segment(relation)}`),

    assignments: async (study: string, signal?: AbortSignal) => (await json<{ items: Assignment[] }>('GET', assigned(study), { signal })).items,
    assign: (study: string, account: string) => nothing('PUT', `${assigned(study)}/${segment(account)}`),
    takeBack: (study: string, account: string) => nothing('DELETE', `${assigned(study)}/${segment(account)}`),
  }
}
