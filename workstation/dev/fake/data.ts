/** An invented department: believable patients and studies, and some that are ugly on purpose. */
import type { PatientIdentity, PersonName, Series, SeriesKind, StudyDetail } from '../../src/api/types.ts'
import { createRandom, type Random } from './random.ts'

const families = ['Dupont', 'Martin', 'Lefèvre', 'Moreau', 'Garnier', 'Petit', 'Roux', 'Fontaine', 'Chevalier', 'Blanchard', 'Gauthier', 'Perrin', 'Morin', 'Masson', 'Marchand', 'Noël', 'Barbier', 'Renard', 'Collet', 'Brun', 'Muster', 'Exemple', 'Beispiel', 'Sample'] as const
const female = ['Jeanne', 'Camille', 'Zoé', 'Élise', 'Inès', 'Margaux', 'Odile', 'Solange', 'Anaïs', 'Léa'] as const
const male = ['Paul', 'Théo', 'Émile', 'Hugo', 'Jules', 'Gaspard', 'Noé', 'Lucien', 'Bastien', 'Raphaël'] as const
const doctors = ['Bernard^Alice', 'Keller^Nina', 'Lambert^Yves', 'Faure^Denis', 'Schmitt^Karin', ''] as const

interface Kind {
  modalities: string[]
  description: string
  part: string
  series: [modality: string, description: string, instances: number, kind: SeriesKind][]
}

const kinds: readonly Kind[] = [
  { modalities: ['CT'], description: 'CT THORAX AVEC INJECTION', part: 'CHEST', series: [['CT', 'Topogramme', 2, 'image'], ['CT', 'Thorax 1,0 B31f', 412, 'image'], ['CT', 'Poumon 1,0 B60f', 412, 'image'], ['CT', 'Coronal MPR 3,0', 86, 'image']] },
  { modalities: ['CT'], description: 'CT CÉRÉBRAL SANS INJECTION', part: 'HEAD', series: [['CT', 'Scout', 1, 'image'], ['CT', 'Cerveau 5,0', 34, 'image'], ['CT', 'Os 1,0', 170, 'image']] },
  { modalities: ['MR'], description: 'IRM encéphale', part: 'BRAIN', series: [['MR', 'T1 MPRAGE sag', 192, 'image'], ['MR', 'T2 FLAIR ax', 48, 'image'], ['MR', 'DWI b1000', 60, 'image'], ['MR', 'ADC', 30, 'image'], ['MR', 'T2* SWI', 72, 'image']] },
  { modalities: ['MR'], description: 'IRM genou gauche', part: 'KNEE', series: [['MR', 'DP FS sag', 32, 'image'], ['MR', 'DP FS cor', 28, 'image'], ['MR', 'T1 cor', 28, 'image']] },
  { modalities: ['CR'], description: 'Thorax face et profil', part: 'CHEST', series: [['CR', 'Thorax PA', 1, 'image'], ['CR', 'Thorax LAT', 1, 'image']] },
  { modalities: ['DX'], description: 'Poignet droit 2 incidences', part: 'WRIST', series: [['DX', 'Poignet F', 1, 'image'], ['DX', 'Poignet P', 1, 'image']] },
  { modalities: ['US'], description: 'Échographie abdominale', part: 'ABDOMEN', series: [['US', 'Abdomen', 24, 'image']] },
  { modalities: ['MG', 'SR'], description: 'Mammographie bilatérale', part: 'BREAST', series: [['MG', 'R CC', 1, 'image'], ['MG', 'L CC', 1, 'image'], ['MG', 'R MLO', 1, 'image'], ['MG', 'L MLO', 1, 'image'], ['SR', 'Compte rendu', 1, 'report']] },
  { modalities: ['PT', 'CT'], description: 'TEP-TDM au FDG corps entier', part: 'WHOLEBODY', series: [['CT', 'AC CT', 326, 'image'], ['PT', 'WB AC', 326, 'image'], ['PT', 'WB NAC', 326, 'image']] },
  { modalities: ['XA'], description: 'Coronarographie', part: 'HEART', series: [['XA', 'CD RAO 30', 1, 'image'], ['XA', 'CG LAO 45', 1, 'image']] },
  { modalities: ['SR'], description: 'Compte rendu de scanner', part: '', series: [['SR', 'Compte rendu', 1, 'report']] },
  { modalities: ['DOC'], description: 'Courrier du médecin traitant', part: '', series: [['DOC', 'Courrier', 1, 'document']] },
]

const pn = (alphabetic: string, ideographic = '', phonetic = ''): PersonName => ({ alphabetic, ideographic, phonetic })

const ugly: readonly PatientIdentity[] = [
  { key: 'u1', id: 'JP-0021', issuer: '', name: pn('Yamada^Tarou', '山田^太郎', 'やまだ^たろう'), birth_date: '19570411', sex: 'M' },
  { key: 'u2', id: 'AR-7', issuer: '', name: pn('قباني^لنزار'), birth_date: '19790630', sex: 'F' },
  { key: 'u3', id: 'WX-0000000000000000000000000000000000000000000000000000000000064', issuer: 'CHU-NORD', name: pn('Wolfeschlegelsteinhausenbergerdorff^Hubert Blaine Maximilian Jr'), birth_date: '19140804', sex: 'M' },
  { key: 'u4', id: 'INC-2026-118', issuer: '', name: pn('Inconnu^X'), birth_date: null, sex: null },
  { key: 'u5', id: '', issuer: '', name: pn(''), birth_date: null, sex: 'O' },
  { key: 'u6', id: 'NN-1', issuer: '', name: pn('Nouveau-né^de Petit'), birth_date: '20261112', sex: 'F' },
  { key: 'u7', id: 'KR-5', issuer: '', name: pn('Hong^Gildong', '洪^吉洞', '홍^길동'), birth_date: '19880101', sex: 'M' },
]

function makePatients(random: Random, amount: number): PatientIdentity[] {
  return Array.from({ length: amount }, (_, index) => {
    const sex = random.next() < 0.5 ? 'F' : 'M'
    const year = random.between(1928, 2022)
    const day = `${year}${String(random.between(1, 12)).padStart(2, '0')}${String(random.between(1, 28)).padStart(2, '0')}`
    return {
      key: `p${index}`, id: `P${String(100001 + index * 7)}`, issuer: '', sex, birth_date: day,
      name: pn(`${random.pick(families)}^${random.pick(sex === 'F' ? female : male)}`),
    }
  })
}

function makeSeries(kind: Kind, study: string): Series[] {
  return kind.series.map(([modality, description, instances, what], index) => ({
    uid: `${study}.${index + 1}`, number: index + 1, modality, description, body_part: kind.part, instances, date: null, time: null,
    laterality: '', station: 'DEMO1', kind: what,
  }))
}

export interface MakeStudy {
  random: Random
  patient: PatientIdentity
  index: number
  now: Date
  daysAgo: number
}

const compact = (date: Date): string => date.toISOString().slice(0, 10).replaceAll('-', '')

export function makeStudy({ random, patient, index, now, daysAgo }: MakeStudy): StudyDetail {
  const kind = random.pick(kinds)
  const uid = `2.25.1000${index}`
  const taken = new Date(now.getTime() - daysAgo * 86_400_000)
  const series = makeSeries(kind, uid)
  const clock = `${String(random.between(7, 18)).padStart(2, '0')}${String(random.between(0, 59)).padStart(2, '0')}00`
  return {
    uid, patient, date: compact(taken), time: clock, timezone: null, description: kind.description, accession: `A26${String(40000 + index)}`,
    study_id: String(index), modalities: kind.modalities, series, instances: series.reduce((sum, each) => sum + each.instances, 0),
    institution: 'Hôpital Démonstration', referring: pn(random.pick(doctors)), body_parts: kind.part === '' ? [] : [kind.part],
    received: taken.toISOString(), age: null, has_report: series.some((each) => each.kind !== 'image'), conflicts: index % 41 === 7 ? 1 : 0,
  }
}

function spoil(study: StudyDetail, index: number): StudyDetail {
  if (index === 2) return { ...study, description: 'TDM THORACO-ABDOMINO-PELVIENNE AVEC INJECTION TEMPS PORTAL + RECONSTRUCTIONS MULTIPLANAIRES ÉPAISSES', accession: '0123456789ABCDEF' }
  if (index === 3) return { ...study, date: null, time: null, description: '', accession: '' }
  if (index === 0) return { ...study, timezone: '+0900' }
  return study
}

/** Every study of the department, newest first. */
export function makeDepartment(amount: number, now = new Date()): StudyDetail[] {
  const random = createRandom(2026)
  const patients = makePatients(random, Math.max(1, Math.round(amount / 3)))
  const studies = Array.from({ length: amount }, (_, index) => {
    const special = ugly[index]
    const patient = special ?? random.pick(patients)
    const study = makeStudy({ random, patient, index, now, daysAgo: index < 24 ? Math.floor(index / 9) : Math.floor((index * 2200) / amount) })
    return special ? spoil(study, index) : study
  })
  return studies.sort((a, b) => `${b.date ?? ''}${b.time ?? ''}`.localeCompare(`${a.date ?? ''}${a.time ?? ''}`))
}
