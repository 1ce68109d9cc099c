/** What the workstation asks about logins, second factors and sessions. */
import type { Attempts, Factors, KeyQuestion, ListedSession, LoginAnswer, LoginRules, TotpSecret } from './access_types.ts'
import { asking, segment } from './asking.ts'
import type { Call } from './http.ts'
import { statusOf } from './problem.ts'
import type { Session } from './types.ts'

interface Codes {
  recovery_codes: string[]
}

export function accessApi(call: Call) {
  const { json, nothing } = asking(call)
  /** 401 is a wrong password or the end of the session; the session itself tells which. */
  const confirmed = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await ask()
    } catch (error) {
      if (statusOf(error) === 401) await nothing('GET', '/api/session')
      throw error
    }
  }
  const own = '/api/session/factors'
  const codes = (path: string, body: object) =>
    confirmed(async () => (await json<Codes>('POST', `${own}/${path}`, { body, anonymous: true })).recovery_codes)
  const done = (path: string, body: object) => confirmed(() => nothing('POST', `${own}/${path}`, { body, anonymous: true }))

  return {
    login: (name: string, password: string) => json<LoginAnswer>('POST', '/api/login', { body: { name, password }, anonymous: true }),
    loginCode: (ticket: string, code: string) => json<Session>('POST', '/api/login/code', { body: { ticket, code }, anonymous: true }),
    askLoginKey: (ticket: string | null) => json<KeyQuestion>('POST', '/api/login/passkey/options', { body: { ticket }, anonymous: true }),
    loginKey: (ticket: string, credential: object, second: boolean) =>
      json<Session>('POST', '/api/login/passkey', { body: { ticket, credential, is_second: second }, anonymous: true }),
    logout: () => nothing('POST', '/api/logout', { anonymous: true }),

    lock: () => nothing('POST', '/api/session/lock', { keepalive: true }),
    unlock: (password: string) => confirmed(() => nothing('POST', '/api/session/unlock', { body: { password }, anonymous: true })),
    askUnlockKey: () => json<KeyQuestion>('POST', '/api/session/unlock/passkey/options'),
    unlockKey: (ticket: string, credential: object) =>
      confirmed(() => nothing('POST', '/api/session/unlock/passkey', { body: { ticket, credential }, anonymous: true })),
    changePassword: (old: string, next: string) =>
      confirmed(() => nothing('POST', '/api/session/password', { body: { old, new: next }, anonymous: true })),

    factors: (signal?: AbortSignal) => json<Factors>('GET', own, { signal }),
    beginTotp: (password: string) => confirmed(() => json<TotpSecret>('POST', `${own}/totp`, { body: { password }, anonymous: true })),
    confirmTotp: (code: string) => codes('totp/confirm', { code }),
    removeTotp: (password: string) => done('totp/remove', { password }),
    askNewKey: (password: string) =>
      confirmed(() => json<KeyQuestion>('POST', `${own}/passkeys/options`, { body: { password }, anonymous: true })),
    addKey: (ticket: string, name: string, credential: object) => codes('passkeys', { ticket, name, credential }),
    removeKey: (id: string, password: string) => done(`passkeys/${segment(id)}/remove`, { password }),
    renewCodes: (password: string) => codes('recovery', { password }),

    sessions: async (signal?: AbortSignal) => (await json<{ items: ListedSession[] }>('GET', '/api/sessions', { signal })).items,
    endSession: (id: string) => nothing('DELETE', `/api/sessions/${segment(id)}`),

    loginRules: (signal?: AbortSignal) => json<LoginRules>('GET', '/api/login-rules', { signal }),
    saveFactorRoles: (roles: string[]) => json<LoginRules>('PUT', '/api/login-rules', { body: { second_factor_roles: roles } }),
    attempts: async (signal?: AbortSignal) => (await json<{ items: Attempts[] }>('GET', '/api/login-attempts', { signal })).items,
    release: (held: Attempts['held'], name: string) => nothing('POST', '/api/login-attempts/release', { body: { held, name } }),
    resetFactors: (name: string) => nothing('POST', `/api/users/${segment(name)}/reset-factors`),
  }
}
