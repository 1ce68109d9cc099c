import { expect, it } from 'vitest'
import { createI18n } from './i18n.ts'
import en from './en.json'
import { said } from './said.ts'

const [english, french] = [createI18n('en').t, createI18n('fr').t]

it('says a known sentence in French', () => {
  expect(said('this is no DICOM file', french)).toBe('ce n’est pas un fichier DICOM')
})

it('carries over what a sentence tells of', () => {
  expect(said('the data set has no Study Instance UID', french)).toBe('le jeu de données n’a pas de Study Instance UID')
  expect(said('said to be in 1.2.840.10008.1.2, but is in 1.2.840.10008.1.2.1; archived as what it is', french))
    .toBe('annoncé en 1.2.840.10008.1.2, mais est en 1.2.840.10008.1.2.1 ; archivé tel qu’il est')
})

it('takes the more precise of two sentences', () => {
  expect(said('MOD1 cannot be reached: Connection refused', french)).toBe('MOD1 est injoignable : connexion refusée')
  expect(said("the archive's disk failed", french)).toBe('le disque de l’archive est en panne')
})

it('says each of several reasons', () => {
  expect(said('PV1-19 is no date: left out; its control id came before with another content', french))
    .toBe('PV1-19 n’est pas une date : omis ; son n° de contrôle est déjà venu avec un autre contenu')
  expect(said('PID-7 is no date: left out; ZZ9; PV1-19 is no date: left out', french))
    .toBe('PID-7 n’est pas une date : omis ; ZZ9; PV1-19 n’est pas une date : omis')
  expect(said('ZZ9; an error of this program; its log says where', french)).toBe('ZZ9 ; une erreur de ce programme ; son journal dit où')
  expect(said('ZZ9; ZZ8', french)).toBe('ZZ9; ZZ8')
})

it('takes the sentence that says more by itself', () => {
  expect(said("the report with this number is another patient's", french)).toBe('le compte rendu de ce numéro est celui d’un autre patient')
})

it('leaves what it does not know as it is', () => {
  expect(said('Bonjour', french)).toBe('Bonjour')
  expect(said('', french)).toBe('')
})

it.each(Object.values(en.said))('says the same in English: %s', (sentence) => {
  expect(said(sentence, english)).toBe(sentence)
})
