import { expect, it } from 'vitest'
import { leading } from './modality.ts'

it('leads with what was acquired', () => {
  expect(leading(['CT', 'DOC', 'KO', 'PR', 'SR'])).toEqual(['CT'])
  expect(leading(['CT', 'PT', 'SEG'])).toEqual(['CT', 'PT'])
})

it('shows what there is where nothing was acquired', () => {
  expect(leading(['DOC', 'SR'])).toEqual(['DOC', 'SR'])
})
