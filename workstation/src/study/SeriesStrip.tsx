/** The series of a study with their thumbnails. */
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Series } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { Thumbnail } from '@/ui/Thumbnail.tsx'
import styles from './SeriesStrip.module.css'

/** More would make a page of thousands of pictures out of a dynamic study. */
const shown = 48

function amount(series: Series, shown: string, t: TFunction): string {
  const options = { count: series.instances, shown }
  if (series.kind === 'image') return t('count.images', options)
  return series.kind === 'other' ? t('count.objects', options) : t('count.documents', options)
}

export function SeriesGrid({ study, series }: { study: string; series: readonly Series[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <ul className={styles['grid']}>
      {series.slice(0, shown).map((each) => (
        <li key={each.uid} className={styles['cell']} title={each.description}>
          <Thumbnail study={study} series={each} size={76} />
          <span className={styles['facts']}>
            <span className={styles['title']}>{each.description || t('series.number', { number: each.number ?? '?' })}</span>
            <span className={styles['quiet']}>
              {each.modality} · {amount(each, format.number(each.instances), t)}
            </span>
            {each.body_part !== '' && <span className={styles['quiet']}>{each.body_part} {each.laterality}</span>}
          </span>
        </li>
      ))}
      {series.length > shown && <li className={styles['quiet']}>{t('series.more', { count: series.length - shown })}</li>}
    </ul>
  )
}

export function SeriesStrip({ study, series }: { study: string; series: readonly Series[] }) {
  const { t } = useTranslation()
  const visible = series.slice(0, 14)
  return (
    <ul className={styles['strip']}>
      {visible.map((each) => (
        <li key={each.uid} title={`${each.modality} · ${each.description}`}>
          <Thumbnail study={study} series={each} size={56} />
        </li>
      ))}
      {series.length > visible.length && (
        <li className={styles['quiet']}>{t('series.more', { count: series.length - visible.length })}</li>
      )}
    </ul>
  )
}
