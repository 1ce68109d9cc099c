/** The filter bar's state. It lives in the address, so Back, a bookmark and a second window bring it again. */
import type { StudyFilters, StudySort, StudySortKey } from '@/api/types.ts'
import { daysBefore, toDicomDate, type CalendarDay } from '@/format/date.ts'

export const presets = ['today', '3d', '7d'] as const
export type Preset = (typeof presets)[number]

export type DateFilter = { kind: 'any' } | { kind: 'preset'; preset: Preset } | { kind: 'range'; from: string; to: string }

export const textFields = ['patient_name', 'patient_id', 'accession', 'description'] as const
export type TextField = (typeof textFields)[number]

export interface FilterState {
  search: string
  date: DateFilter
  modalities: string[]
  texts: Partial<Record<TextField, string>>
  sort: StudySort
}

export const everyday = ['CT', 'MR', 'US', 'CR', 'DX', 'MG', 'XA', 'PT'] as const
export const otherModalities = [
  'NM', 'RF', 'BI', 'BMD', 'DOC', 'ECG', 'EPS', 'ES', 'GM', 'IO', 'IVOCT', 'IVUS', 'KO', 'OP', 'OPT', 'OT', 'PR', 'PX', 'RTDOSE',
  'RTIMAGE', 'RTPLAN', 'RTSTRUCT', 'SC', 'SEG', 'SM', 'SR', 'XC',
] as const

const sortKeys: readonly StudySortKey[] = ['date', 'name', 'received', 'modality', 'description', 'accession', 'patient_id']
const defaultSort: StudySort = '-date'

function parseSort(value: string | null): StudySort {
  const key = sortKeys.find((each) => value === each || value === `-${each}`)
  if (key === undefined) return defaultSort
  return value === key ? key : `-${key}`
}

function parseDateFilter(value: string | null): DateFilter {
  const preset = presets.find((each) => each === value)
  if (preset) return { kind: 'preset', preset }
  const match = /^(\d{8})?-(\d{8})?$/.exec(value ?? '')
  const [from, to] = [match?.[1] ?? '', match?.[2] ?? '']
  return from === '' && to === '' ? { kind: 'any' } : { kind: 'range', from, to }
}

export function readFilters(parameters: URLSearchParams): FilterState {
  const texts: FilterState['texts'] = {}
  for (const field of textFields) {
    const value = parameters.get(field)
    if (value) texts[field] = value
  }
  return {
    search: parameters.get('search') ?? '',
    date: parseDateFilter(parameters.get('date')),
    modalities: parameters.getAll('modality'),
    texts,
    sort: parseSort(parameters.get('sort')),
  }
}

function dateText(date: DateFilter): string {
  if (date.kind === 'preset') return date.preset
  return date.kind === 'range' ? `${date.from}-${date.to}` : ''
}

export function writeFilters(state: FilterState): URLSearchParams {
  const parameters = new URLSearchParams()
  if (state.search !== '') parameters.set('search', state.search)
  const date = dateText(state.date)
  if (date !== '') parameters.set('date', date)
  for (const modality of state.modalities) parameters.append('modality', modality)
  for (const field of textFields) {
    const value = state.texts[field]
    if (value) parameters.set(field, value)
  }
  if (state.sort !== defaultSort) parameters.set('sort', state.sort)
  return parameters
}

const daysBack: Record<Preset, number> = { today: 0, '3d': 2, '7d': 6 }

function dateQuery(date: DateFilter, today: CalendarDay): Pick<StudyFilters, 'date_from' | 'date_to'> {
  if (date.kind === 'any') return {}
  if (date.kind === 'preset') return { date_from: toDicomDate(daysBefore(today, daysBack[date.preset])) }
  return { ...(date.from && { date_from: date.from }), ...(date.to && { date_to: date.to }) }
}

/** What the server is asked. */
export function studyFilters(state: FilterState, today: CalendarDay): StudyFilters {
  return {
    ...(state.search.trim() && { search: state.search.trim() }),
    ...dateQuery(state.date, today),
    ...(state.modalities.length > 0 && { modality: state.modalities }),
    ...state.texts,
    sort: state.sort,
  }
}

export const isNarrowed = (state: FilterState): boolean =>
  state.search.trim() !== '' || state.date.kind !== 'any' || state.modalities.length > 0 || Object.keys(state.texts).length > 0

/** A second press on the same column turns the order; dates start with the newest. */
export function nextSort(current: StudySort, key: StudySortKey): StudySort {
  const first: StudySort = key === 'date' || key === 'received' ? `-${key}` : key
  if (current === first) return first === key ? `-${key}` : key
  return first
}
