/** A person's name: `DUPONT Jeanne`, its ideographic form beside it, each in its own direction. */
import { useTranslation } from 'react-i18next'
import type { PersonName as Name } from '@/api/types.ts'
import { alphabeticName, ideographicName } from '@/format/name.ts'
import styles from './PersonName.module.css'

export function PersonName({ name }: { name: Name }) {
  const { t } = useTranslation()
  const alphabetic = alphabeticName(name.alphabetic)
  const ideographic = ideographicName(name.ideographic)
  const phonetic = ideographicName(name.phonetic)
  if (alphabetic === '' && ideographic === '' && phonetic === '') {
    return <span className={styles['none']}>{t('patient.noName')}</span>
  }
  return (
    <span className={styles['name']} title={[alphabetic, ideographic, phonetic].filter(Boolean).join(' · ')}>
      {alphabetic !== '' && <bdi>{alphabetic}</bdi>}
      {ideographic !== '' && <bdi className={alphabetic === '' ? undefined : styles['second']}>{ideographic}</bdi>}
      {alphabetic === '' && ideographic === '' && <bdi>{phonetic}</bdi>}
    </span>
  )
}
