/** What the images say beside what is registered: what differs is marked. */
import { useTranslation } from 'react-i18next'
import type { StudyReconciliation } from '@/api/reconciliation_types.ts'
import type { PatientIdentity } from '@/api/types.ts'
import { plainName } from '@/format/name.ts'
import { useFormat } from '@/format/use_format.ts'
import clsx from '@/ui/clsx.ts'
import styles from './Reconciliation.module.css'

/** Whom it is compared with: the order's patient, the one proposed first, else whose it counts as. */
export function comparedWith({ order, orders, patients, study }: StudyReconciliation): { patient: PatientIdentity; accession: string } {
  const first = order ?? (patients.length === 0 ? orders[0]?.order : undefined)
  if (first) return { patient: first.patient, accession: first.accession }
  return { patient: patients[0]?.patient ?? study.patient, accession: orders[0]?.order.accession ?? '' }
}

export function Comparison({ shown, other }: { shown: StudyReconciliation; other: { patient: PatientIdentity; accession: string } }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sex = (patient: PatientIdentity): string => (patient.sex === null ? '' : t(`patient.sexes.${patient.sex}`))
  const { own } = shown
  const rows = [
    [t('reconciliation.name'), plainName(own.patient.name), plainName(other.patient.name)],
    [t('patient.id'), own.patient.id, other.patient.id],
    [t('reconciliation.issuer'), own.patient.issuer, other.patient.issuer],
    [t('patient.born'), format.date(own.patient.birth_date), format.date(other.patient.birth_date)],
    [t('patient.sex'), sex(own.patient), sex(other.patient)],
    [t('messages.columns.accession'), own.accession, other.accession],
  ] as const
  return (
    <table className={styles['comparison']}>
      <thead>
        <tr><th /><th scope="col">{t('reconciliation.images')}</th><th scope="col">{t('reconciliation.registered')}</th></tr>
      </thead>
      <tbody>
        {rows.filter(([, mine, theirs]) => mine !== '' || theirs !== '').map(([label, mine, theirs]) => (
          <tr key={label} className={clsx(mine !== theirs && styles['differs'])}>
            <th scope="row">{label}</th><td><bdi>{mine || '–'}</bdi></td><td><bdi>{theirs || '–'}</bdi></td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
