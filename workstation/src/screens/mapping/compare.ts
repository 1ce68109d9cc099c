/** What two profiles make of a message, line beside line. */
import type { ProfileTrial, TrialSide } from '@/api/exchange_types.ts'
import { pairLines, type Line } from '@/format/dicom_json.ts'

export interface Group {
  kind: 'worklist' | 'statement'
  /** Of a statement: patient, order, report … */
  name: string
  number: number
  lines: Line[]
}

const kindOf = (statement: Record<string, unknown>): string => String(statement['kind'])

function withoutKind(statement: Record<string, unknown> | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(statement ?? {}).filter(([name]) => name !== 'kind'))
}

function statements({ before, after, keywords }: ProfileTrial): Group[] {
  const kinds = [...new Set([...before.statements, ...after.statements].map(kindOf))]
  return kinds.flatMap((kind) => {
    const of = (side: TrialSide) => side.statements.filter((each) => kindOf(each) === kind)
    const [left, right] = [of(before), of(after)]
    return Array.from({ length: Math.max(left.length, right.length) }, (_, index): Group => ({
      kind: 'statement', name: kind, number: index + 1, lines: pairLines(withoutKind(left[index]), withoutKind(right[index]), keywords),
    }))
  })
}

export function compare(trial: ProfileTrial): Group[] {
  const { before, after, keywords } = trial
  const items = Array.from({ length: Math.max(before.worklist.length, after.worklist.length) }, (_, index): Group => ({
    kind: 'worklist', name: '', number: index + 1, lines: pairLines(before.worklist[index], after.worklist[index], keywords),
  }))
  return [...items, ...statements(trial)]
}
