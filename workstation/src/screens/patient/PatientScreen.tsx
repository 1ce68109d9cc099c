/** A patient: who it is on top, and below every study in order of time. */
import { Columns2, ExternalLink } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import type { StudyDetail } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { useKeys } from '@/keys/keys.tsx'
import { useLive } from '@/live/events.tsx'
import { useApi } from '@/session/services.tsx'
import { PatientBanner } from '@/study/PatientBanner.tsx'
import { patientOptions } from '@/study/queries.ts'
import { Button } from '@/ui/Button.tsx'
import { Chip, ChipGroup } from '@/ui/Chip.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { StudyCard } from './StudyCard.tsx'
import styles from './PatientScreen.module.css'
import { byYear, modalitiesOf, togglePick } from './timeline.ts'

/** How long events are gathered before the page is asked for again. */
const gather = 500

function usePatient(key: string) {
  const api = useApi()
  const query = useQuery(patientOptions(api, key))
  const { refetch } = query
  const [timer, setTimer] = useState<number | null>(null)
  useLive((event) => {
    if (event.type !== 'study' || timer !== null) return
    setTimer(window.setTimeout(() => {
      setTimer(null)
      void refetch()
    }, gather))
  })
  return query
}

export function PatientScreen() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const { patientKey = '' } = useParams()
  const query = usePatient(patientKey)
  const [modalities, setModalities] = useState<readonly string[]>([])
  const [picked, setPicked] = useState<readonly string[]>([])
  const [at, setAt] = useState(0)

  const all = query.data?.studies_list ?? []
  const studies = all.filter((study) => modalities.length === 0 || study.modalities.some((each) => modalities.includes(each)))
  const current: StudyDetail | undefined = studies[Math.min(at, studies.length - 1)]
  const open = (uid: string): void => void navigate(`/view/${uid}`)
  const compare = (): void => {
    const [first, second] = picked
    if (first !== undefined && second !== undefined) void navigate(`/view/${first}?with=${second}`)
  }
  const pick = (uid: string): void => setPicked(togglePick(picked, uid))
  useKeys(t('patient.title'), [
    { keys: ['ArrowDown', 'j'], label: t('studies.keys.down'), run: () => setAt(Math.min(at + 1, studies.length - 1)) },
    { keys: ['ArrowUp', 'k'], label: t('studies.keys.up'), run: () => setAt(Math.max(at - 1, 0)) },
    { keys: ['Enter'], label: t('studies.keys.open'), run: () => { if (current) open(current.uid) } },
    { keys: [' '], label: t('patient.pick'), run: () => { if (current) pick(current.uid) } },
    { keys: ['c'], label: t('patient.compare'), run: compare },
    { keys: ['Escape'], label: t('patient.back'), run: () => void navigate(-1) },
  ])
  if (query.isError && !query.data) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <QuietBar />
  const toggle = (modality: string): void =>
    setModalities(modalities.includes(modality) ? modalities.filter((each) => each !== modality) : [...modalities, modality])
  return (
    <>
      <PatientBanner patient={query.data}>
        <span className={styles['quiet']}>{t('count.studies', { count: all.length, shown: format.number(all.length) })}</span>
      </PatientBanner>
      <div className={styles['tools']}>
        <ChipGroup label={t('studies.modalities')}>
          {modalitiesOf(all).map((modality) => <Chip key={modality} on={modalities.includes(modality)} onClick={() => toggle(modality)}>{modality}</Chip>)}
        </ChipGroup>
        <span className={styles['compare']}>
          {picked.length === 1 && <span className={styles['quiet']}>{t('patient.pickAnother')}</span>}
          <Button icon={<Columns2 />} isDisabled={picked.length < 2} onPress={compare}>{t('patient.compare')}</Button>
          {current && <Button kind="ghost" icon={<ExternalLink />} onPress={() => open(current.uid)}>{t('patient.openSelected')}</Button>}
        </span>
      </div>
      <div className={styles['timeline']}>
        {byYear(studies).map(({ year, studies: group }) => (
          <section key={year ?? 'none'} aria-label={year ?? t('patient.noDate')}>
            <h2 className={styles['year']}>{year ?? t('patient.noDate')}</h2>
            <ol>
              {group.map((study) => (
                <StudyCard key={study.uid} study={study} current={study.uid === current?.uid} picked={picked.includes(study.uid)}
                  onSelect={() => setAt(studies.indexOf(study))} onOpen={() => open(study.uid)} onPick={() => pick(study.uid)} />
              ))}
            </ol>
          </section>
        ))}
        {studies.length === 0 && <p className={styles['none']}>{all.length === 0 ? t('patient.noStudies') : t('empty.noneWithFilters')}</p>}
      </div>
    </>
  )
}
