import { describe, expect, it } from 'vitest'
import type { Page, Study } from '@/api/types.ts'
import { mergeHead } from './queries.ts'

const study = (uid: string, description = ''): Study => ({ uid, description }) as Study
const page = (uids: string[], next: string | null = null): Page<Study> => ({ items: uids.map((uid) => study(uid)), next_cursor: next })
const loaded = (...pages: Page<Study>[]) => ({ pages, pageParams: pages.map(() => null) })
const uids = (data: { pages: Page<Study>[] }): string[] => data.pages.flatMap((each) => each.items.map(({ uid }) => uid))

describe('the first page laid over what is loaded', () => {
  it('brings new studies to their place and keeps what it pushed beyond its end', () => {
    const { data, added } = mergeHead(loaded(page(['b', 'c'], '1'), page(['d', 'e'])), page(['a', 'b'], '1'), new Set())
    expect(uids(data)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(added).toEqual(['a'])
  })
  it('keeps the place to go on from', () => {
    const { data } = mergeHead(loaded(page(['b', 'c'], 'after-c')), page(['a', 'b'], 'after-b'), new Set())
    expect(data.pages.at(-1)?.next_cursor).toBe('after-c')
  })
  it('drops what was deleted, wherever it was', () => {
    const { data } = mergeHead(loaded(page(['a', 'b'], '1'), page(['c', 'd'])), page(['a', 'c'], '1'), new Set(['b', 'd']))
    expect(uids(data)).toEqual(['a', 'c'])
  })
  it('shows no study twice when it changed its place', () => {
    const { data, added } = mergeHead(loaded(page(['a', 'b'], '1'), page(['c', 'd'])), page(['d', 'a'], '1'), new Set())
    expect(uids(data)).toEqual(['d', 'a', 'b', 'c'])
    expect(added).toEqual([])
  })
  it('takes the newer form of a study', () => {
    const head = { items: [study('a', 'corrected')], next_cursor: null }
    const { data } = mergeHead(loaded(page(['a'])), head, new Set())
    expect(data.pages[0]?.items[0]?.description).toBe('corrected')
  })
})
