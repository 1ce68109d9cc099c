import { describe, expect, it } from 'vitest'
import { alphabeticName, ideographicName, plainName } from './name.ts'

const name = (alphabetic: string, ideographic = '', phonetic = '') => ({ alphabetic, ideographic, phonetic })

describe('a person name', () => {
  it('has its family name in capitals, before the given names', () => {
    expect(alphabeticName('Dupont^Jeanne^Marie^Dr^PhD')).toBe('DUPONT Jeanne Marie')
  })
  it('keeps accents when it is put in capitals', () => {
    expect(alphabeticName('Lefèvre^Zoé')).toBe('LEFÈVRE Zoé')
  })
  it('is read without carets in its ideographic form', () => {
    expect(ideographicName('山田^太郎')).toBe('山田 太郎')
  })
  it('falls back to another form when the alphabetic one is empty', () => {
    expect(plainName(name('', '山田^太郎'))).toBe('山田 太郎')
    expect(plainName(name('', '', 'やまだ^たろう'))).toBe('やまだ たろう')
    expect(plainName(name('^^'))).toBe('')
  })
})
