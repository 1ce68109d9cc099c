import { expect, it } from 'vitest'
import type { JsonDataset } from '@/api/dicomweb.ts'
import { reportTree } from './sr.ts'

const concept = (meaning: string) => ({ vr: 'SQ', Value: [{ '00080104': { vr: 'LO', Value: [meaning] } }] })
const type = (value: string) => ({ vr: 'CS', Value: [value] })

it('reads texts, numbers with their unit, and codes from the content tree', () => {
  const dataset: JsonDataset = {
    '0040A043': concept('Report'),
    '0040A730': { vr: 'SQ', Value: [
      { '0040A040': type('TEXT'), '0040A043': concept('Finding'), '0040A160': { vr: 'UT', Value: ['Normal.'] } },
      { '0040A040': type('NUM'), '0040A043': concept('Length'), '0040A300': { vr: 'SQ', Value: [{ '0040A30A': { vr: 'DS', Value: [12.5] }, '004008EA': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['mm'] } }] } }] } },
      { '0040A040': type('CODE'), '0040A043': concept('Laterality'), '0040A168': concept('Left') },
      { '0040A040': type('PNAME'), '0040A043': concept('Observer'), '0040A123': { vr: 'PN', Value: [{ Alphabetic: 'Keller^Nina' }] } },
      { '0040A040': type('IMAGE') },
    ] },
  }
  expect(reportTree(dataset)).toEqual({ name: 'Report', value: '', children: [
    { name: 'Finding', value: 'Normal.', children: [] },
    { name: 'Length', value: '12.5 mm', children: [] },
    { name: 'Laterality', value: 'Left', children: [] },
    { name: 'Observer', value: 'Keller Nina', children: [] },
  ] })
})

it('survives what is no report at all', () => {
  expect(reportTree({})).toEqual({ name: '', value: '', children: [] })
  expect(reportTree({ '0040A730': { vr: 'SQ', Value: [null, 'x', {}] } })).toEqual({ name: '', value: '', children: [] })
})

it('does not follow a tree without end', () => {
  const endless: JsonDataset = { '0040A043': concept('Again') }
  endless['0040A730'] = { vr: 'SQ', Value: [endless] }
  expect(() => reportTree(endless)).not.toThrow()
})
