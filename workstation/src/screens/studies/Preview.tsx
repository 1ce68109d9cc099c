/** The panel at the right: who, what, the series, the report's text, the priors. */
import { Trash2, UserPlus, X } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { ohifAddress } from '@/api/dicomweb.ts'
import type { Study, StudyDetail } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { plainName } from '@/format/name.ts'
import { useApi, useConnectionState } from '@/session/services.tsx'
import { useMay } from '@/session/session.tsx'
import { ConfidentialSign } from '@/sight/PatientSigns.tsx'
import { patientOptions, studyOptions } from '@/study/queries.ts'
import { ReportText } from '@/study/ReportText.tsx'
import { SeriesGrid } from '@/study/SeriesStrip.tsx'
import { Button } from '@/ui/Button.tsx'
import { CopyButton } from '@/ui/CopyButton.tsx'
import { PersonName } from '@/ui/PersonName.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './Preview.module.css'

export interface PreviewProps {
  study: Study
  onClose: () => void
  onDelete: (study: Study) => void
  onGive: (study: Study) => void
}

function Fact({ label, children }: { label: string; children: string }) {
  if (children === '') return null
  return <div className={styles['fact']}><dt>{label}</dt><dd><bdi>{children}</bdi></dd></div>
}

function Facts({ study }: { study: Study }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <dl className={styles['facts']}>
      <Fact label={t('studies.columns.date')}>{`${format.date(study.date)} ${format.time(study)}`.trim()}</Fact>
      <Fact label={t('studies.columns.accession')}>{study.accession}</Fact>
      <Fact label={t('studies.columns.referring')}>{plainName(study.referring)}</Fact>
      <Fact label={t('studies.columns.institution')}>{study.institution}</Fact>
      <Fact label={t('studies.columns.received')}>{format.instant(study.received)}</Fact>
    </dl>
  )
}

function Reports({ study }: { study: StudyDetail }) {
  const { t } = useTranslation()
  const reports = study.series.filter((series) => series.kind === 'report')
  if (reports.length === 0) return null
  return (
    <section>
      <h3>{t('preview.report')}</h3>
      {reports.slice(0, 3).map((series) => <ReportText key={series.uid} study={study.uid} series={series.uid} />)}
    </section>
  )
}

const shownPriors = 8

function Priors({ study }: { study: Study }) {
  const { t } = useTranslation()
  const format = useFormat()
  const api = useApi()
  const { reachable } = useConnectionState()
  const patient = useQuery({ ...patientOptions(api, study.patient.key), enabled: reachable })
  const others = patient.data?.studies_list.filter((other) => other.uid !== study.uid) ?? []
  return (
    <section>
      <h3>{t('preview.otherStudies')}</h3>
      {patient.data && others.length === 0 && <p className={styles['quiet']}>{t('preview.noOthers')}</p>}
      <ul className={styles['priors']}>
        {others.slice(0, shownPriors).map((other) => (
          <li key={other.uid}>
            <Link to={`/view/${other.uid}`}>
              <span>{format.date(other.date)}</span>
              <span className={styles['modality']}>{other.modalities.join(' ')}</span>
              <bdi className={styles['description']}>{other.description}</bdi>
            </Link>
          </li>
        ))}
      </ul>
      {others.length > shownPriors && (
        <Link to={`/patients/${encodeURIComponent(study.patient.key)}`}>{t('preview.allStudies', { count: others.length + 1 })}</Link>
      )}
    </section>
  )
}

function Identity({ study, onClose }: Pick<PreviewProps, 'study' | 'onClose'>) {
  const { t } = useTranslation()
  const format = useFormat()
  const { patient } = study
  const sex = patient.sex === null ? t('patient.sexUnknown') : t(`patient.sexes.${patient.sex}`)
  const born = patient.birth_date === null ? t('patient.bornUnknown') : format.date(patient.birth_date)
  return (
    <header className={styles['head']}>
      <div className={styles['who']}>
        <strong><PersonName name={patient.name} /></strong>
        <ConfidentialSign patient={patient.key} />
        <span className={styles['quiet']}>{[born, format.ageToday(patient.birth_date), sex].filter(Boolean).join(' · ')}</span>
        <span className={styles['quiet']}>{t('patient.id')} <bdi className={styles['id']}>{patient.id || t('patient.unknown')}</bdi></span>
      </div>
      <Button kind="ghost" icon={<X />} aria-label={t('preview.close')} onPress={onClose} />
    </header>
  )
}

export function Preview({ study, onClose, onDelete, onGive }: PreviewProps) {
  const { t } = useTranslation()
  const api = useApi()
  const navigate = useNavigate()
  const mayDelete = useMay('delete')
  const mayFlag = useMay('flag')
  const detail = useQuery(studyOptions(api, study.uid))
  return (
    <aside className={styles['panel']} aria-label={t('preview.title')}>
      <Identity study={study} onClose={onClose} />
      <QuietBar active={detail.isPending} />
      <div className={styles['body']}>
        <h2><bdi>{study.description || t('studies.noDescription')}</bdi> <span className={styles['modality']}>{study.modalities.join(' ')}</span></h2>
        <div className={styles['actions']}>
          <Button kind="filled" onPress={() => void navigate(`/view/${study.uid}`)}>{t('action.open')}</Button>
          <Button onPress={() => void navigate(`/patients/${encodeURIComponent(study.patient.key)}`)}>{t('preview.patient')}</Button>
          <Button kind="ghost" onPress={() => window.open(ohifAddress([study.uid]), '_blank')}>OHIF</Button>
          {mayFlag && <Button kind="ghost" icon={<UserPlus />} aria-label={t('assign.title')} onPress={() => onGive(study)} />}
          {mayDelete && <Button kind="ghost" icon={<Trash2 />} aria-label={t('preview.delete')} onPress={() => onDelete(study)} />}
        </div>
        <Facts study={study} />
        {detail.isError && <ProblemView compact error={detail.error} onRetry={() => void detail.refetch()} />}
        {detail.data && (
          <>
            <section>
              <h3>{t('count.series', { count: detail.data.series.length })}</h3>
              <SeriesGrid study={study.uid} series={detail.data.series} />
            </section>
            <Reports study={detail.data} />
          </>
        )}
        <Priors study={study} />
        <details className={styles['details']}>
          <summary>{t('preview.identifiers')}</summary>
          <div className={styles['uid']}><code>{study.uid}</code><CopyButton text={study.uid} iconOnly label={t('preview.copyUid')} /></div>
        </details>
      </div>
    </aside>
  )
}
