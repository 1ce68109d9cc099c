/**
 * A server that speaks the workstation's API from memory: for `npm run dev` and for the tests. Never part of a build.
 * Some names make it fail on purpose: the login `slow` is throttled, a search for `boom` is an error of the server.
 */
import type { AccountChange, NewAccount, PatientIdentity, RemoteAe, Report, Session, StudyDetail, TokenForm, UploadLine } from '../../src/api/types.ts'
import { FakeAccess } from './access.ts'
import { json, nothing, page, problem } from './answers.ts'
import { audit } from './audit.ts'
import { accounts, conflicts, quarantine, remoteAes, tokens } from './care.ts'
import { makeDepartment, makeStudy } from './data.ts'
import { dicomweb } from './dicomweb.ts'
import { FakeExchange } from './exchange.ts'
import { createRandom } from './random.ts'
import { FakeReconciliation } from './reconciliation.ts'
import { FakeSight } from './sight.ts'
import { findPatient, findPatients, findStudies } from './studies.ts'

export interface FakeOptions {
  studies?: number
  loggedIn?: boolean
  role?: 'admin' | 'user'
  /** What the user may do, where it is not what the role may. */
  actions?: readonly string[]
}

interface Asked {
  request: Request
  url: URL
  parts: string[]
}

type Handler = (asked: Asked) => Response | Promise<Response>

const everybody = ['export', 'read', 'store']
const everything = [...everybody, 'administer', 'audit', 'care', 'delete', 'emergency', 'exchange', 'flag', 'order', 'report', 'share']

const defaultSession = (role: 'admin' | 'user', actions: readonly string[] = role === 'admin' ? everything : everybody): Session => ({
  user: role === 'admin'
    ? { name: 'admin', display_name: 'Jeanne Durand', role, actions: [...actions] }
    : { name: 'sec1', display_name: 'Secrétariat', role, actions: [...actions] },
  standing: 'open',
  lock: { minutes: 15, longest: 15 },
  preferences: { language: null, theme: null },
  site: { aet: 'STECKEL', name: 'Hôpital Démonstration', dicom: { host: '10.20.0.2', port: 11112 } },
})

export class FakeServer {
  studies: StudyDetail[]
  session: Session
  loggedIn: boolean
  quarantine = quarantine()
  conflicts = conflicts()
  remoteAes = remoteAes()
  accounts = accounts()
  tokens = tokens()
  readonly access = new FakeAccess()
  readonly exchange = new FakeExchange()
  readonly reconciliation: FakeReconciliation
  readonly sight = new FakeSight({ accounts: () => this.accounts, studies: () => this.studies, user: () => this.session.user.name })
  /** What was reported, by the UID of the study. */
  reports: Partial<Record<string, Report[]>> = {}
  /** Who turned out to be a patient, by the key of the patient. */
  merged: Partial<Record<string, PatientIdentity[]>> = {}
  /** Every request, for tests to look at. */
  readonly log: string[] = []
  private readonly listeners = new Set<(event: string, data: unknown) => void>()
  private arrivals = 0

  constructor({ studies = 60, loggedIn = true, role = 'admin', actions }: FakeOptions = {}) {
    this.studies = makeDepartment(studies)
    this.reconciliation = new FakeReconciliation(this.studies)
    this.loggedIn = loggedIn
    this.session = defaultSession(role, actions)
  }

  tell(event: string, data: unknown): void {
    for (const listener of this.listeners) listener(event, data)
  }

  listen(listener: (event: string, data: unknown) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** A study comes in, as from a modality. */
  arrive(change: Partial<StudyDetail> = {}): StudyDetail {
    this.arrivals += 1
    const patient = this.studies[this.arrivals % this.studies.length]?.patient ?? makeDepartment(8)[7]?.patient
    if (!patient) throw new Error('no patient')
    const made = makeStudy({ random: createRandom(this.arrivals), patient, index: 900_000 + this.arrivals, now: new Date(), daysAgo: 0 })
    const study = { ...made, time: '235900', ...change }
    this.studies.unshift(study)
    this.tell('study', { uid: study.uid, kind: 'new' })
    return study
  }

  readonly handle = async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    this.log.push(`${request.method} ${url.pathname}${url.search}`)
    if (url.pathname === '/healthz') return json({ status: 'ok' })
    const access = await this.access.answer(request, url, this)
    if (access) return access
    if (!this.loggedIn) return problem(401, 'Not logged in')
    if (url.pathname.startsWith('/dicomweb/')) return dicomweb(url.pathname, this.studies)
    const parts = url.pathname.split('/').slice(2).map(decodeURIComponent)
    const handler = this.rooms[parts[0] ?? '']
    return handler ? handler({ request, url, parts }) : problem(404, 'Not found')
  }

  private readonly rooms: Record<string, Handler> = {
    logout: () => {
      this.loggedIn = false
      return nothing()
    },
    session: ({ request, parts }) => this.answerSession(request, parts),
    system: () => json(this.system()),
    studies: ({ request, url, parts }) => this.answerStudies(request, url.searchParams, parts),
    patients: ({ request, url, parts }) => this.answerPatients(request, url.searchParams, parts),
    roles: ({ request, parts }) => this.sight.answerRoles(request, parts),
    emergency: ({ request }) => this.sight.openUnseen(request),
    events: () => this.events(),
    uploads: ({ request }) => this.upload(request),
    quarantine: ({ request, url, parts }) => this.answerQuarantine(request, url.searchParams, parts),
    conflicts: ({ request, url, parts }) => this.answerConflicts(request, url.searchParams, parts),
    audit: ({ url, parts }) => audit(url.searchParams, parts[1]),
    ae: ({ request, parts }) => this.answerAes(request, parts),
    users: ({ request, parts }) => this.answerAccounts(request, parts),
    tokens: ({ request, parts }) => this.answerTokens(request, parts),
    hl7: ({ request, url, parts }) => this.exchange.hl7(request, url, parts),
    destinations: ({ request, parts }) => this.exchange.answerDestinations(request, parts),
    deliveries: ({ url, parts }) => this.exchange.answerDeliveries(url.searchParams, parts),
    reconciliation: ({ request, url, parts }) => this.reconciliation.answer(request, url.searchParams, parts),
    orders: ({ url }) => this.reconciliation.answerOrders(url.searchParams),
    'matching-rules': ({ request, parts }) => this.reconciliation.answerRules(request, parts),
    arrive: () => json(this.arrive()),
  }

  private async answerSession(request: Request, [, part]: string[]): Promise<Response> {
    if (part === undefined) return json(this.session)
    this.session.preferences = { ...this.session.preferences, ...((await request.json()) as object) }
    return json(this.session.preferences)
  }

  private system() {
    const instances = this.studies.reduce((sum, study) => sum + study.instances, 0)
    return {
      version: '0.1.0', started: '2026-11-24T06:00:00Z', roles: ['web', 'dicom', 'worker'], database: 'SQLite 3.46, WAL',
      store: { used_bytes: 182_400_000_000, free_bytes: 1_204_000_000_000 },
      counts: { patients: findPatients(this.studies, '').length, studies: this.studies.length, series: this.studies.length * 3, instances },
      quarantine: this.quarantine.length, conflicts: this.conflicts.length,
      processes: [{ role: 'web', pid: 4021, rss_bytes: 92_000_000 }, { role: 'dicom', pid: 4022, rss_bytes: 61_000_000 }, { role: 'worker', pid: 4023, rss_bytes: 88_000_000 }],
    }
  }

  private seen(): StudyDetail[] {
    return this.studies.filter(({ patient }) => !this.sight.hidden.has(patient.key))
  }

  private answerStudies(request: Request, query: URLSearchParams, [, uid, part, rest]: string[]): Response {
    if (query.get('search') === 'boom') return problem(500, 'Internal error')
    if (uid === undefined) return json(page(findStudies(this.seen(), query), query))
    if (uid === 'count') {
      const count = findStudies(this.seen(), query).length
      return json({ count: Math.min(count, 10_000), exact: count <= 10_000 })
    }
    if (part === 'reports') return json({ items: this.reports[uid] ?? [] })
    const study = this.seen().find((each) => each.uid === uid)
    if (!study) return problem(404, 'No such study')
    if (part === 'assignments') return this.sight.answerAssignments(request, uid, rest)
    if (request.method !== 'DELETE') return json(study)
    this.studies = this.studies.filter((each) => each.uid !== uid)
    this.tell('study', { uid, kind: 'deleted' })
    return nothing()
  }

  private async answerPatients(request: Request, query: URLSearchParams, [, key, ...rest]: string[]): Promise<Response> {
    if (key === undefined) return json(page(findPatients(this.seen(), query.get('search') ?? ''), query))
    const patient = findPatient(this.seen(), key)
    if (!patient) return problem(404, 'No such patient')
    const about = await this.sight.answerPatient(request, key, rest)
    if (about) return about
    const orders = this.reconciliation.orders.filter((order) => order.patient.key === key)
    return json({ ...patient, orders, merged: this.merged[patient.key] ?? [] })
  }

  private events(): Response {
    const encoder = new TextEncoder()
    let stop: () => void
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const tell = (event: string, data: unknown): void =>
          controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`))
        stop = this.listen(tell)
        tell('hello', { change: 1 })
      },
      cancel: () => stop(),
    })
    return new Response(stream, { headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' } })
  }

  private async upload(request: Request): Promise<Response> {
    const name = decodeURIComponent(request.headers.get('X-Steckel-Filename') ?? '')
    const size = (await request.arrayBuffer()).byteLength
    if (name.includes('full')) return problem(507, 'No space left')
    const line = this.uploadLine(name, size)
    const done = { done: true, totals: { [line.outcome]: 1 } }
    return new Response(`${JSON.stringify(line)}\n${JSON.stringify(done)}\n`, { headers: { 'Content-Type': 'application/x-ndjson' } })
  }

  private uploadLine(name: string, size: number): UploadLine {
    const none = { name, study_uid: null, series_uid: null, sop_instance_uid: null, warnings: [] }
    if (name.includes('bad')) return { ...none, outcome: 'quarantined', reason: 'The data set ends in the middle of Pixel Data (7FE0,0010).' }
    if (/\.(txt|jpg|pdf)$/.test(name)) return { ...none, outcome: 'skipped', reason: 'Not a DICOM file.' }
    if (size === 0) return { ...none, outcome: 'refused', reason: 'The file is empty.' }
    const study = this.arrive()
    return { ...none, outcome: 'stored', reason: '', study_uid: study.uid, series_uid: `${study.uid}.1`, sop_instance_uid: `${study.uid}.1.1` }
  }

  private answerQuarantine(request: Request, query: URLSearchParams, [, id, verb]: string[]): Response {
    if (id === undefined) return json({ ...page(this.quarantine, query), count: this.quarantine.length })
    const item = this.quarantine.find((each) => each.id === id)
    if (!item) return problem(404, 'Not in quarantine')
    if (verb === 'file') return new Response('DICM')
    if (verb === 'replay' && id === 'q3') return json({ ...this.uploadLine('bad', 1), name: item.name, reason: item.reason })
    this.quarantine = this.quarantine.filter((each) => each !== item)
    this.tell('quarantine', { count: this.quarantine.length })
    return request.method === 'DELETE' ? nothing() : json(this.uploadLine(item.name, item.size))
  }

  private answerConflicts(_request: Request, query: URLSearchParams, [, id]: string[]): Response {
    if (id === undefined) return json({ ...page(this.conflicts, query), count: this.conflicts.length })
    this.conflicts = this.conflicts.filter((each) => each.id !== id)
    return nothing()
  }

  private async answerAes(request: Request, [, title, verb]: string[]): Promise<Response> {
    if (title === undefined && request.method === 'GET') return json({ items: this.remoteAes })
    if (title === 'echo' || verb === 'echo') return this.echo(title === 'echo' ? ((await request.json()) as RemoteAe).host : (title ?? ''))
    if (request.method === 'DELETE') this.remoteAes = this.remoteAes.filter((each) => each.title !== title)
    else {
      const ae = (await request.json()) as RemoteAe
      this.remoteAes = [...this.remoteAes.filter((each) => each.title !== ae.title), ae]
    }
    return nothing()
  }

  private echo(peer: string): Response {
    if (peer.startsWith('WORK') || peer.startsWith('bad')) return json({ ok: false, milliseconds: null, message: `${peer} refused the connection (port closed). Check host and port.` })
    return json({ ok: true, milliseconds: 12, message: 'Success' })
  }

  private async answerAccounts(request: Request, [, name]: string[]): Promise<Response> {
    if (request.method === 'GET') return json({ items: this.accounts })
    if (name !== undefined) {
      const change = (await request.json()) as AccountChange
      this.accounts = this.accounts.map((each) => (each.name === name ? { ...each, ...change } : each))
      return nothing()
    }
    const made = (await request.json()) as NewAccount
    if (this.accounts.some((each) => each.name === made.name)) return problem(409, 'Exists', `There is an account named ${made.name} already.`)
    const { display_name, role, kind, must_change, person, institutions, departments } = made
    this.accounts = [...this.accounts, { name: made.name, display_name, role, kind, must_change, person, institutions, departments, disabled: false, has_second_factor: false, created: new Date().toISOString(), last_login: null }]
    return json(made, 201)
  }

  private async answerTokens(request: Request, [, id]: string[]): Promise<Response> {
    if (request.method === 'GET') return json({ items: this.tokens })
    if (request.method === 'DELETE') {
      this.tokens = this.tokens.filter((each) => each.id !== id)
      return nothing()
    }
    const { name, expires = null, actions = null } = (await request.json()) as TokenForm
    const token = { id: `t${this.tokens.length + 1}`, name, user: this.session.user.name, created: new Date().toISOString(), last_used: null, expires, actions }
    this.tokens = [...this.tokens, token]
    return json({ ...token, token: 'stk_5bX0exampleexampleexample7Qd' }, 201)
  }
}

