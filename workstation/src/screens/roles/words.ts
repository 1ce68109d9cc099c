/** Roles in the words of the page: their titles, what they see, what they may do. */
import type { TFunction } from 'i18next'
import { actions, flagTerms, listTerms, own, type Action, type Role, type Sees, type SeesRule, type Term } from '@/api/sight_types.ts'
import { plainName } from '@/format/name.ts'

const builtIn = ['admin', 'user', 'radiologist', 'technologist', 'secretary', 'referring', 'researcher', 'guest'] as const

/** The title; in the language of the page where it is the one that the role came with. */
export function roleTitle({ name, title }: Pick<Role, 'name' | 'title'>, t: TFunction): string {
  const known = builtIn.find((each) => each === name)
  if (known && title === t(`roles.builtIn.${known}`, { lng: 'en' })) return t(`roles.builtIn.${known}`)
  return title || name
}

/** What can be allowed, by what it is about. */
export const actionGroups: readonly { id: 'look' | 'work' | 'others' | 'archive'; actions: readonly Action[] }[] = [
  { id: 'look', actions: ['read', 'export', 'emergency'] },
  { id: 'work', actions: ['store', 'delete', 'report', 'order'] },
  { id: 'others', actions: ['share', 'flag'] },
  { id: 'archive', actions: ['care', 'exchange', 'audit', 'administer'] },
]

/** In the order of the page; what a newer server knows beside it comes last, and stays. */
export const inOrder = (chosen: readonly string[]): string[] =>
  [...actions.filter((action) => chosen.includes(action)), ...chosen.filter((action) => !(actions as readonly string[]).includes(action))]

export function actionTitle(action: string, t: TFunction): string {
  const known = actions.find((each) => each === action)
  return known ? t(`roles.actions.${known}.title`) : action
}

function valueText(term: 'referring' | 'institutions' | 'departments' | 'modalities', values: string[] | typeof own, t: TFunction): string {
  if (values === own) return t(`roles.own.${term === 'modalities' ? 'departments' : term}`)
  const shown = term === 'referring' ? values.map((alphabetic) => plainName({ alphabetic, ideographic: '', phonetic: '' })) : values
  return t(`roles.listed.${term}`, { values: shown.join(t('roles.or')) })
}

export function ruleText(rule: SeesRule, t: TFunction): string {
  const lists = listTerms.flatMap((term) => (rule[term] === undefined ? [] : [valueText(term, rule[term], t)]))
  const flags = flagTerms.flatMap((term) => (rule[term] ? [t(`roles.flag.${term}`)] : []))
  return [...lists, ...flags].join(t('roles.and'))
}

export function seesText({ everything, confidential, rules }: Sees, t: TFunction): string {
  const [first, ...rest] = everything ? [] : rules
  const what = everything ? t('roles.seesAll') : first ? ruleText(first, t) : t('roles.seesNothing')
  return [what, rest.length > 0 && t('roles.more', { count: rest.length }), confidential && t('roles.confidentialToo')].filter(Boolean).join(t('list.then'))
}

/** What a rule may still name. */
export const termsLeft = (rule: SeesRule): Term[] => [...listTerms, ...flagTerms].filter((term) => rule[term] === undefined)

/** The server takes a rule that names something, and no list without a value. */
export const isRuleWhole = (rule: SeesRule): boolean =>
  Object.keys(rule).length > 0 && listTerms.every((term) => rule[term]?.length !== 0)

/** A name as the server takes it, out of a title. */
export const nameFrom = (title: string): string =>
  title.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+/, '').slice(0, 16).replace(/-+$/, '')

export const isName = (name: string): boolean => /^[a-z][a-z0-9-]{0,15}$/.test(name)
