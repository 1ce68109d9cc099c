import { describe, expect, it } from 'vitest'
import type { Order } from '@/api/reconciliation_types.ts'
import type { Report, StudyDetail } from '@/api/types.ts'
import { byYear, isChosen, modalitiesOf, newestFirst, orderEvent, reportEvents, studyEvent, togglePick } from './timeline.ts'

const study = (uid: string, date: string | null, modalities: string[] = ['CT'], time = '100000') => studyEvent({ uid, date, time, modalities } as StudyDetail)
const order = (key: string, date: string | null, modality = 'CT', time = '100000') => orderEvent({ key, date, time, modality } as Order)
const report = (of: ReturnType<typeof study>, at: string) => reportEvents(of.study, [{ id: 'r', versions: [{ at }] } as Report])

describe('the line of time', () => {
  it('goes from the newest year back, with what has no date at the end', () => {
    const years = byYear(newestFirst([study('1', null), order('9', '20270101'), study('2', '20260301'), study('3', '20260101'), study('4', '20191231')]))
    expect(years.map(({ year, events }) => [year, events.map(({ id }) => id)])).toEqual([
      ['2027', ['order 9']], ['2026', ['2', '3']], ['2019', ['4']], [null, ['1']],
    ])
  })
  it('has a report above its study, and the order below it', () => {
    const one = study('1', '20260301')
    // Without an offset a time is that of where the screen stands.
    const events = newestFirst([order('9', '20260301'), one, ...report(one, '2026-03-01T10:00:00')])
    expect(events.map(({ kind }) => kind)).toEqual(['report', 'study', 'order'])
  })
  it('has a report at its own time, and one that says none among what has no date', () => {
    const one = study('1', '20260301')
    const [late] = report(one, '2026-03-02T08:05:09')
    expect([late?.date, late?.time]).toEqual(['20260302', '080509'])
    expect(report(one, '').map(({ date }) => date)).toEqual([null])
  })
  it('leaves out a report that has no version', () => {
    expect(reportEvents(study('1', null).study, [{ id: 'r', accession: '', versions: [] }])).toEqual([])
  })
  it('names each modality once', () => {
    expect(modalitiesOf([study('1', null, ['PT', 'CT']), study('2', null, ['CT']), order('9', null, 'MR'), order('8', null, '')])).toEqual(['CT', 'MR', 'PT'])
  })
  it('is narrowed to kinds and modalities, and to nothing when none is chosen', () => {
    const events = [study('1', null), order('9', null, 'MR')]
    const shown = (...chosen: [Parameters<typeof isChosen>[1], string[]]) => events.filter((event) => isChosen(event, ...chosen)).map(({ id }) => id)
    expect(shown([], [])).toEqual(['1', 'order 9'])
    expect(shown(['order'], [])).toEqual(['order 9'])
    expect(shown(['order'], ['CT'])).toEqual([])
    expect(shown([], ['CT'])).toEqual(['1'])
  })
  it('lets two studies be picked and replaces the older pick', () => {
    expect(togglePick(['a', 'b'], 'c')).toEqual(['b', 'c'])
    expect(togglePick(['a', 'b'], 'a')).toEqual(['b'])
  })
})
