/** DICOM dates, times and ages (PS3.5 6.2) and server instants, in the reader's language. */
import type { Language } from '@/api/types.ts'

/** Day and month are never ambiguous: a name for the month in English, day first in French. */
const locales: Record<Language, string> = { en: 'en-GB', fr: 'fr-FR' }
const dayStyle: Record<Language, Intl.DateTimeFormatOptions> = {
  en: { day: '2-digit', month: 'short', year: 'numeric' },
  fr: { day: '2-digit', month: '2-digit', year: 'numeric' },
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Making a formatter costs more than a whole row of the list, so each is made once. */
function formatter(language: Language, kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${kind}`
  const known = formatters.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locales[language], options)
  formatters.set(key, made)
  return made
}

export interface CalendarDay {
  year: number
  month: number
  day: number
}

export function parseDate(value: string | null): CalendarDay | null {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(value ?? '')
  if (!match) return null
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const check = new Date(Date.UTC(year, month - 1, day))
  return check.getUTCMonth() === month - 1 && check.getUTCDate() === day ? { year, month, day } : null
}

/** A value that is no date is shown as it came rather than hidden. */
export function formatDate(value: string | null, language: Language): string {
  const day = parseDate(value)
  if (!day) return value ?? ''
  const date = new Date(Date.UTC(day.year, day.month - 1, day.day))
  return formatter(language, 'day', { ...dayStyle[language], timeZone: 'UTC' }).format(date)
}

/** Minutes east of Greenwich of `+0100`. */
function offsetMinutes(timezone: string | null): number | null {
  const match = /^([+-])(\d{2})(\d{2})$/.exec(timezone ?? '')
  if (!match) return null
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]))
}

/** The zone is told only when it is not the one that this site had on that day. */
export function formatTime(date: string | null, time: string | null, timezone: string | null): string {
  const match = /^(\d{2}):?(\d{2})?/.exec(time ?? '')
  if (!match) return ''
  const clock = `${match[1] ?? ''}:${match[2] ?? '00'}`
  const offset = offsetMinutes(timezone)
  const day = parseDate(date)
  if (offset === null || !day) return clock
  const here = -new Date(day.year, day.month - 1, day.day, Number(match[1])).getTimezoneOffset()
  return here === offset ? clock : `${clock} ${(timezone ?? '').replace(/00$/, '')}`
}

export function formatInstant(iso: string | null, language: Language): string {
  const date = new Date(iso ?? '')
  if (Number.isNaN(date.getTime())) return ''
  return formatter(language, 'instant', { ...dayStyle[language], hour: '2-digit', minute: '2-digit' }).format(date)
}

export interface Age {
  value: number
  unit: 'year' | 'month' | 'week' | 'day'
}

const units: Record<string, Age['unit']> = { Y: 'year', M: 'month', W: 'week', D: 'day' }

export function parseAge(value: string | null): Age | null {
  const match = /^(\d{1,3})([YMWD])$/.exec(value?.trim() ?? '')
  const unit = units[match?.[2] ?? '']
  return match && unit ? { value: Number(match[1]), unit } : null
}

/** The age on a day, counted as birthdays are; months below two years, days below two months. */
export function ageOn(birth: string | null, day: CalendarDay): Age | null {
  const born = parseDate(birth)
  if (!born) return null
  const months = (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day ? 1 : 0)
  if (months < 0) return null
  if (months >= 24) return { value: Math.floor(months / 12), unit: 'year' }
  if (months >= 2) return { value: months, unit: 'month' }
  const elapsed = Date.UTC(day.year, day.month - 1, day.day) - Date.UTC(born.year, born.month - 1, born.day)
  return { value: Math.round(elapsed / 86_400_000), unit: 'day' }
}

/** What the object says (Patient's Age), else what the birth date and the study's date give. */
export function ageAtStudy(age: string | null, birth: string | null, date: string | null): Age | null {
  const said = parseAge(age)
  if (said) return said
  const day = parseDate(date)
  return day ? ageOn(birth, day) : null
}

export function today(): CalendarDay {
  const now = new Date()
  return { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() }
}

export const toDicomDate = (day: CalendarDay): string =>
  `${String(day.year).padStart(4, '0')}${String(day.month).padStart(2, '0')}${String(day.day).padStart(2, '0')}`

export function daysBefore(day: CalendarDay, days: number): CalendarDay {
  const date = new Date(Date.UTC(day.year, day.month - 1, day.day - days))
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}
