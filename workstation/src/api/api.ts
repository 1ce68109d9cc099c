/** Every question the workstation asks the server, one function each. */
import { accessApi } from './access.ts'
import { asking, page, segment } from './asking.ts'
import { auditApi } from './audit.ts'
import { exchangeApi } from './exchange.ts'
import type { Call, Query } from './http.ts'
import { reconciliationApi } from './reconciliation.ts'
import { sightApi } from './sight.ts'
import type { PatientRecord } from './reconciliation_types.ts'
import type {
  Account, AccountChange, Conflict, CountedPage, EchoResult, NewAccount, NewToken, Page, Patient,
  Preferences, QuarantineItem, RemoteAe, Report, Session, Study, StudyCount, StudyDetail, StudyFilters, SystemState, Token, TokenForm,
  UploadLine,
} from './types.ts'

const studyQuery = (filters: StudyFilters): Query => ({ ...filters })

export function createApi(call: Call) {
  const { json, nothing } = asking(call)

  return {
    ...accessApi(call),
    ...auditApi(call),
    ...exchangeApi(call),
    ...reconciliationApi(call),
    ...sightApi(call),

    session: (signal?: AbortSignal) => json<Session>('GET', '/api/session', { anonymous: true, signal }),
    savePreferences: (change: Preferences) =>
      json<Preferences>('PATCH', '/api/session/preferences', { body: change, type: 'application/merge-patch+json' }),
    alive: () => nothing('GET', '/healthz', { anonymous: true }),
    system: (signal?: AbortSignal) => json<SystemState>('GET', '/api/system', { signal }),

    studies: (filters: StudyFilters, cursor: string | null, signal?: AbortSignal, limit = 100) =>
      json<Page<Study>>('GET', '/api/studies', { query: { ...studyQuery(filters), ...page(cursor, limit) }, signal }),
    studyCount: (filters: StudyFilters, signal?: AbortSignal) =>
      json<StudyCount>('GET', '/api/studies/count', { query: studyQuery({ ...filters, sort: '-date' }), signal }),
    study: (uid: string, signal?: AbortSignal) => json<StudyDetail>('GET', `/api/studies/${segment(uid)}`, { signal }),
    reports: async (uid: string, signal?: AbortSignal) =>
      (await json<{ items: Report[] }>('GET', `/api/studies/${segment(uid)}/reports`, { signal })).items,
    deleteStudy: (uid: string) => nothing('DELETE', `/api/studies/${segment(uid)}`),

    patients: (search: string, cursor: string | null, signal?: AbortSignal, limit = 100) =>
      json<Page<Patient>>('GET', '/api/patients', { query: { search, ...page(cursor, limit) }, signal }),
    patient: (key: string, signal?: AbortSignal) =>
      json<PatientRecord>('GET', `/api/patients/${segment(key)}`, { signal }),

    quarantine: (cursor: string | null, signal?: AbortSignal, limit = 100) =>
      json<CountedPage<QuarantineItem>>('GET', '/api/quarantine', { query: page(cursor, limit), signal }),
    replayQuarantined: (id: string) => json<UploadLine>('POST', `/api/quarantine/${segment(id)}/replay`),
    deleteQuarantined: (id: string, keepalive = false) =>
      nothing('DELETE', `/api/quarantine/${segment(id)}`, { keepalive }),
    conflicts: (cursor: string | null, signal?: AbortSignal, limit = 100) =>
      json<CountedPage<Conflict>>('GET', '/api/conflicts', { query: page(cursor, limit), signal }),
    resolveConflict: (id: string, keep: 'first' | 'second') =>
      nothing('POST', `/api/conflicts/${segment(id)}/resolve`, { body: { keep } }),

    remoteAes: async (signal?: AbortSignal) =>
      (await json<{ items: RemoteAe[] }>('GET', '/api/ae', { signal })).items,
    saveAe: (ae: RemoteAe) => nothing('POST', '/api/ae', { body: ae }),
    deleteAe: (title: string, keepalive = false) => nothing('DELETE', `/api/ae/${segment(title)}`, { keepalive }),
    echoAe: (title: string) => json<EchoResult>('POST', `/api/ae/${segment(title)}/echo`),
    echoUnsaved: (ae: RemoteAe, signal?: AbortSignal) =>
      json<EchoResult>('POST', '/api/ae/echo', { body: ae, signal }),

    accounts: async (signal?: AbortSignal) =>
      (await json<{ items: Account[] }>('GET', '/api/users', { signal })).items,
    createAccount: (account: NewAccount) => nothing('POST', '/api/users', { body: account }),
    changeAccount: (name: string, change: AccountChange) =>
      nothing('PATCH', `/api/users/${segment(name)}`, { body: change, type: 'application/merge-patch+json' }),

    tokens: async (signal?: AbortSignal) =>
      (await json<{ items: Token[] }>('GET', '/api/tokens', { signal })).items,
    createToken: (form: TokenForm) => json<NewToken>('POST', '/api/tokens', { body: form }),
    revokeToken: (id: string, keepalive = false) => nothing('DELETE', `/api/tokens/${segment(id)}`, { keepalive }),
  }
}

export type Api = ReturnType<typeof createApi>

export const quarantineFile = (id: string): string => `/api/quarantine/${segment(id)}/file`
