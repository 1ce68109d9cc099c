/** Person names (PS3.5 6.2.1) as people read them: `DUPONT Jeanne`, with the ideographic form beside it. */
import type { PersonName } from '@/api/types.ts'

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Family in capitals, then given and middle names. Prefix and suffix are left to the details. */
export function alphabeticName(group: string): string {
  const [family = '', given = '', middle = ''] = group.split('^')
  return squeeze(`${family.toLocaleUpperCase()} ${given} ${middle}`)
}

export const ideographicName = (group: string): string => squeeze(group.replaceAll('^', ' '))

/** One line of text, for titles and search results; empty when there is no name at all. */
export function plainName(name: PersonName): string {
  return alphabeticName(name.alphabetic) || ideographicName(name.ideographic) || ideographicName(name.phonetic)
}
