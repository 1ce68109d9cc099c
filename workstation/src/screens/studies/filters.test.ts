import { describe, expect, it } from 'vitest'
import { nextSort, readFilters, studyFilters, writeFilters } from './filters.ts'

const today = { year: 2026, month: 11, day: 24 }

describe('the filters of the study list', () => {
  it('survive a trip through the address', () => {
    const parameters = new URLSearchParams('search=dup&date=20260101-20260131&modality=CT&modality=MR&accession=A1&sort=name')
    expect(writeFilters(readFilters(parameters)).toString()).toBe(parameters.toString())
  })
  it('leave nothing in the address when nothing is filtered', () => {
    expect(writeFilters(readFilters(new URLSearchParams('sort=-date&date=rubbish'))).toString()).toBe('')
  })
  it('count today among the last three days', () => {
    expect(studyFilters(readFilters(new URLSearchParams('date=3d')), today)).toEqual({ date_from: '20261122', sort: '-date' })
    expect(studyFilters(readFilters(new URLSearchParams('date=today')), today).date_from).toBe('20261124')
  })
  it('may be open at one end of the dates', () => {
    expect(studyFilters(readFilters(new URLSearchParams('date=-20260131')), today)).toEqual({ date_to: '20260131', sort: '-date' })
  })
  it('do not search for blanks', () => {
    expect(studyFilters(readFilters(new URLSearchParams('search=%20%20')), today)).toEqual({ sort: '-date' })
  })
  it('turn the order when a column is chosen again', () => {
    expect(nextSort('-date', 'name')).toBe('name')
    expect(nextSort('name', 'name')).toBe('-name')
    expect(nextSort('-name', 'name')).toBe('name')
    expect(nextSort('name', 'date')).toBe('-date')
  })
})
