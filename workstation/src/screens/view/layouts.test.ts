import { describe, expect, it } from 'vitest'
import type { Series } from '@/api/types.ts'
import { canBeVolume, kindsOf, layoutOf } from './layouts.ts'

const series = (modality: string, kind: Series['kind']): Series => ({
  uid: `1.2.${modality}`, number: 1, modality, description: '', body_part: '', instances: 1, date: null, time: null, laterality: '', station: '', kind,
})

describe('the layouts of a study', () => {
  it('include volumes for slices only', () => {
    expect(canBeVolume([series('CR', 'image')])).toBe(false)
    expect(canBeVolume([series('CR', 'image'), series('CT', 'image')])).toBe(true)
  })
  it('do not take a CT report for a volume', () => {
    expect(canBeVolume([series('CT', 'report')])).toBe(false)
  })
  it('fall back to 2D when the address asks for something else', () => {
    expect(layoutOf('4d')).toBe('2d')
    expect(layoutOf('mpr')).toBe('mpr')
  })
  it('have the curves of an ECG drawn by the viewer', () => {
    expect(kindsOf([series('ECG', 'other')]).pictures).toBe(true)
  })
  it('tell documents from pictures', () => {
    const kinds = kindsOf([series('SR', 'report'), series('DOC', 'document'), series('KO', 'other')])
    expect(kinds.pictures).toBe(false)
    expect(kinds.documents.map((each) => each.modality)).toEqual(['SR', 'DOC'])
  })
})
