/** Logins, second factors, sessions and the locked screen of the fake server. The password is `demo`, every right code `123456`. */
import type { Factors, ListedSession } from '../../src/api/access_types.ts'
import type { Session } from '../../src/api/types.ts'
import { json, nothing, problem } from './answers.ts'

/** What a login changes. */
export interface Inside {
  session: Session
  loggedIn: boolean
}

const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'

export class FakeAccess {
  /** Whether the account is asked for a code after its password. */
  asksForCode = false
  factors: Factors = { totp_since: null, passkeys: [], recovery_codes: 0, required: false }
  factorRoles: string[] = []
  sessions: ListedSession[] = [
    { id: 's1', user: 'admin', created: '2026-11-24T07:00:00Z', seen: '2026-11-24T09:58:00Z', address: '10.20.1.14', agent, is_locked: false, is_own: true },
    { id: 's2', user: 'admin', created: '2026-11-23T18:00:00Z', seen: '2026-11-24T07:10:00Z', address: '10.20.1.99', agent: agent.replace('X11; Linux x86_64', 'Windows NT 10.0'), is_locked: true, is_own: false },
    { id: 's3', user: 'sec1', created: '2026-11-24T08:00:00Z', seen: '2026-11-24T09:50:00Z', address: '10.20.3.2', agent, is_locked: false, is_own: false },
  ]
  attempts = [{ held: 'account', name: 'sec1', attempts: 7, last: '2026-11-24T09:59:00Z', wait: 4 }]

  async answer(request: Request, url: URL, inside: Inside): Promise<Response | null> {
    const path = url.pathname
    const body = request.method === 'GET' || !(request.headers.get('Content-Type') ?? '').includes('json') ? {} : ((await request.clone().json()) as Record<string, unknown>)
    if (path === '/api/login') return this.login(body, inside)
    if (path === '/api/login/code') {
      if (body['code'] !== '123456') return problem(401, 'Unauthorized', 'the code is wrong, or was used already')
      inside.loggedIn = true
      return json(inside.session)
    }
    if (!inside.loggedIn) return null
    if (path === '/api/session/lock') return this.stand(inside, 'locked')
    if (path === '/api/session/unlock') return body['password'] === 'demo' ? this.stand(inside, 'open') : problem(401, 'Wrong password')
    if (path === '/api/session/password') {
      if (body['old'] !== 'demo') return problem(401, 'Wrong password')
      return inside.session.standing === 'password' ? this.stand(inside, 'open') : nothing()
    }
    if (inside.session.standing === 'locked' && path !== '/api/session' && path !== '/api/logout') return problem(423, 'Locked', 'the screen is locked')
    if (path.startsWith('/api/session/factors')) return this.answerFactors(path, body, inside)
    return this.answerLists(request, path, body)
  }

  private login(body: Record<string, unknown>, inside: Inside): Response {
    if (body['name'] === 'slow') return problem(429, 'Too many attempts', '', { 'Retry-After': '20' })
    if (body['password'] !== 'demo') return problem(401, 'Wrong name or password')
    if (this.asksForCode) return json({ ticket: 't', needs: ['totp', 'recovery'] }, 202)
    inside.loggedIn = true
    return json(inside.session)
  }

  private stand(inside: Inside, standing: Session['standing']): Response {
    inside.session = { ...inside.session, standing }
    return nothing()
  }

  private answerFactors(path: string, body: Record<string, unknown>, inside: Inside): Response {
    const what = path.split('/').slice(4).join('/')
    if (what === '') return json(this.factors)
    if (what === 'totp/confirm') {
      if (body['code'] !== '123456') return problem(422, 'Unprocessable', 'the code is wrong: check the clock of the telephone')
      this.factors = { ...this.factors, totp_since: '2026-11-24T10:00:00Z', recovery_codes: 10 }
      if (inside.session.standing === 'second-factor') this.stand(inside, 'open')
      return json({ recovery_codes: Array.from({ length: 10 }, (_, index) => `abcd-efgh-jkmn-pq${20 + index}`) })
    }
    if (body['password'] !== 'demo') return problem(401, 'Wrong password')
    if (what === 'totp') {
      const picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path fill="#fff" d="M0 0h4v4H0z"/><path d="M0 0h2v2H0z"/></svg>'
      return json({ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', address: 'otpauth://totp/x', picture })
    }
    if (what === 'totp/remove') {
      this.factors = { ...this.factors, totp_since: null, recovery_codes: 0 }
      return nothing()
    }
    return problem(404, 'Not found')
  }

  private answerLists(request: Request, path: string, body: Record<string, unknown>): Response | null {
    if (path === '/api/sessions') return json({ items: this.sessions })
    if (path.startsWith('/api/sessions/')) {
      this.sessions = this.sessions.filter(({ id }) => !path.endsWith(`/${id}`))
      return nothing()
    }
    if (path === '/api/login-rules') {
      if (request.method === 'PUT') this.factorRoles = body['second_factor_roles'] as string[]
      const times = { session_idle_hours: 12, session_hours: 168, lock_minutes: 15 }
      return json({ shortest_password: 8, password_history: 5, password_days: 0, ...times, second_factor_roles: this.factorRoles })
    }
    if (path === '/api/login-attempts') return json({ items: this.attempts })
    if (path === '/api/login-attempts/release') {
      this.attempts = []
      return nothing()
    }
    return null
  }
}
