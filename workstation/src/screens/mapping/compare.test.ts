import { describe, expect, it } from 'vitest'
import type { ProfileTrial, TrialSide } from '@/api/exchange_types.ts'
import { compare } from './compare.ts'

const side = (change: Partial<TrialSide>): TrialSide =>
  ({ profile: { name: 'a', version: 1 }, fault: null, unused: '', warnings: [], statements: [], worklist: [], ...change })

const trial = (before: Partial<TrialSide>, after: Partial<TrialSide>): ProfileTrial => ({
  before: side(before), after: side(after), differs: true,
  keywords: { '00100010': 'PatientName', '00400100': 'ScheduledProcedureStepSequence', '00080060': 'Modality', '00080050': 'AccessionNumber' },
})

describe('before and after', () => {
  it('puts the same attribute in one line, in words, through sequences', () => {
    const item = (modality: string) => ({
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'DOE^JANE' }] },
      '00400100': { vr: 'SQ', Value: [{ '00080060': { vr: 'CS', Value: [modality] } }] },
    })
    const [group] = compare(trial({ worklist: [item('OT')] }, { worklist: [item('CT')] }))
    expect(group?.lines).toEqual([
      { label: 'Patient Name', before: 'DOE^JANE', after: 'DOE^JANE' },
      { label: 'Scheduled Procedure Step Sequence › Modality', before: 'OT', after: 'CT' },
    ])
  })
  it('pairs statements of a kind, and leaves a side empty that has none', () => {
    const groups = compare(trial({}, { statements: [{ kind: 'patient', patient: { patient_id: '4711' } }, { kind: 'order', key: 'A' }] }))
    expect(groups.map(({ name, lines }) => [name, lines[0]])).toEqual([
      ['patient', { label: 'patient › patient id', before: '', after: '4711' }],
      ['order', { label: 'key', before: '', after: 'A' }],
    ])
  })
})
