import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { flatten, hardCodedStrings } from '../../dev/strings.ts'
import en from './en.json'
import fr from './fr.json'

const [english, french] = [flatten(en), flatten(fr)]
const placeholders = (text: string | undefined): string[] => (text?.match(/\{\{\w+\}\}/g) ?? []).sort()
const source = resolve(import.meta.dirname, '..')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))
const code = files.filter((name) => !name.includes('.test.')).map((name) => ({ name, text: readFileSync(join(source, name), 'utf8') }))

describe('the two language files', () => {
  it('have the same keys', () => {
    expect([...french.keys()].sort()).toEqual([...english.keys()].sort())
  })
  it('fill in the same values', () => {
    const differing = [...english].filter(([key, text]) => placeholders(text).join() !== placeholders(french.get(key)).join())
    expect(differing).toEqual([])
  })
  it('leave nothing empty', () => {
    expect([...english, ...french].filter(([, text]) => text.trim() === '')).toEqual([])
  })
  it('hold nothing that no screen says', () => {
    const all = code.map(({ text }) => text).join('\n')
    // A key made of parts, such as t(`age.${unit}`), is found by its beginning.
    const used = (key: string): boolean => {
      const plain = key.replace(/_(one|other)$/, '')
      const parts = plain.split('.')
      return all.includes(`'${plain}'`) || parts.some((_, count) => count > 0 && all.includes(`\`${parts.slice(0, count).join('.')}.$`))
    }
    expect([...english.keys()].filter((key) => !used(key))).toEqual([])
  })
})

describe('the code', () => {
  it.each(code.filter(({ name }) => name.endsWith('.tsx')))('has no words in $name', ({ text }) => {
    expect(hardCodedStrings(text)).toEqual([])
  })
  it('would be caught with words in it', () => {
    expect(hardCodedStrings('const a = <p title="Close">Nothing found</p>')).toEqual(['Close', 'Nothing found'])
    expect(hardCodedStrings("const a = <p>{'Hello there'}</p>")).toEqual(['Hello there'])
    expect(hardCodedStrings('const a = <p className="row" title={t("x")}>·</p>')).toEqual([])
  })
})
