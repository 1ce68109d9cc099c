/** What the JSON API says of logins, second factors and sessions. */
import type { Session } from './types.ts'

/** What has to be done before anything else. */
export type Standing = 'open' | 'locked' | 'password' | 'second-factor'

export type Method = 'passkey' | 'totp' | 'recovery'

/** The password was right; a second factor is asked for. */
export interface SecondStep {
  ticket: string
  needs: Method[]
}

export type LoginAnswer = Session | SecondStep

export const isSecondStep = (answer: LoginAnswer): answer is SecondStep => 'ticket' in answer

export interface KeyQuestion {
  ticket: string
  /** `PublicKeyCredential…OptionsJSON`, WebAuthn Level 3 5.1.8 */
  options: KeyOptions
}

export interface KeyOptions {
  challenge: string
  user?: { id: string; name: string; displayName: string }
  excludeCredentials?: { id: string; type: 'public-key' }[]
  allowCredentials?: { id: string; type: 'public-key' }[]
  [option: string]: unknown
}

export interface Passkey {
  id: string
  name: string
  created: string
  last_used: string | null
}

export interface Factors {
  totp_since: string | null
  passkeys: Passkey[]
  recovery_codes: number
  /** By the role. */
  required: boolean
}

export interface TotpSecret {
  secret: string
  address: string
  /** A QR code, SVG. */
  picture: string
}

export interface ListedSession {
  id: string
  user: string
  created: string
  seen: string
  address: string
  agent: string
  is_locked: boolean
  is_own: boolean
}

export interface Attempts {
  held: 'account' | 'address'
  name: string
  attempts: number
  last: string
  /** Seconds until the next one is taken. */
  wait: number
}

export interface LoginRules {
  shortest_password: number
  password_history: number
  password_days: number
  session_idle_hours: number
  session_hours: number
  lock_minutes: number
  second_factor_roles: string[]
}
