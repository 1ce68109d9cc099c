import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useTyped } from './use_typed.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function typing() {
  const told: string[] = []
  const hook = renderHook(({ value }) => useTyped(value, (text) => told.push(text)), { initialProps: { value: '' } })
  const type = (text: string) => act(() => { hook.result.current[1](text) })
  const pass = () => act(() => { vi.advanceTimersByTime(100) })
  return { told, type, pass, text: () => hook.result.current[0], comesBack: (value: string) => hook.rerender({ value }) }
}

it('tells a text once its letters have settled', () => {
  const { told, type, pass } = typing()
  type('d')
  type('du')
  expect(told).toEqual([])
  pass()
  expect(told).toEqual(['du'])
})

it('loses no letter when what was told comes back late', () => {
  const { told, type, pass, text, comesBack } = typing()
  type('d')
  pass()
  type('du')
  pass()
  type('dup')
  comesBack('d')
  expect(text()).toBe('dup')
  comesBack('du')
  pass()
  comesBack('dup')
  expect(text()).toBe('dup')
  expect(told).toEqual(['d', 'du', 'dup'])
})

it('takes a value that came from elsewhere', () => {
  const { type, pass, text, comesBack } = typing()
  type('dup')
  pass()
  comesBack('dup')
  comesBack('')
  expect(text()).toBe('')
})
