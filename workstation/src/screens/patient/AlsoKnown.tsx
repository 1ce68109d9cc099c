/** Who else turned out to be this patient: identifiers that were merged into this one, and names that differ from it. */
import { useTranslation } from 'react-i18next'
import type { PatientIdentity } from '@/api/types.ts'
import { plainName } from '@/format/name.ts'
import { useFormat } from '@/format/use_format.ts'
import styles from './AlsoKnown.module.css'

/** More than this waits behind a click: the studies are what the page is for. */
const shown = 4

function Other({ other, patient }: { other: PatientIdentity; patient: PatientIdentity }) {
  const { t } = useTranslation()
  const format = useFormat()
  const name = plainName(other.name)
  const differing = [
    name !== plainName(patient.name) && name,
    other.birth_date !== null && other.birth_date !== patient.birth_date && format.date(other.birth_date),
  ].filter((fact) => typeof fact === 'string' && fact !== '')
  return (
    <li>
      <bdi>{other.id || t('patient.unknown')}</bdi>
      {other.issuer !== '' && <bdi className={styles['quiet']}>{other.issuer}</bdi>}
      {differing.map((fact) => <bdi key={String(fact)} className={styles['differing']}>{fact}</bdi>)}
    </li>
  )
}

export function AlsoKnown({ patient, merged }: { patient: PatientIdentity; merged: readonly PatientIdentity[] }) {
  const { t } = useTranslation()
  if (merged.length === 0) return null
  const [first, rest] = [merged.slice(0, shown), merged.slice(shown)]
  return (
    <section className={styles['also']} aria-label={t('patient.also')}>
      <span className={styles['quiet']}>{t('patient.also')}</span>
      <ul>{first.map((other) => <Other key={other.key} other={other} patient={patient} />)}</ul>
      {rest.length > 0 && (
        <details>
          <summary>{t('patient.alsoMore', { count: rest.length })}</summary>
          <ul>{rest.map((other) => <Other key={other.key} other={other} patient={patient} />)}</ul>
        </details>
      )}
    </section>
  )
}
