/** What the server says in English (reasons, warnings, errors) in the language of the page. Known by its English text; what is not known stays. */
import type { TFunction } from 'i18next'
import en from './en.json'

type Sentence = keyof typeof en.said

const literally = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&')

const patternOf = (sentence: string): RegExp =>
  new RegExp(`^${literally(sentence).replace(/\{\{(\w+)\}\}/g, '(?<$1>.+)')}$`)

const ownLength = (sentence: string): number => sentence.replace(/\{\{\w+\}\}/g, '').length

const sentences = (Object.keys(en.said) as Sentence[])
  .map((key) => ({ key, text: en.said[key], pattern: patternOf(en.said[key]) }))
  // Of two that fit, the one with more words of its own.
  .sort((a, b) => ownLength(b.text) - ownLength(a.text))

/** The parts may be sentences themselves, such as what the operating system gives as its reason. */
const partsOf = (found: RegExpExecArray, t: TFunction): Record<string, string> =>
  Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, part]) => [name, said(part, t)]))

function knownAs(text: string, t: TFunction): string | null {
  for (const { key, pattern } of sentences) {
    const found = pattern.exec(text)
    if (found) return t(`said.${key}`, { replace: partsOf(found, t) })
  }
  return null
}

/** What joins several reasons in one text; some sentences have it inside. */
const joint = '; '

function saidInParts(text: string, t: TFunction): string {
  const parts = text.split(joint)
  for (let count = parts.length - 1; count > 0; count -= 1) {
    const head = knownAs(parts.slice(0, count).join(joint), t)
    if (head !== null) return `${head}${t('list.then')}${said(parts.slice(count).join(joint), t)}`
  }
  if (parts.length < 2) return text
  const [first = '', rest] = [parts[0], parts.slice(1).join(joint)]
  const tail = said(rest, t)
  return tail === rest ? text : `${first}${t('list.then')}${tail}`
}

export function said(text: string, t: TFunction): string {
  return knownAs(text, t) ?? saidInParts(text, t)
}
