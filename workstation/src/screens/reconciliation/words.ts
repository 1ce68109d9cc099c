/** What the server calls kinds and reasons, in the words of the page. */
import type { TFunction } from 'i18next'
import { mismatchKinds } from '@/api/reconciliation_types.ts'

const reasons = [
  'study-uid', 'accession', 'identifier', 'patient', 'name-and-birth-date', 'other-identifier', 'order', 'similar-identifier', 'birth-date',
  'name', 'time', 'modality',
] as const

const known = <Word extends string>(words: readonly Word[], word: string): Word | undefined => words.find((each) => each === word)

export function reasonText(reason: string, t: TFunction): string {
  const word = known(reasons, reason)
  return word ? t(`reconciliation.reasons.${word}`) : reason
}

export function acceptedText(decision: string, t: TFunction): string {
  const word = known(mismatchKinds, decision)
  if (decision === 'registered') return t('reconciliation.wasRegistered')
  return word ? t('reconciliation.wasAccepted', { kind: t(`reconciliation.kinds.${word}`) }) : decision
}

/** Who decided: a person, the numbers, or a rule. */
export function whoText(by: string, t: TFunction): string {
  if (by === 'matching') return t('reconciliation.byMatching')
  return by.startsWith('rule:') ? t('reconciliation.byRule', { name: by.slice(5) }) : by
}
