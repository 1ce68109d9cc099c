import { describe, expect, it } from 'vitest'
import { ageAtStudy, ageOn, daysBefore, formatDate, formatTime, parseDate, toDicomDate } from './date.ts'

describe('a DICOM date', () => {
  it('is written so that day and month cannot be mixed up', () => {
    expect(formatDate('20261124', 'fr')).toBe('24/11/2026')
    expect(formatDate('20261124', 'en')).toBe('24 Nov 2026')
  })
  it('is shown as it came when it is no date', () => {
    expect(formatDate('20261399', 'en')).toBe('20261399')
    expect(formatDate('unknown', 'fr')).toBe('unknown')
    expect(formatDate(null, 'fr')).toBe('')
  })
  it('is also read in the old form with points', () => {
    expect(parseDate('1997.04.12')).toEqual({ year: 1997, month: 4, day: 12 })
  })
  it('can be counted back over the end of a month', () => {
    expect(toDicomDate(daysBefore({ year: 2026, month: 3, day: 2 }, 3))).toBe('20260227')
  })
})

describe('a DICOM time', () => {
  it('is shown to the minute', () => {
    expect(formatTime('20260312', '101559.123', null)).toBe('10:15')
    expect(formatTime('20260312', '07', null)).toBe('07:00')
    expect(formatTime('20260312', '', null)).toBe('')
  })
  it('names its zone only when that is another than here', () => {
    const minutes = -new Date(2026, 2, 12, 10).getTimezoneOffset()
    const sign = minutes < 0 ? '-' : '+'
    const size = Math.abs(minutes)
    const here = `${sign}${String(Math.floor(size / 60)).padStart(2, '0')}${String(size % 60).padStart(2, '0')}`
    expect(formatTime('20260312', '101500', here)).toBe('10:15')
    expect(formatTime('20260312', '101500', '+1245')).toBe('10:15 +1245')
  })
})

describe('an age', () => {
  it('is what the object says', () => {
    expect(ageAtStudy('065Y', '19900101', '20260101')).toEqual({ value: 65, unit: 'year' })
  })
  it('is counted from the birth date when the object is silent', () => {
    expect(ageAtStudy(null, '19610304', '20260303')).toEqual({ value: 64, unit: 'year' })
    expect(ageAtStudy('', '19610304', '20260304')).toEqual({ value: 65, unit: 'year' })
  })
  it('is in months and days for the small ones', () => {
    expect(ageOn('20260101', { year: 2026, month: 9, day: 1 })).toEqual({ value: 8, unit: 'month' })
    expect(ageOn('20260101', { year: 2026, month: 1, day: 13 })).toEqual({ value: 12, unit: 'day' })
  })
  it('is unknown without a birth date or before birth', () => {
    expect(ageAtStudy(null, null, '20260101')).toBeNull()
    expect(ageOn('20270101', { year: 2026, month: 1, day: 13 })).toBeNull()
  })
})
