/** DICOM JSON (PS3.18 F.2) as lines of text for a person: one for each attribute, through sequences. */

export interface Line {
  label: string
  before: string
  after: string
}

type Keywords = Record<string, string>
type Flat = Map<string, string>

/** Keywords and names such as PatientBirthDate or patient_id in words. */
export const spaced = (keyword: string): string =>
  keyword.replace(/([a-z\d])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3 $2$4').replaceAll('_', ' ')

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A person name has its groups; all else is itself. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (isRecord(value)) return Object.values(value).filter((each) => typeof each === 'string' && each !== '').join(' = ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function flattenList(values: unknown[], path: string, keywords: Keywords, into: Flat): void {
  if (values.every((each) => !isRecord(each) && !Array.isArray(each))) {
    if (values.length > 0) into.set(path, values.map(textOf).join(', '))
    return
  }
  values.forEach((each, index) => flatten(each, values.length > 1 ? `${path} ${index + 1}` : path, keywords, into))
}

function flatten(value: unknown, path: string, keywords: Keywords, into: Flat): void {
  if (Array.isArray(value)) flattenList(value, path, keywords, into)
  else if (isRecord(value) && typeof value['vr'] === 'string') {
    const values = Array.isArray(value['Value']) ? value['Value'] : []
    if (value['vr'] === 'SQ') flattenList(values, path, keywords, into)
    else into.set(path, values.map(textOf).join(' \\ '))
  } else if (isRecord(value)) {
    for (const [name, each] of Object.entries(value)) {
      const word = spaced(keywords[name] ?? name)
      flatten(each, path === '' ? word : `${path} › ${word}`, keywords, into)
    }
  } else if (textOf(value) !== '' && value !== false) into.set(path, textOf(value))
}

/** The same attribute before and after in one line; empty where it is not there. */
export function pairLines(before: unknown, after: unknown, keywords: Keywords): Line[] {
  const left: Flat = new Map()
  const right: Flat = new Map()
  flatten(before ?? {}, '', keywords, left)
  flatten(after ?? {}, '', keywords, right)
  return [...new Set([...left.keys(), ...right.keys()])].map((label) => ({ label, before: left.get(label) ?? '', after: right.get(label) ?? '' }))
}
