import { afterEach, describe, expect, it, vi } from 'vitest'
import { address, createCall } from './http.ts'
import { ProblemError, UnreachableError } from './problem.ts'

const hooks = () => ({ onUnauthorized: vi.fn(), onBarred: vi.fn(), onUnreachable: vi.fn() })
const answer = (body: string, init: ResponseInit) => vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(body, init))))
const fail = (error: Error) => vi.stubGlobal('fetch', vi.fn(() => Promise.reject(error)))

afterEach(() => vi.unstubAllGlobals())

describe('a call', () => {
  it('repeats a parameter for each of its values and leaves empty ones out', () => {
    expect(address('/api/studies', { modality: ['CT', 'MR'], search: 'a b', limit: 100, cursor: undefined, accession: '' }))
      .toBe('/api/studies?modality=CT&modality=MR&search=a+b&limit=100')
  })
  it('hands on what the server says went wrong', async () => {
    answer('{"title":"Full","detail":"No room.","reference":"r7"}', { status: 507 })
    const error: unknown = await createCall(hooks())('GET', '/x').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ProblemError)
    expect((error as ProblemError).problem).toMatchObject({ status: 507, title: 'Full', detail: 'No room.', reference: 'r7' })
  })
  it('understands a proxy that answers with a page', async () => {
    answer('<html>Bad gateway</html>', { status: 502, headers: { 'Retry-After': '5' } })
    const error: unknown = await createCall(hooks())('GET', '/x').catch((reason: unknown) => reason)
    expect((error as ProblemError).problem).toMatchObject({ status: 502, title: '', retryAfter: 5 })
  })
  it('tells when the session is gone, but not when a login is refused', async () => {
    const told = hooks()
    answer('', { status: 401 })
    await expect(createCall(told)('POST', '/api/login', { anonymous: true })).rejects.toBeInstanceOf(ProblemError)
    expect(told.onUnauthorized).not.toHaveBeenCalled()
    await expect(createCall(told)('GET', '/api/studies')).rejects.toBeInstanceOf(ProblemError)
    expect(told.onUnauthorized).toHaveBeenCalledOnce()
  })
  it('tells when no answer comes', async () => {
    const told = hooks()
    fail(new TypeError('Failed to fetch'))
    await expect(createCall(told)('GET', '/x')).rejects.toBeInstanceOf(UnreachableError)
    expect(told.onUnreachable).toHaveBeenCalledOnce()
  })
  it('takes an aborted call for no failure of the line', async () => {
    const told = hooks()
    fail(new DOMException('stop', 'AbortError'))
    await expect(createCall(told)('GET', '/x')).rejects.toMatchObject({ name: 'AbortError' })
    expect(told.onUnreachable).not.toHaveBeenCalled()
  })
})
