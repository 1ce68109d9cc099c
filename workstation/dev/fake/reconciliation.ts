/** The fake server's studies that do not fit, its orders and its rules, kept in memory. */
import type {
  Choice, Decided, MatchingRule, Mismatch, MismatchKind, Order, RuleForm, StudyReconciliation,
} from '../../src/api/reconciliation_types.ts'
import { mismatchKinds } from '../../src/api/reconciliation_types.ts'
import type { PatientIdentity, StudyDetail } from '../../src/api/types.ts'
import { json, nothing, page, problem } from './answers.ts'

const at = '2026-11-24T07:41:00Z'

interface Waiting {
  study: StudyDetail
  kinds: MismatchKind[]
  own: PatientIdentity
  decided: Decided[]
}

const text = (part: Record<string, string>, tag: string): [string, unknown][] => (part[tag] ? [[tag, { vr: 'LO', Value: [part[tag]] }]] : [])

export class FakeReconciliation {
  waiting: Waiting[]
  orders: Order[]
  rules: MatchingRule[] = [{
    id: '1', name: 'Leading zeros', action: 'assign', kinds: ['unknown-patient'], sources: ['SCANNER1'], modalities: ['CT'], id_differs: ['zeros'], same_person: true,
    same_day: false, position: 1, enabled: true, changed: at, by: 'admin',
  }, {
    id: '2', name: 'Ultrasound without order', action: 'accept', kinds: ['unscheduled'], sources: [], modalities: ['US'], id_differs: [], same_person: false,
    same_day: false, position: 2, enabled: false, changed: at, by: 'admin',
  }]

  constructor(studies: readonly StudyDetail[]) {
    this.waiting = studies.slice(0, 4).map((study, index) => ({
      study, kinds: [mismatchKinds[index] ?? 'unscheduled'], own: { ...study.patient, key: '', id: `${study.patient.id}X`, birth_date: '19000101' }, decided: [],
    }))
    this.orders = studies.slice(0, 6).map((study, index) => ({
      key: String(index + 1), patient: study.patient, accession: `ORD${index + 1}`, procedure_id: `P${index + 1}`, description: study.description, modality: study.modalities[0] ?? 'CT',
      priority: 'ROUTINE', status: 'scheduled', date: study.date, time: '101500', stations: ['SCANNER1'], study_uid: '2.25.77',
    }))
  }

  private mismatch(one: Waiting, kind: MismatchKind): Mismatch {
    const study = { ...one.study, series: one.study.series.length }
    return { id: `${one.study.uid} ${kind}`, kind, state: 'open', study, own: { patient: one.own, accession: 'TYPO', study_id: '' }, at, changed: at, by: '', resolution: '' }
  }

  private spell(one: Waiting): StudyReconciliation {
    const [first, second] = this.orders
    return {
      study: { ...one.study, series: one.study.series.length }, own: { patient: one.own, accession: 'TYPO', study_id: '' }, source: 'SCANNER1', kinds: one.kinds, order: null,
      orders: [first, second].flatMap((order, index) => (order ? [{ order, score: 60 - index, reasons: ['name-and-birth-date', 'time', 'modality'], is_taken: index === 1 }] : [])),
      patients: [{ patient: one.study.patient, score: 40, reasons: ['similar-identifier'] }],
      decisions: one.decided, can_undo: one.decided.length > 0, can_register: one.kinds.includes('unknown-patient'),
    }
  }

  async answer(request: Request, query: URLSearchParams, [, room, uid, verb]: string[]): Promise<Response> {
    if (room === undefined) return this.list(query)
    const one = this.waiting.find((each) => each.study.uid === uid)
    if (!one) return problem(404, 'No such study')
    if (verb === undefined) return json(this.spell(one))
    if (verb === 'preview') return this.preview(one, (await request.json()) as Choice)
    const { reason, order = '' } = (await request.json()) as { reason: string; order?: string }
    if (verb === 'undo') Object.assign(one, { kinds: ['unknown-patient'], decided: [] })
    else Object.assign(one, { kinds: [], decided: [{ at, by: 'admin', reason, patient: one.study.patient.id, order: this.orders.find(({ key }) => key === order)?.accession ?? '', accepted: [] }] })
    return json(this.spell(one))
  }

  private list(query: URLSearchParams): Response {
    const all = query.get('state') === 'open' || query.get('state') === null ? this.waiting.flatMap((one) => one.kinds.map((kind) => this.mismatch(one, kind))) : []
    const counts = Object.fromEntries(mismatchKinds.map((kind) => [kind, all.filter((each) => each.kind === kind).length]))
    const kind = query.get('kind')
    return json({ ...page(all.filter((each) => kind === null || each.kind === kind), query), count: all.length, counts })
  }

  private preview(one: Waiting, choice: Choice): Response {
    const order = choice.decision === 'assign-order' ? this.orders.find(({ key }) => key === choice.target) : undefined
    const changes = (part: Record<string, string>) => Object.fromEntries(['00100020', '00080050'].flatMap((tag) => text(part, tag)))
    return json({
      before: changes({ '00100020': one.own.id, '00080050': 'TYPO' }), after: changes({ '00100020': one.study.patient.id, '00080050': order?.accession ?? 'TYPO' }),
      keywords: { '00100020': 'PatientID', '00080050': 'AccessionNumber' },
    })
  }

  answerOrders(query: URLSearchParams): Response {
    const [patient, accession] = [query.get('patient')?.toLowerCase() ?? '', query.get('accession') ?? '']
    return json(page(this.orders.filter((order) => (accession === '' ? order.patient.id.toLowerCase() === patient || order.patient.name.alphabetic.toLowerCase().startsWith(patient) : order.accession === accession)), query))
  }

  async answerRules(request: Request, [, id]: string[]): Promise<Response> {
    if (request.method === 'GET') return json({ items: this.rules.toSorted((a, b) => a.position - b.position) })
    if (request.method === 'DELETE') {
      this.rules = this.rules.filter((rule) => rule.id !== id)
      return nothing()
    }
    const form = (await request.json()) as RuleForm
    if (id === 'dry-run') return json({ looked_at: 4, is_whole: true, outcomes: [{ study_uid: this.waiting[0]?.study.uid ?? '', kind: 'unknown-patient', patient: '8001', order: 'ORD1' }] })
    const rule = { ...form, id: id ?? String(this.rules.length + 1), position: form.position ?? this.rules.length + 1, changed: at, by: 'admin' }
    this.rules = [...this.rules.filter((each) => each.id !== rule.id), rule]
    return json(rule)
  }
}
