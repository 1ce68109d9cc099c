/** A series' picture on black; a word for what has no picture. */
import { FileText, ImageOff, ScrollText } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { thumbnailAddress } from '@/api/dicomweb.ts'
import type { Series } from '@/api/types.ts'
import styles from './Thumbnail.module.css'

export function Thumbnail({ study, series, size }: { study: string; series: Series; size: number }) {
  const { t } = useTranslation()
  const [failed, setFailed] = useState(false)
  const box = { width: size, height: size }
  if (series.kind === 'report') {
    return <span className={styles['box']} style={box}><ScrollText aria-label={t('series.report')} /></span>
  }
  if (series.kind === 'document') {
    return <span className={styles['box']} style={box}><FileText aria-label={t('series.document')} /></span>
  }
  if (series.kind === 'other' || failed) {
    return <span className={styles['box']} style={box}><ImageOff aria-label={t('series.noPicture')} /></span>
  }
  return (
    <span className={styles['box']} style={box}>
      <img src={thumbnailAddress(study, series.uid)} width={size} height={size} alt="" loading="lazy" decoding="async"
        draggable={false} onError={() => setFailed(true)} />
    </span>
  )
}
