import { expect, it } from 'vitest'
import { endOf, rememberEnd } from './emergencies.ts'

it('keeps the end of an emergency for the user who opened it, until it comes', () => {
  rememberEnd('jd', { patient: '7', until: '2026-11-24T20:00:00.000Z' })
  const [before, after] = [Date.parse('2026-11-24T19:59:59Z'), Date.parse('2026-11-24T20:00:01Z')]
  expect(endOf('jd', '7', before)).toBe('2026-11-24T20:00:00.000Z')
  expect(endOf('other', '7', before)).toBeNull()
  expect(endOf('jd', '8', before)).toBeNull()
  expect(endOf('jd', '7', after)).toBeNull()
  expect(endOf('jd', '7', before)).toBeNull()
})
