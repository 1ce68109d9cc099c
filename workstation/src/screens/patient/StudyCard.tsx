/** One study on the line of time. */
import { FileText } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { StudyDetail } from '@/api/types.ts'
import { plainName } from '@/format/name.ts'
import { useFormat } from '@/format/use_format.ts'
import { ReportList } from '@/study/ReportList.tsx'
import { SeriesStrip } from '@/study/SeriesStrip.tsx'
import clsx from '@/ui/clsx.ts'
import styles from './PatientScreen.module.css'

export interface StudyCardProps {
  study: StudyDetail
  current: boolean
  picked: boolean
  onSelect: () => void
  onOpen: () => void
  onPick: () => void
}

export function StudyCard({ study, current, picked, onSelect, onOpen, onPick }: StudyCardProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const element = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (current) element.current?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const description = study.description || t('studies.noDescription')
  const facts = [format.ageAtStudy(study), study.accession, plainName(study.referring), study.institution].filter(Boolean)
  return (
    // The line's keys do the same (Enter, Space); the link inside is what assistive technology uses.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <li ref={element} className={clsx(styles['card'], current && styles['current'])} onClick={onSelect} onDoubleClick={onOpen}>
      <input type="checkbox" checked={picked} aria-label={t('patient.pickNamed', { description })} onChange={onPick} />
      <div className={styles['when']}>
        <span>{format.date(study.date)}</span>
        <span className={styles['quiet']}>{format.time(study)}</span>
      </div>
      <div className={styles['what']}>
        <p className={styles['title']}>
          <span className={styles['modality']}>{study.modalities.join(' ')}</span>
          <Link to={`/view/${study.uid}`}><bdi>{description}</bdi></Link>
          {study.has_report && <span className={styles['quiet']}><FileText aria-hidden="true" /> {t('studies.report')}</span>}
        </p>
        <p className={styles['quiet']}>
          {facts.map((fact) => <span key={fact}><bdi>{fact}</bdi> · </span>)}
          {t('count.images', { count: study.instances, shown: format.number(study.instances) })}
        </p>
        <SeriesStrip study={study.uid} series={study.series} />
        {(study.has_report || current) && <ReportList study={study.uid} />}
      </div>
    </li>
  )
}
