/** The content tree of a structured report (PS3.3 C.17.3) as headings and lines of text. */
import { firstText, items, type JsonDataset } from '@/api/dicomweb.ts'

export interface ReportNode {
  /** The concept name, empty when there is none. */
  name: string
  value: string
  children: ReportNode[]
}

const tag = {
  valueType: '0040A040', concept: '0040A043', meaning: '00080104', content: '0040A730', text: '0040A160', uid: '0040A124',
  date: '0040A121', time: '0040A122', dateTime: '0040A120', person: '0040A123', code: '0040A168', measured: '0040A300',
  numeric: '0040A30A', units: '004008EA', unitCode: '00080100',
} as const

/** Deeper than any real report; a tree that contains itself ends here. */
const deepest = 24

function meaning(dataset: JsonDataset, sequence: string): string {
  const [first] = items(dataset, sequence)
  return first ? firstText(first, tag.meaning) : ''
}

function person(dataset: JsonDataset): string {
  const value = dataset[tag.person]?.Value?.[0]
  if (typeof value !== 'object' || value === null) return ''
  const { Alphabetic } = value as { Alphabetic?: string }
  return (Alphabetic ?? '').replaceAll('^', ' ').trim()
}

function number(dataset: JsonDataset): string {
  const [measured] = items(dataset, tag.measured)
  if (!measured) return ''
  const [unit] = items(measured, tag.units)
  const code = unit ? firstText(unit, tag.unitCode) : ''
  // The unit `1` of UCUM means that there is none.
  return `${firstText(measured, tag.numeric)} ${code === '1' ? '' : code}`.trim()
}

function valueOf(dataset: JsonDataset): string {
  switch (firstText(dataset, tag.valueType)) {
    case 'TEXT': return firstText(dataset, tag.text)
    case 'CODE': return meaning(dataset, tag.code)
    case 'NUM': return number(dataset)
    case 'PNAME': return person(dataset)
    case 'DATE': return firstText(dataset, tag.date)
    case 'TIME': return firstText(dataset, tag.time)
    case 'DATETIME': return firstText(dataset, tag.dateTime)
    default: return ''
  }
}

function hasContent(node: ReportNode): boolean {
  return node.value !== '' || node.children.length > 0
}

export function reportTree(dataset: JsonDataset, depth = 0): ReportNode {
  const children = depth < deepest ? items(dataset, tag.content).map((child) => reportTree(child, depth + 1)).filter(hasContent) : []
  return { name: meaning(dataset, tag.concept), value: valueOf(dataset), children }
}
