/** What is to be seen at once wherever a patient is shown: that they are confidential, and that the glass was broken. */
import { Lock, Siren } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/format/use_format.ts'
import { useConfidential, useEmergencyEnd } from './queries.ts'
import styles from './Sight.module.css'

export function ConfidentialSign({ patient }: { patient: string }) {
  const { t } = useTranslation()
  if (useConfidential(patient) !== true) return null
  return <span className={styles['sign']} title={t('confidential.what')}><Lock aria-hidden="true" />{t('confidential.sign')}</span>
}

export function EmergencyStrip({ patient }: { patient: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const until = useEmergencyEnd(patient)
  if (until === null) return null
  return <p className={styles['strip']} role="status"><Siren aria-hidden="true" />{t('emergency.until', { time: format.instant(until) })}</p>
}
