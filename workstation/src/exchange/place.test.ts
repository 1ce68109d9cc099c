import { describe, expect, it } from 'vitest'
import type { MessageSegment } from '@/api/exchange_types.ts'
import { parsePlace, segmentAt } from './place.ts'

const segment = (name: string, number: number): MessageSegment => ({ name, number, label: '', fields: [] })

describe('the place of a fault', () => {
  it.each([
    ['PID-3', { segment: 'PID', occurrence: 1, field: 3 }],
    ['PID-3[2].4.1', { segment: 'PID', occurrence: 1, field: 3 }],
    ['OBX[2]-5', { segment: 'OBX', occurrence: 2, field: 5 }],
    ['OBR^2^18', { segment: 'OBR', occurrence: 2, field: 18 }],
    ['PID', { segment: 'PID', occurrence: 1, field: 0 }],
    ['ZFD-1', { segment: 'ZFD', occurrence: 1, field: 1 }],
  ])('%s', (text, place) => expect(parsePlace(text)).toEqual(place))
  it('is none in other text', () => expect(parsePlace('somewhere')).toBeNull())
  it('is found in the message, the first of its name where there are fewer', () => {
    const segments = [segment('MSH', 1), segment('OBX', 2), segment('OBX', 3)]
    expect(segmentAt(segments, parsePlace('OBX[2]-5'))).toBe(3)
    expect(segmentAt(segments, parsePlace('OBX[7]-5'))).toBe(2)
    expect(segmentAt(segments, parsePlace('PID-3'))).toBeNull()
  })
})
