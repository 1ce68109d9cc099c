import { describe, expect, it, vi } from 'vitest'
import { problemFrom, UnreachableError } from '@/api/problem.ts'
import type { UploadLine } from '@/api/types.ts'
import { UploadQueue } from './queue.ts'
import { AbortedError, type Send, type SendHooks } from './send.ts'
import { walkFiles } from './walk.ts'

const line = (name: string, outcome: UploadLine['outcome'] = 'stored'): UploadLine => ({
  name, outcome, reason: '', study_uid: '1.2.3', series_uid: '1.2.3.4', sop_instance_uid: `1.2.3.4.${name}`, warnings: [],
})
const file = (name: string, size = 10): File => new File(['x'.repeat(size)], name)
const files = (...names: string[]) => walkFiles(names.map((name) => file(name)))

interface Transfer {
  path: string
  hooks: SendHooks
  finish: () => void
  fail: (error: Error) => void
}

/** A line on which nothing moves until the test says so. */
function manualLine() {
  const transfers: Transfer[] = []
  const send: Send = (_file, path, hooks) => {
    let settle: Pick<Transfer, 'finish' | 'fail'> = { finish: () => undefined, fail: () => undefined }
    const done = new Promise<void>((resolve, reject) => {
      settle = { finish: resolve, fail: reject }
    })
    transfers.push({ path, hooks, ...settle })
    return { done, abort: () => settle.fail(new AbortedError()) }
  }
  return { transfers, send }
}

const instant: Send = (_file, path, { onLine }) => {
  onLine(line(path))
  return { done: Promise.resolve(), abort: () => undefined }
}

const idle = (queue: UploadQueue) => vi.waitFor(() => expect(queue.snapshot().active).toBe(false))

describe('the queue of uploads', () => {
  it('sends every file and counts what became of it', async () => {
    const queue = new UploadQueue(instant, () => undefined)
    queue.add(files('a', 'b', 'c', 'd', 'e'))
    await idle(queue)
    await vi.waitFor(() => expect(queue.snapshot().results).toHaveLength(5))
    expect(queue.snapshot().files).toEqual({ found: 5, finished: 5, failed: 0 })
    expect(queue.snapshot().totals.stored).toBe(5)
    expect(queue.snapshot().studies).toEqual(['1.2.3'])
  })

  it('has three files under way at a time', async () => {
    const { transfers, send } = manualLine()
    const queue = new UploadQueue(send, () => undefined)
    queue.add(files('a', 'b', 'c', 'd', 'e'))
    await vi.waitFor(() => expect(queue.snapshot().files.found).toBe(5))
    expect(transfers.map(({ path }) => path)).toEqual(['a', 'b', 'c'])
    transfers[1]?.finish()
    await vi.waitFor(() => expect(transfers).toHaveLength(4))
  })

  it('keeps what failed and sends it again when asked', async () => {
    let broken = true
    const queue = new UploadQueue((sent, path, hooks) => (
      broken && path === 'b' ? { done: Promise.reject(new UnreachableError('x')), abort: () => undefined } : instant(sent, path, hooks)
    ), () => undefined)
    queue.add(files('a', 'b'))
    await idle(queue)
    await vi.waitFor(() => expect(queue.snapshot().results.map(({ kind }) => kind).sort()).toEqual(['failure', 'object']))
    expect(queue.snapshot().files).toEqual({ found: 2, finished: 2, failed: 1 })
    broken = false
    queue.retryFailed()
    await idle(queue)
    await vi.waitFor(() => expect(queue.snapshot().results.map(({ kind }) => kind)).toEqual(['object', 'object']))
    expect(queue.snapshot().files).toEqual({ found: 2, finished: 2, failed: 0 })
  })

  it('waits for a login when the session ended, and goes on after it', async () => {
    let known = false
    const onUnauthorized = vi.fn()
    const queue = new UploadQueue((sent, path, hooks) => (
      known ? instant(sent, path, hooks) : { done: Promise.reject(problemFrom(401, '', null)), abort: () => undefined }
    ), onUnauthorized)
    queue.add(files('a', 'b'))
    await vi.waitFor(() => expect(queue.snapshot().waiting).toBe(true))
    expect(onUnauthorized).toHaveBeenCalled()
    expect(queue.snapshot().files.failed).toBe(0)
    known = true
    queue.resume()
    await idle(queue)
    expect(queue.snapshot().files).toEqual({ found: 2, finished: 2, failed: 0 })
  })

  it('tells what the server answered', async () => {
    const full = problemFrom(507, '{"title":"No space","detail":"The store is full.","reference":"r1"}', null)
    const queue = new UploadQueue(() => ({ done: Promise.reject(full), abort: () => undefined }), () => undefined)
    queue.add(files('a'))
    await idle(queue)
    await vi.waitFor(() => expect(queue.snapshot().results).toHaveLength(1))
    expect(queue.snapshot().results[0]).toMatchObject({ kind: 'failure', failure: { reason: 'answer', problem: { status: 507, reference: 'r1' } } })
  })

  it('stops at once when cancelled and forgets what waits', async () => {
    const { transfers, send } = manualLine()
    const queue = new UploadQueue(send, () => undefined)
    queue.add(files('a', 'b', 'c', 'd'))
    await vi.waitFor(() => expect(transfers).toHaveLength(3))
    queue.cancel()
    await idle(queue)
    expect(transfers).toHaveLength(3)
    expect(queue.snapshot().cancelled).toBe(true)
  })

  it('goes on past a file that the browser cannot open', async () => {
    async function* walk() {
      yield { path: 'gone', open: () => Promise.reject(new Error('NotFoundError')) }
      yield* files('a')
    }
    const queue = new UploadQueue(instant, () => undefined)
    queue.add(walk())
    await idle(queue)
    expect(queue.snapshot().files).toEqual({ found: 2, finished: 2, failed: 1 })
  })

  it('measures speed over time and knows how much was sent', async () => {
    let clock = 0
    const { transfers, send } = manualLine()
    const queue = new UploadQueue(send, () => undefined, () => clock)
    queue.add(walkFiles([file('a', 4000)]))
    await vi.waitFor(() => expect(transfers).toHaveLength(1))
    transfers[0]?.hooks.onSent(0)
    clock = 1000
    transfers[0]?.hooks.onSent(2000)
    expect(queue.snapshot().bytes.sent).toBe(2000)
    expect(queue.snapshot().speed).toBe(2000)
  })

  it('starts afresh with the next drop, but not while one runs', async () => {
    const queue = new UploadQueue(instant, () => undefined)
    queue.add(files('a'))
    await idle(queue)
    queue.add(files('b', 'c'))
    await idle(queue)
    expect(queue.snapshot().files.found).toBe(2)
  })
})
