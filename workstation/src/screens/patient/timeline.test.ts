import { describe, expect, it } from 'vitest'
import type { StudyDetail } from '@/api/types.ts'
import { byYear, modalitiesOf, togglePick } from './timeline.ts'

const study = (uid: string, date: string | null, modalities: string[] = ['CT']) => ({ uid, date, modalities }) as StudyDetail

describe('the line of time', () => {
  it('goes from the newest year back, with what has no date at the end', () => {
    const years = byYear([study('1', null), study('2', '20260301'), study('3', '20260101'), study('4', '20191231')])
    expect(years.map(({ year, studies }) => [year, studies.map(({ uid }) => uid)])).toEqual([
      ['2026', ['2', '3']], ['2019', ['4']], [null, ['1']],
    ])
  })
  it('names each modality once', () => {
    expect(modalitiesOf([study('1', null, ['PT', 'CT']), study('2', null, ['CT'])])).toEqual(['CT', 'PT'])
  })
  it('lets two studies be picked and replaces the older pick', () => {
    expect(togglePick(['a', 'b'], 'c')).toEqual(['b', 'c'])
    expect(togglePick(['a', 'b'], 'a')).toEqual(['b'])
  })
})
