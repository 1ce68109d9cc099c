import { describe, expect, it } from 'vitest'
import { lineOfProblem, nameFor, newDocument } from './document.ts'

const text = '[match]\nsenders = ["A"]\n\n[orders]\ntoo-long = "cut"\n\n[[stations]]\ntitles = ["CT1"]\n[[stations]]\ntitles = 3\n'

describe('the line of a complaint', () => {
  it.each([
    ['orders.too-long is none of reject, map', 5],
    ['stations[2].titles is no list of texts', 10],
    ['orders.colour means nothing', 4],
    ['match.senders is no list of texts', 2],
    ['the document cannot be read: Invalid value (at line 7, column 3)', 7],
    ['the document cannot be read: Expecting value: line 2 column 5 (char 9)', 2],
    ['a name of a profile has 1 to 64 characters', null],
  ])('%s', (detail, line) => expect(lineOfProblem(text, detail)).toBe(line))
})

describe('a new profile', () => {
  it('is for the sender of the message', () => expect(newDocument('RIS^HOSP "A"')).toContain('senders = ["RIS^HOSP \\"A\\""]'))
  it('is named after it', () => expect(nameFor('RIS_MAIN^Hôpital')).toBe('ris-main-hôpital'))
})
