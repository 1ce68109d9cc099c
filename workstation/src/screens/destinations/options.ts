/** What can be chosen for a destination, and what holds when nothing is chosen. */
import type { DestinationOptions } from '@/api/exchange_types.ts'

export const eventKinds = [
  'order-status', 'report', 'study-available', 'patient-changed', 'patient-merged', 'patient-unmerged', 'order-placed',
] as const

export const reportStatuses = ['registered', 'preliminary', 'final', 'amended', 'corrected', 'cancelled', 'entered-in-error'] as const

export const orderStatuses = ['requested', 'scheduled', 'arrived', 'in-progress', 'completed', 'on-hold', 'cancelled', 'discontinued'] as const

/** Options with one of several values, in the groups of the form. */
export const choices = {
  version: ['', '2.3.1', '2.4', '2.5', '2.5.1'],
  charset: ['UNICODE UTF-8', '8859/1', '8859/15', 'ASCII'],
  processing: ['P', 'T', 'D'],
  order_message: ['ORM', 'OMG', 'ORU'],
  study_message: ['ORU', 'ORM', 'OMI'],
  patient_message: ['A08', 'A31'],
  report_message: ['ORU', 'MDM'],
  report_format: ['text', 'document', 'both'],
  text_lines: ['repetitions', 'segments'],
  acknowledgement: ['original', 'commit', 'application'],
  on_reject: ['stop', 'park'],
} as const satisfies Partial<Record<keyof DestinationOptions, readonly string[]>>

/** Values that have a name; the others are codes that say it themselves. */
export const namedChoices = [
  'P', 'T', 'D', 'text', 'document', 'both', 'repetitions', 'segments', 'original', 'commit', 'application', 'stop', 'park',
] as const

export type ChoiceName = keyof typeof choices

export const defaults: DestinationOptions = {
  events: ['order-status', 'report', 'study-available'], application: '', facility: '', version: '', charset: 'UNICODE UTF-8', processing: 'P',
  order_message: 'ORM', study_message: 'ORU', patient_message: 'A08', report_message: 'ORU', report_format: 'both', text_lines: 'repetitions',
  report_statuses: reportStatuses.slice(2), order_statuses: [...orderStatuses], viewer_url: '', issuers: [], modalities: [], not_from: [],
  acknowledgement: 'original', answer_seconds: 30, on_reject: 'stop', error_retries: 3,
}

export const isName = (name: string): boolean => /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/.test(name)
