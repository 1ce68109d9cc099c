/** The studies of a patient as a line of time. */
import type { StudyDetail } from '@/api/types.ts'

export interface Year {
  /** Null for studies that say no date. */
  year: string | null
  studies: StudyDetail[]
}

/** Keeps the order that the server gave (newest first); what has no date comes last. */
export function byYear(studies: readonly StudyDetail[]): Year[] {
  const years = new Map<string | null, StudyDetail[]>()
  for (const study of studies) {
    const year = /^\d{4}/.exec(study.date ?? '')?.[0] ?? null
    years.set(year, [...(years.get(year) ?? []), study])
  }
  return [...years].map(([year, group]) => ({ year, studies: group })).sort((a, b) => (b.year ?? '').localeCompare(a.year ?? ''))
}

export const modalitiesOf = (studies: readonly StudyDetail[]): string[] =>
  [...new Set(studies.flatMap((study) => study.modalities))].sort()

/** Two at most: a third takes the place of the first. */
export function togglePick(picked: readonly string[], uid: string): string[] {
  return picked.includes(uid) ? picked.filter((each) => each !== uid) : [...picked, uid].slice(-2)
}
