/** What was decided about a study so far, the newest first. */
import { useTranslation } from 'react-i18next'
import type { Decided } from '@/api/reconciliation_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { said } from '@/i18n/said.ts'
import styles from './Reconciliation.module.css'
import { acceptedText, whoText } from './words.ts'

export function History({ decisions }: { decisions: readonly Decided[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (decisions.length === 0) return null
  const whatOf = (decided: Decided): string => [
    decided.order !== '' && t('reconciliation.toOrder', { order: decided.order }),
    decided.patient !== '' && t('reconciliation.toPatient', { patient: decided.patient }),
    ...decided.accepted.map((word) => acceptedText(word, t)),
  ].filter(Boolean).join(' · ') || t('reconciliation.asItWas')
  return (
    <section aria-label={t('reconciliation.history')}>
      <h3>{t('reconciliation.history')}</h3>
      <ol className={styles['history']}>
        {decisions.toReversed().map((decided) => (
          <li key={`${decided.at} ${decided.by} ${whatOf(decided)}`}>
            <span className={styles['quiet']}>{format.instant(decided.at)} · {whoText(decided.by, t)}</span>
            <span>{whatOf(decided)}</span>
            {decided.reason !== '' && <span className={styles['quiet']}>{said(decided.reason, t)}</span>}
          </li>
        ))}
      </ol>
    </section>
  )
}
