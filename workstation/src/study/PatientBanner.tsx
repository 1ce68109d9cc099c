/** Who the patient is: the same facts at the same place on every screen that shows patient data. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { PatientIdentity } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { ConfidentialSign, EmergencyStrip } from '@/sight/PatientSigns.tsx'
import { PersonName } from '@/ui/PersonName.tsx'
import styles from './PatientBanner.module.css'

export interface PatientBannerProps {
  patient: PatientIdentity
  linked?: boolean
  before?: ReactNode
  children?: ReactNode
}

export function PatientBanner({ patient, linked = false, before, children }: PatientBannerProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const name = <PersonName name={patient.name} />
  const age = format.ageToday(patient.birth_date)
  return (
    <section className={styles['banner']} aria-label={t('patient.banner')}>
      {before}
      <strong className={styles['name']}>
        {linked ? <Link to={`/patients/${encodeURIComponent(patient.key)}`}>{name}</Link> : name}
      </strong>
      <span className={styles['fact']}>
        <span className={styles['label']}>{t('patient.born')}</span>
        {patient.birth_date === null ? t('patient.unknown') : format.date(patient.birth_date)}
        {age !== '' && ` (${age})`}
      </span>
      <span className={styles['fact']}>
        <span className={styles['label']}>{t('patient.sex')}</span>
        {patient.sex === null ? t('patient.unknown') : t(`patient.sexes.${patient.sex}`)}
      </span>
      <span className={styles['fact']}>
        <span className={styles['label']}>{t('patient.id')}</span>
        <bdi className={styles['id']} title={patient.issuer}>{patient.id || t('patient.unknown')}</bdi>
        {patient.issuer !== '' && <span className={styles['label']}>{patient.issuer}</span>}
      </span>
      <ConfidentialSign patient={patient.key} />
      <span className={styles['rest']}>{children}</span>
      <EmergencyStrip patient={patient.key} />
    </section>
  )
}
