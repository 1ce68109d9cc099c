/** One event on the line of time: when, and what. */
import { CalendarClock, FileText } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { plainName } from '@/format/name.ts'
import { useFormat } from '@/format/use_format.ts'
import { priorityText, statusText } from '@/study/order.ts'
import { ReportEntry } from '@/study/ReportEntry.tsx'
import { SeriesStrip } from '@/study/SeriesStrip.tsx'
import clsx from '@/ui/clsx.ts'
import styles from './PatientScreen.module.css'
import type { Event, OrderEvent, ReportEvent, StudyEvent } from './timeline.ts'

function Facts({ facts }: { facts: readonly string[] }) {
  return facts.filter(Boolean).map((fact, index) => <span key={fact}>{index > 0 && ' · '}<bdi>{fact}</bdi></span>)
}

function OrderLine({ event: { order } }: { event: OrderEvent }) {
  const { t } = useTranslation()
  const priority = priorityText(order.priority, t)
  return (
    <>
      <p className={styles['title']}>
        {order.modality !== '' && <span className={styles['modality']}>{order.modality}</span>}
        <bdi className={styles['name']}>{order.description || order.procedure_id || t('order.noDescription')}</bdi>
        <span className={styles['status']}>{statusText(order.status, t)}</span>
        {priority !== '' && <span className={clsx(styles['status'], styles['pressing'])}>{priority}</span>}
      </p>
      <p className={styles['quiet']}><Facts facts={[t('patient.orderEvent'), order.accession, order.stations.join(', ')]} /></p>
    </>
  )
}

function ReportLine({ event: { report, study } }: { event: ReportEvent }) {
  const { t } = useTranslation()
  const format = useFormat()
  const of = [study.description || study.modalities.join(' '), format.date(study.date)].filter(Boolean).join(' ')
  return (
    <ReportEntry report={report}>
      <Link className={styles['quiet']} to={`/view/${study.uid}`}><bdi>{t('patient.reportOf', { study: of })}</bdi></Link>
    </ReportEntry>
  )
}

function StudyLine({ event: { study } }: { event: StudyEvent }) {
  const { t } = useTranslation()
  const format = useFormat()
  const images = t('count.images', { count: study.instances, shown: format.number(study.instances) })
  return (
    <>
      <p className={styles['title']}>
        <span className={styles['modality']}>{study.modalities.join(' ')}</span>
        <Link to={`/view/${study.uid}`}><bdi>{study.description || t('studies.noDescription')}</bdi></Link>
        {study.has_report && <span className={styles['quiet']}><FileText aria-hidden="true" /> {t('studies.report')}</span>}
      </p>
      <p className={styles['quiet']}>
        <Facts facts={[format.ageAtStudy(study), study.accession, plainName(study.referring), study.institution, images]} />
      </p>
      <SeriesStrip study={study.uid} series={study.series} />
    </>
  )
}

function What({ event }: { event: Event }) {
  switch (event.kind) {
    case 'order': return <OrderLine event={event} />
    case 'report': return <ReportLine event={event} />
    case 'study': return <StudyLine event={event} />
  }
}

function Mark({ event, picked, onPick }: Pick<EventCardProps, 'event' | 'picked' | 'onPick'>) {
  const { t } = useTranslation()
  switch (event.kind) {
    case 'order': return <CalendarClock role="img" aria-label={t('patient.orderEvent')} />
    case 'report': return <FileText role="img" aria-label={t('patient.reportEvent')} />
    case 'study': {
      const description = event.study.description || t('studies.noDescription')
      return <input type="checkbox" checked={picked} aria-label={t('patient.pickNamed', { description })} onChange={onPick} />
    }
  }
}

export interface EventCardProps {
  event: Event
  current: boolean
  picked: boolean
  onSelect: () => void
  onOpen: () => void
  onPick: () => void
}

export function EventCard({ event, current, picked, onSelect, onOpen, onPick }: EventCardProps) {
  const format = useFormat()
  const element = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (current) element.current?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const timezone = event.kind === 'study' ? event.study.timezone : null
  return (
    // The line's keys do the same (Enter, Space); the link inside is what assistive technology uses.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <li ref={element} className={clsx(styles['card'], current && styles['current'])} onClick={onSelect} onDoubleClick={onOpen}>
      <span className={styles['mark']}><Mark event={event} picked={picked} onPick={onPick} /></span>
      <div className={styles['when']}>
        <span>{format.date(event.date)}</span>
        <span className={styles['quiet']}>{format.time({ date: event.date, time: event.time, timezone })}</span>
      </div>
      <div className={styles['what']}><What event={event} /></div>
    </li>
  )
}
