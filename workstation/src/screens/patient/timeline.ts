/** What is known of a patient as a line of time. */
import type { Order } from '@/api/reconciliation_types.ts'
import type { Report, ReportVersion, StudyDetail } from '@/api/types.ts'
import { toDicomDate } from '@/format/date.ts'

export const kinds = ['order', 'study', 'report'] as const
export type Kind = (typeof kinds)[number]

interface Moment {
  /** Different from that of every other event. */
  id: string
  /** YYYYMMDD */
  date: string | null
  /** HHMMSS */
  time: string | null
  modalities: readonly string[]
}

export interface OrderEvent extends Moment { kind: 'order'; order: Order }
export interface StudyEvent extends Moment { kind: 'study'; study: StudyDetail }
export interface ReportEvent extends Moment { kind: 'report'; report: Report; version: ReportVersion; study: StudyDetail }
export type Event = OrderEvent | StudyEvent | ReportEvent

const two = (value: number): string => String(value).padStart(2, '0')

/** Day and time of an instant where this screen stands, as DICOM spells them. */
function here(iso: string): { date: string | null; time: string | null } {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return { date: null, time: null }
  const date = toDicomDate({ year: at.getFullYear(), month: at.getMonth() + 1, day: at.getDate() })
  return { date, time: `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}` }
}

export const orderEvent = (order: Order): OrderEvent =>
  ({ kind: 'order', id: `order ${order.key}`, date: order.date, time: order.time, modalities: order.modality === '' ? [] : [order.modality], order })

export const studyEvent = (study: StudyDetail): StudyEvent =>
  ({ kind: 'study', id: study.uid, date: study.date, time: study.time, modalities: study.modalities, study })

/** The version that counts gives the time. */
export function reportEvents(study: StudyDetail, reports: readonly Report[]): ReportEvent[] {
  return reports.flatMap((report) => {
    const [version] = report.versions
    return version ? [{ kind: 'report' as const, id: `report ${report.id} ${study.uid}`, ...here(version.at), modalities: study.modalities, report, version, study }] : []
  })
}

/** A report comes before its study in a list that begins with the newest, an order after it. */
const rank: Record<Kind, number> = { report: 0, study: 1, order: 2 }
const sortKey = ({ date, time }: Moment): string => `${date ?? ''}${(time ?? '').padEnd(6, '0').slice(0, 6)}`

export const newestFirst = (events: readonly Event[]): Event[] =>
  events.toSorted((a, b) => sortKey(b).localeCompare(sortKey(a)) || rank[a.kind] - rank[b.kind])

export interface Year {
  /** Null for events without a date. */
  year: string | null
  events: Event[]
}

/** Keeps the order of the events; what has no date comes last. */
export function byYear(events: readonly Event[]): Year[] {
  const years = new Map<string | null, Event[]>()
  for (const event of events) {
    const year = /^\d{4}/.exec(event.date ?? '')?.[0] ?? null
    years.set(year, [...(years.get(year) ?? []), event])
  }
  return [...years].map(([year, group]) => ({ year, events: group })).sort((a, b) => (b.year ?? '').localeCompare(a.year ?? ''))
}

export const modalitiesOf = (events: readonly Event[]): string[] => [...new Set(events.flatMap((event) => event.modalities))].sort()

/** Nothing chosen means everything. */
export const isChosen = (event: Event, chosenKinds: readonly Kind[], modalities: readonly string[]): boolean =>
  (chosenKinds.length === 0 || chosenKinds.includes(event.kind))
  && (modalities.length === 0 || event.modalities.some((each) => modalities.includes(each)))

export const toggled = <Value>(values: readonly Value[], value: Value): Value[] =>
  (values.includes(value) ? values.filter((each) => each !== value) : [...values, value])

/** Two at most: a third takes the place of the first. */
export const togglePick = (picked: readonly string[], uid: string): string[] => toggled(picked, uid).slice(-2)
