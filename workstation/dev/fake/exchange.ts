/** The fake server's messages, profiles, destinations and their queues, kept in memory. */
import type {
  Delivery, Destination, Hl7Message, MessageContent, MessageState, Profile, ProfileTrial, Replay,
} from '../../src/api/exchange_types.ts'
import { defaults } from '../../src/screens/destinations/options.ts'
import { json, nothing, page, problem } from './answers.ts'

const noon = Date.parse('2026-11-24T07:41:00Z')
const states: readonly MessageState[] = ['processed', 'error', 'processed', 'warning', 'processed', 'received', 'ignored', 'processed']
const reasons: Partial<Record<MessageState, [string, string]>> = {
  error: ['longer than the 16 characters of DICOM', 'OBR-18'],
  warning: ['PID-8 is not in the table of sexes: left empty', ''],
  ignored: ['this event is of no use here', ''],
}

function message(id: number): Hl7Message {
  const state = states[id % states.length] ?? 'processed'
  const [reason, location] = reasons[state] ?? ['', '']
  const received = new Date(noon - id * 61_000).toISOString()
  return {
    id: 100_000 - id, source: id % 3 === 0 ? 'SCHEDULING^CLINIQUE' : 'RIS^HOPITAL', door: 'mllp', address: '10.20.0.5', certificate: '', received, said: received,
    processed: state === 'received' ? null : received, control_id: `MSG${100_000 - id}`, type: state === 'ignored' ? 'ADT^A60' : id % 3 === 0 ? 'SIU^S12' : id % 3 === 1 ? 'ORM^O01' : 'ADT^A08',
    state, reason, location, patient_id: `80012${id % 50}`, accession: id % 3 === 1 ? `A2026${id}` : '', repeats: id % 11 === 3 ? 2 : 0, attempts: 1, size: 812,
  }
}

const content = (type: string): MessageContent => ({
  charset: 'utf-8', warnings: [], cut: false, text: `MSH|^~\\&|RIS|HOPITAL|||20261124084100||${type}|1|P|2.5\rPID|1||8001^^^HOPITAL||DUPONT^Jeanne||19610304|F\rOBR|1|P1|||||||||||||||||A-VERY-LONG-ACCESSION-NUMBER\r`,
  segments: [
    { name: 'MSH', number: 1, label: 'Message Header', fields: [{ number: 9, label: 'Message Type', text: type, cut: false }] },
    { name: 'PID', number: 2, label: 'Patient Identification', fields: [{ number: 3, label: 'Patient Identifier List', text: '8001^^^HOPITAL', cut: false }, { number: 5, label: 'Patient Name', text: 'DUPONT^Jeanne', cut: false }] },
    { name: 'OBR', number: 3, label: 'Observation Request', fields: [{ number: 2, label: 'Placer Order Number', text: 'P1', cut: false }, { number: 18, label: 'Placer Field 1', text: 'A-VERY-LONG-ACCESSION-NUMBER', cut: false }] },
  ],
})

function matches(each: Hl7Message, query: URLSearchParams): boolean {
  const [state, type, source, text] = ['state', 'type', 'source', 'text'].map((name) => query.get(name) ?? '')
  return (state === '' || each.state === state) && (!type || each.type === type || each.type.startsWith(`${type}^`)) && (!source || each.source === source)
    && (!text || [each.control_id, each.patient_id, each.accession].includes(text))
}

function destination(name: string, change: Partial<Destination> = {}): Destination {
  return {
    name, host: 'ris.hopital.example', port: 2575, tls: false, options: { ...defaults }, paused: false, failing_since: null, problem: '', waiting: 0, parked: 0,
    changed: new Date(noon).toISOString(), changed_by: 'admin', ...change,
  }
}

function delivery(id: number, state: Delivery['state'], reason = ''): Delivery {
  const created = new Date(noon - id * 3_000).toISOString()
  return { id, destination: 'portal', type: 'ORU^R01', control_id: `OUT${id}`, patient_id: '8001', accession: `A${id}`, state, attempts: 2, next_attempt: null, created, sent: state === 'sent' ? created : null, reason, size: 640 }
}

export class FakeExchange {
  messages = Array.from({ length: 240 }, (_, id) => message(id))
  profiles: Profile[] = [{ name: 'ris', version: 1, active: true, body: '[match]\nsenders = ["RIS^*"]\n', at: new Date(noon).toISOString(), by: 'admin' }]
  destinations = [destination('ris'), destination('portal', { failing_since: new Date(noon).toISOString(), problem: 'portal refused the connection', waiting: 12, parked: 1 })]
  deliveries = [delivery(3, 'waiting'), delivery(2, 'parked', 'it answered AR: unknown patient'), delivery(1, 'sent')]

  async hl7(request: Request, url: URL, [, room, part]: string[]): Promise<Response> {
    if (room === 'summary') return json(this.summary())
    if (room === 'profiles') return this.answerProfiles(request, url.searchParams, part)
    if (part === undefined) return json(page(this.messages.filter((each) => matches(each, url.searchParams)), url.searchParams))
    if (part === 'replay') return this.replay((await request.json()) as Replay)
    const found = this.messages.find((each) => each.id === Number(part))
    return found ? json({ ...found, ...content(found.type) }) : problem(404, 'No such message')
  }

  private summary() {
    const counts = states.filter((state, index) => states.indexOf(state) === index)
    return { states: counts.map((state) => ({ state, count: this.messages.filter((each) => each.state === state).length, exact: true })), oldest_waiting: null }
  }

  private replay(replay: Replay): Response {
    const query = new URLSearchParams('selection' in replay ? Object.entries(replay.selection) : [])
    const meant = this.messages.filter((each) => ('ids' in replay ? replay.ids.includes(each.id) : matches(each, query)))
    this.messages = this.messages.map((each) => (meant.includes(each) || each.state === 'received' ? { ...each, state: 'processed', reason: '', location: '' } : each))
    return json({ replayed: meant.length })
  }

  private async answerProfiles(request: Request, query: URLSearchParams, part: string | undefined): Promise<Response> {
    const newest = [...new Map(this.profiles.map((each) => [each.name, each])).values()]
    if (request.method === 'GET' && part === undefined) return json({ items: newest, in_force: query.get('source') ? { name: 'ris', version: 1 } : null })
    if (request.method === 'GET') return json({ items: this.profiles.filter((each) => each.name === query.get('name')).toReversed(), in_force: null })
    const { name, body = '', version } = (await request.json()) as { name: string; body?: string; version?: number }
    if (body.includes('"cut"')) return problem(400, 'Bad Request', 'orders.too-long is none of reject, map')
    if (part === 'dry-run') return json(this.trial(name, body))
    const older = this.profiles.find((each) => each.name === name && each.version === version)
    const last = this.profiles.filter((each) => each.name === name).length
    this.profiles = this.profiles.map((each) => (each.name === name ? { ...each, active: false } : each))
    const kept = { name, version: last + 1, active: part !== 'retire', body: older?.body ?? body, at: new Date().toISOString(), by: 'admin' }
    this.profiles.push(kept)
    return json(kept)
  }

  private trial(name: string, body: string): ProfileTrial {
    const nothingMade = { unused: '', warnings: [], statements: [], worklist: [] }
    const fault = { code: 102, location: 'OBR-18', text: 'longer than the 16 characters of DICOM' }
    const before = { profile: { name: 'ris', version: 1 }, fault, ...nothingMade }
    if (!body.includes('"map"')) return { before, after: { ...before, profile: { name, version: 0 } }, differs: false, keywords: {} }
    const worklist = [{ '00100010': { vr: 'PN', Value: [{ Alphabetic: 'DUPONT^Jeanne' }] }, '00080050': { vr: 'SH', Value: ['K7Q2M4ZP9A1BC3DE'] } }]
    return { before, after: { ...before, profile: { name, version: 0 }, fault: null, worklist }, differs: true, keywords: { '00100010': 'PatientName', '00080050': 'AccessionNumber' } }
  }

  async answerDestinations(request: Request, [, name, verb]: string[]): Promise<Response> {
    if (name === 'test') return json({ ok: true, milliseconds: 9, message: 'it answered', code: 'AA' })
    if (name === undefined && request.method === 'GET') return json({ items: this.destinations })
    const form = request.method === 'POST' && verb !== undefined ? {} : ((await request.json().catch(() => ({}))) as Partial<Destination>)
    const change = (part: Partial<Destination>): void => {
      this.destinations = this.destinations.map((each) => (each.name === name ? { ...each, ...part } : each))
    }
    if (name === undefined) this.destinations = [...this.destinations, destination(form.name ?? '', form)]
    else if (request.method === 'DELETE') {
      this.destinations = this.destinations.filter((each) => each.name !== name)
      return nothing()
    } else if (verb === 'resend') {
      change({ parked: 0 })
      this.deliveries = this.deliveries.map((each) => (each.state === 'parked' ? { ...each, state: 'waiting', reason: '' } : each))
      return json({ resent: 1 })
    } else if (verb !== undefined) change({ paused: verb === 'pause' })
    else change(form)
    return json(this.destinations.find((each) => each.name === (name ?? form.name)))
  }

  answerDeliveries(query: URLSearchParams, [, id, verb]: string[]): Response {
    const state = query.get('state')
    if (id === undefined) return json(page(this.deliveries.filter((each) => each.destination === query.get('destination') && (!state || each.state === state)), query))
    const found = this.deliveries.find((each) => each.id === Number(id))
    if (!found) return problem(404, 'No such delivery')
    if (verb === undefined) return json({ ...found, message: content('ORU^R01'), answer: null })
    this.deliveries = this.deliveries.map((each) => (each === found ? { ...each, state: verb === 'drop' ? 'dropped' : 'waiting', reason: '' } : each))
    return nothing()
  }
}
