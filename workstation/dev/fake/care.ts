/** The fake server's inbox and administration, kept in memory. */
import type { Account, Conflict, QuarantineItem, RemoteAe, Token } from '../../src/api/types.ts'

const received = '2026-11-24T07:41:00Z'

export const quarantine = (): QuarantineItem[] => [
  { id: 'q1', name: 'IM000231.dcm', source: { way: 'C-STORE', name: 'SCANNER1', address: '10.20.0.14' }, received, size: 527_104, reason: 'The data set ends in the middle of Pixel Data (7FE0,0010): 524288 bytes announced, 498210 there.', kind: 'truncated', study_uid: '2.25.10005', sop_instance_uid: null },
  { id: 'q2', name: 'cd/DICOM/PAT00001/ST000001/SE000004/IM000118', source: { way: 'upload', name: 'jd', address: '127.0.0.1' }, received, size: 18_220, reason: 'SOP Instance UID (0008,0018) is missing.', kind: 'identity', study_uid: null, sop_instance_uid: null },
  { id: 'q3', name: 'x.dcm', source: { way: 'STOW-RS', name: 'gateway', address: '10.20.3.2' }, received, size: 532, reason: 'Element (0028,0010) Rows has VR US but a length of 3.', kind: 'malformed', study_uid: null, sop_instance_uid: null },
]

export const conflicts = (): Conflict[] => [
  { id: 'c1', study_uid: '2.25.10007', series_uid: '2.25.10007.1', sop_instance_uid: '2.25.10007.1.1', received, source: 'SCANNER1', kept: { digest: '3f8a2c01be77d0954410aa0c9e5b6d21f0', size: 532_480 }, other: { digest: '99b01e77ac5510d2fe02417733a1c8de55', size: 532_496 }, differences: ['PatientBirthDate', 'ReferringPhysicianName'], state: 'open' },
  { id: 'c2', study_uid: '2.25.100048', series_uid: '2.25.100048.1', sop_instance_uid: '2.25.100048.1.1', received, source: 'STOW-RS gateway', kept: { digest: 'aa11c09d8e7f6a5b4c3d2e1f0099887766', size: 8_120_320 }, other: { digest: 'bb22c09d8e7f6a5b4c3d2e1f0099887766', size: 8_119_808 }, differences: [], state: 'open' },
]

export const remoteAes = (): RemoteAe[] => [
  { title: 'SCANNER1', host: '10.20.0.14', port: 104, tls: false, description: 'Scanner salle 1' },
  { title: 'WORKSTATION_3D', host: 'ws3d.hopital.example', port: 2762, tls: true, description: 'Console de post-traitement' },
]

export const accounts = (): Account[] => [
  { name: 'admin', display_name: 'Jeanne Durand', role: 'admin', person: '', institutions: [], departments: [], disabled: false, kind: 'person', must_change: false, has_second_factor: false, created: received, last_login: '2026-11-24T06:58:00Z' },
  { name: 'sec1', display_name: 'Secrétariat', role: 'user', person: '', institutions: ['Hôpital Démonstration'], departments: ['Imagerie'], disabled: false, kind: 'person', must_change: false, has_second_factor: false, created: received, last_login: '2026-11-23T16:10:00Z' },
  { name: 'stage', display_name: 'Interne 2025', role: 'referring', person: 'Keller^Nina', institutions: [], departments: [], disabled: true, kind: 'person', must_change: false, has_second_factor: false, created: received, last_login: null },
]

export const tokens = (): Token[] => [
  { id: 't1', name: 'research export', user: 'admin', created: '2026-09-02T09:12:00Z', last_used: '2026-11-23T22:00:00Z', expires: null, actions: null },
  { id: 't2', name: 'gateway', user: 'admin', created: '2026-10-11T14:30:00Z', last_used: null, expires: null, actions: null },
]
