/** The fake server's index: search, filters, order. */
import type { Patient, PatientDetail, Study, StudyDetail, StudySortKey } from '../../src/api/types.ts'

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

const everything = (study: StudyDetail): string =>
  fold([study.patient.name.alphabetic, study.patient.name.ideographic, study.patient.id, study.accession, study.description].join(' ').replaceAll('^', ' '))

function matches(study: StudyDetail, query: URLSearchParams): boolean {
  const words = fold(query.get('search') ?? '').split(/\s+/).filter(Boolean)
  const has = (value: string, name: string): boolean => fold(value).includes(fold(query.get(name) ?? ''))
  const modality = query.getAll('modality')
  const [from, to] = [query.get('date_from'), query.get('date_to')]
  return words.every((word) => everything(study).includes(word))
    && has(study.patient.name.alphabetic.replaceAll('^', ' '), 'patient_name') && has(study.patient.id, 'patient_id')
    && has(study.accession, 'accession') && has(study.description, 'description')
    && (modality.length === 0 || study.modalities.some((each) => modality.includes(each)))
    && (from === null || (study.date ?? '') >= from) && (to === null || (study.date !== null && study.date <= to))
    && (query.get('patient') ?? study.patient.key) === study.patient.key
}

const sortValue: Record<StudySortKey, (study: StudyDetail) => string> = {
  date: (study) => `${study.date ?? ''}${study.time ?? ''}`,
  name: (study) => fold(study.patient.name.alphabetic),
  received: (study) => study.received,
  modality: (study) => study.modalities.join(' '),
  description: (study) => fold(study.description),
  accession: (study) => study.accession,
  patient_id: (study) => study.patient.id,
}

export const asStudy = (detail: StudyDetail): Study => ({ ...detail, series: detail.series.length })

export function findStudies(all: readonly StudyDetail[], query: URLSearchParams): Study[] {
  const sort = query.get('sort') ?? '-date'
  const value = sortValue[sort.replace('-', '') as StudySortKey]
  const sign = sort.startsWith('-') ? -1 : 1
  return all.filter((study) => matches(study, query)).sort((a, b) => sign * value(a).localeCompare(value(b))).map(asStudy)
}

export function findPatients(all: readonly StudyDetail[], search: string): Patient[] {
  const words = fold(search).split(/\s+/).filter(Boolean)
  const patients = new Map<string, Patient>()
  for (const { patient } of all) {
    const known = patients.get(patient.key)
    if (known) known.studies += 1
    else patients.set(patient.key, { ...patient, studies: 1 })
  }
  const text = (patient: Patient): string => fold(`${Object.values(patient.name).join(' ')} ${patient.id}`)
  return [...patients.values()].filter((patient) => words.every((word) => text(patient).includes(word)))
    .sort((a, b) => fold(a.name.alphabetic).localeCompare(fold(b.name.alphabetic)))
}

export function findPatient(all: readonly StudyDetail[], key: string): PatientDetail | null {
  const studies = all.filter((study) => study.patient.key === key)
  const [first] = studies
  return first ? { ...first.patient, studies: studies.length, studies_list: studies } : null
}
