import { describe, expect, it } from 'vitest'
import { everything, isNarrowed, messageSelection, readMessageFilters, writeMessageFilters } from './filters.ts'

describe('the filter of messages', () => {
  it('comes back from the address as it was', () => {
    const filters = { ...everything, state: 'error' as const, source: 'RIS^HOSPITAL', from: '20261101' }
    expect(readMessageFilters(writeMessageFilters(filters))).toEqual(filters)
  })
  it('takes a state that there is not for none', () => {
    expect(readMessageFilters(new URLSearchParams('state=lost')).state).toBeNull()
  })
  it('asks for whole days here', () => {
    const { since, until } = messageSelection({ ...everything, from: '20261124', to: '20261124' })
    expect(new Date(until ?? '').getTime() - new Date(since ?? '').getTime()).toBe(86_400_000)
    expect(new Date(since ?? '').getHours()).toBe(0)
  })
  it('leaves out what does not restrict', () => {
    expect(messageSelection({ ...everything, text: ' ' })).toEqual({})
    expect(isNarrowed(everything)).toBe(false)
    expect(isNarrowed({ ...everything, type: 'ADT' })).toBe(true)
  })
})
