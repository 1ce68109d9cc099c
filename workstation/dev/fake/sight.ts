/** The fake server's roles, and who has to do with whom, kept in memory. */
import { actions, type Assignment, type CareForm, type CareRelation, type EmergencyForm, type Role, type RoleForm } from '../../src/api/sight_types.ts'
import type { Account, StudyDetail } from '../../src/api/types.ts'
import { json, nothing, problem } from './answers.ts'

const everyday = ['export', 'read', 'report', 'share', 'store']

const roles = (): Role[] => [
  { name: 'admin', title: 'Administrator', actions: [...actions], sees: { everything: true, confidential: true, rules: [] } },
  { name: 'radiologist', title: 'Radiologist', actions: [...everyday, 'care', 'emergency', 'flag'], sees: { everything: true, confidential: false, rules: [] } },
  { name: 'referring', title: 'Referring physician', actions: ['emergency', 'export', 'read'], sees: { everything: false, confidential: false, rules: [{ referring: 'own' }, { assigned: true }] } },
  { name: 'researcher', title: 'Researcher', actions: ['export', 'read'], sees: { everything: false, confidential: false, rules: [{ deidentified: true }] } },
  { name: 'ct-north', title: 'Scanner, site nord', actions: everyday, sees: { everything: false, confidential: false, rules: [{ institutions: ['Hôpital Démonstration', 'Clinique du Parc'], modalities: ['CT', 'MR'] }, { departments: 'own' }] } },
  { name: 'user', title: 'User', actions: everyday, sees: { everything: true, confidential: false, rules: [] } },
]

const minutes = 60_000

export interface Neighbours {
  accounts: () => readonly Account[]
  studies: () => readonly StudyDetail[]
  /** Who asks. */
  user: () => string
}

export class FakeSight {
  roles = roles()
  confidential = new Set<string>()
  care: Partial<Record<string, CareRelation[]>> = {}
  assigned: Partial<Record<string, Assignment[]>> = {}
  /** The keys of patients whom the user does not see. */
  hidden = new Set<string>()
  private made = 0

  constructor(private readonly neighbours: Neighbours) {}

  async answerRoles(request: Request, [, name]: string[]): Promise<Response> {
    if (name === undefined) return json({ items: this.roles, actions, terms: { lists: ['institutions', 'departments', 'modalities', 'referring'], own: ['institutions', 'departments', 'referring'], flags: ['assigned', 'deidentified'] } })
    if (request.method === 'DELETE') {
      if (this.neighbours.accounts().some(({ role }) => role === name)) return problem(422, 'Refused', 'accounts have this role: give them another first')
      this.roles = this.roles.filter((role) => role.name !== name)
      return nothing()
    }
    if (!/^[a-z][a-z0-9-]{0,15}$/.test(name)) return problem(422, 'Refused', "a role's name has up to 16 small letters, digits and hyphens")
    const role = { name, ...((await request.json()) as RoleForm) }
    const known = this.roles.some((each) => each.name === name)
    this.roles = known ? this.roles.map((each) => (each.name === name ? role : each)) : [...this.roles, role]
    return json(role, known ? 200 : 201)
  }

  async openUnseen(request: Request): Promise<Response> {
    const { patient_id: id, birth_date: born, reason, issuer } = (await request.json()) as EmergencyForm
    const found = this.neighbours.studies().map(({ patient }) => patient).filter((each) => each.id === id && each.birth_date === born)
    const keys = new Set(found.filter((each) => !issuer || each.issuer === issuer).map(({ key }) => key))
    const [key] = keys
    if (key === undefined) return problem(404, 'Not found', 'there is no patient with this identifier and birth date')
    if (keys.size > 1) return problem(400, 'Bad request', 'several patients have this identifier; say who issued it')
    return this.open(key, reason)
  }

  async answerPatient(request: Request, key: string, [part, id]: string[]): Promise<Response | null> {
    if (part === 'emergency') return this.open(key, ((await request.json()) as { reason: string }).reason)
    if (part === 'care') return this.answerCare(request, key, id)
    if (part !== 'confidential') return null
    if (request.method === 'PUT') {
      if (((await request.json()) as { confidential: boolean }).confidential) this.confidential.add(key)
      else this.confidential.delete(key)
    }
    return json({ confidential: this.confidential.has(key) })
  }

  answerAssignments(request: Request, study: string, account: string | undefined): Response {
    const list = this.assigned[study] ?? []
    if (request.method === 'DELETE') this.assigned[study] = list.filter((each) => each.account !== account)
    if (request.method === 'DELETE') return nothing()
    if (request.method === 'PUT' && account !== undefined) {
      if (!this.knows(account)) return problem(422, 'Refused', 'there is no such account')
      if (!list.some((each) => each.account === account)) this.assigned[study] = [...list, { account, assigned_by: this.neighbours.user(), at: new Date().toISOString() }]
    }
    return json({ items: this.assigned[study] ?? [] })
  }

  private knows(account: string): boolean {
    return this.neighbours.accounts().some(({ name }) => name === account)
  }

  private open(key: string, reason: string): Response {
    this.hidden.delete(key)
    const until = new Date(Date.now() + 240 * minutes).toISOString()
    this.add(key, { account: this.neighbours.user(), kind: 'emergency', reason, until })
    return json({ patient: key, until })
  }

  private async answerCare(request: Request, key: string, id: string | undefined): Promise<Response> {
    const list = this.care[key] ?? []
    if (request.method === 'GET') return json({ items: list })
    if (request.method === 'DELETE') {
      this.care[key] = list.map((each) => (each.id === id ? { ...each, until: new Date().toISOString() } : each))
      return nothing()
    }
    const form = (await request.json()) as CareForm
    if (!this.knows(form.account)) return problem(422, 'Refused', 'there is no such account')
    return json(this.add(key, { ...form, kind: 'care' }), 201)
  }

  private add(key: string, about: Pick<CareRelation, 'account' | 'kind' | 'reason' | 'until'>): CareRelation {
    this.made += 1
    const relation = { id: String(this.made), granted_by: this.neighbours.user(), since: new Date().toISOString(), ...about }
    this.care[key] = [relation, ...(this.care[key] ?? [])]
    return relation
  }
}
