import { expect, it } from 'vitest'
import { createI18n } from '@/i18n/i18n.ts'
import { isName, isRuleWhole, nameFrom, roleTitle, ruleText, seesText, termsLeft } from './words.ts'

const [english, french] = [createI18n('en').t, createI18n('fr').t]

it('calls a role that the site came with in the language of the page, and others as they are called', () => {
  expect(roleTitle({ name: 'radiologist', title: 'Radiologist' }, french)).toBe('Radiologue')
  expect(roleTitle({ name: 'radiologist', title: 'Our radiologists' }, french)).toBe('Our radiologists')
  expect(roleTitle({ name: 'night', title: '' }, french)).toBe('night')
})

it('says what a rule asks of a study', () => {
  expect(ruleText({ referring: 'own' }, english)).toBe('of which the user is the referring physician')
  expect(ruleText({ institutions: ['North', 'South'], modalities: ['CT'] }, english)).toBe('from North or South, and of modality CT')
  expect(ruleText({ referring: ['Keller^Nina'], assigned: true }, english)).toBe('referred by KELLER Nina, and given to the user')
})

it('says what a role sees in a line', () => {
  expect(seesText({ everything: true, confidential: true, rules: [] }, english)).toBe('All studies; confidential patients, too')
  expect(seesText({ everything: false, confidential: false, rules: [] }, english)).toBe('Nothing')
  expect(seesText({ everything: false, confidential: false, rules: [{ deidentified: true }, { assigned: true }] }, english)).toBe('de-identified; 1 more rule')
})

it('knows what a rule lacks', () => {
  expect(termsLeft({ referring: 'own', assigned: true })).toEqual(['institutions', 'departments', 'modalities', 'deidentified'])
  expect(isRuleWhole({})).toBe(false)
  expect(isRuleWhole({ modalities: [] })).toBe(false)
  expect(isRuleWhole({ modalities: ['CT'], referring: 'own' })).toBe(true)
})

it('makes a name out of a title', () => {
  expect(nameFrom('Médecins du site Nord')).toBe('medecins-du-site')
  expect(isName(nameFrom('24 h Urgences'))).toBe(true)
  expect(isName('Radio')).toBe(false)
})
