import { expect, it } from 'vitest'
import type { UploadLine } from '@/api/types.ts'
import { lineReader } from './send.ts'

const answer = '{"name":"a","outcome":"stored"}\n{"name":"b","outcome":"refused"}\n\n{"done":true,"totals":{"stored":1}}'

function readIn(pieces: number[]): string[] {
  const lines: UploadLine[] = []
  const read = lineReader((line) => lines.push(line))
  for (const end of pieces) read(answer.slice(0, end), false)
  read(answer, true)
  return lines.map(({ name }) => name)
}

it('reads the lines of an answer whole, and none twice', () => {
  expect(readIn([])).toEqual(['a', 'b'])
})

it('reads the same lines byte by byte', () => {
  expect(readIn(Array.from({ length: answer.length }, (_, index) => index))).toEqual(['a', 'b'])
})
