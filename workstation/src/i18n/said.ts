/** What the server says in English (reasons, warnings, errors) in the language of the page. Known by its English text; what is not known stays. */
import type { TFunction } from 'i18next'
import en from './en.json'

type Sentence = keyof typeof en.said

const literally = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&')

const patternOf = (sentence: string): RegExp =>
  new RegExp(`^${literally(sentence).replace(/\{\{(\w+)\}\}/g, '(?<$1>.+)')}$`)

const sentences = (Object.keys(en.said) as Sentence[])
  .map((key) => ({ key, text: en.said[key], pattern: patternOf(en.said[key]) }))
  // Of two that fit, the one with more words of its own.
  .sort((a, b) => b.text.length - a.text.length)

/** The parts may be sentences themselves, such as what the operating system gives as its reason. */
const partsOf = (found: RegExpExecArray, t: TFunction): Record<string, string> =>
  Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, part]) => [name, said(part, t)]))

export function said(text: string, t: TFunction): string {
  for (const { key, pattern } of sentences) {
    const found = pattern.exec(text)
    if (found) return t(`said.${key}`, { replace: partsOf(found, t) })
  }
  return text
}
