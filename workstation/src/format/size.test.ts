import { expect, it } from 'vitest'
import { scaleBytes, splitDuration } from './size.ts'

it('writes bytes in the unit that keeps them short', () => {
  expect(scaleBytes(532)).toEqual({ value: 532, unit: 'B' })
  expect(scaleBytes(1_540)).toEqual({ value: 1.5, unit: 'kB' })
  expect(scaleBytes(999_600)).toEqual({ value: 1, unit: 'MB' })
  expect(scaleBytes(12_600_000_000)).toEqual({ value: 13, unit: 'GB' })
})

it('splits a duration and never counts below nought', () => {
  expect(splitDuration(3725.4)).toEqual({ hours: 1, minutes: 2, seconds: 5 })
  expect(splitDuration(-3)).toEqual({ hours: 0, minutes: 0, seconds: 0 })
})
