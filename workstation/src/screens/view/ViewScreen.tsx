/** A study, opened: the patient on top, the viewer below, nothing else. `?with=` adds a second study beside it. */
import { ArrowLeft, AppWindow } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useNavigate, useParams, useSearchParams } from 'react-router'
import { statusOf } from '@/api/problem.ts'
import type { StudyDetail } from '@/api/types.ts'
import { leading } from '@/format/modality.ts'
import { useFormat } from '@/format/use_format.ts'
import { plainName } from '@/format/name.ts'
import { useKeys } from '@/keys/keys.tsx'
import { useApi } from '@/session/services.tsx'
import { EmergencyOffer } from '@/sight/EmergencyOffer.tsx'
import { studyOptions } from '@/study/queries.ts'
import { PatientBanner } from '@/study/PatientBanner.tsx'
import { Button } from '@/ui/Button.tsx'
import { Chip, ChipGroup } from '@/ui/Chip.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { DocumentPane } from './DocumentPane.tsx'
import { canBeVolume, kindsOf, layoutOf, layouts, type Layout } from './layouts.ts'
import { Viewer } from './Viewer.tsx'
import styles from './ViewScreen.module.css'

type Shown = Layout | 'documents'

/** Back to where one came from; a window of its own came from nowhere and closes. */
function useLeave(): () => void {
  const navigate = useNavigate()
  const location = useLocation()
  return () => {
    if (location.key !== 'default') void navigate(-1)
    else if (window.opener !== null) window.close()
    else void navigate('/studies')
  }
}

function useShown(study: StudyDetail | undefined) {
  const [parameters, setParameters] = useSearchParams()
  const kinds = kindsOf(study?.series ?? [])
  const asked = parameters.get('layout')
  const shown: Shown = study && (!kinds.pictures || asked === 'documents') && kinds.documents.length > 0 ? 'documents' : layoutOf(asked)
  const show = (next: Shown): void => {
    const changed = new URLSearchParams(parameters)
    if (next === '2d') changed.delete('layout')
    else changed.set('layout', next)
    setParameters(changed, { replace: true })
  }
  return { shown, show, kinds, beside: parameters.getAll('with') }
}

function Choices({ study, shown, show }: { study: StudyDetail; shown: Shown; show: (next: Shown) => void }) {
  const { t } = useTranslation()
  const { pictures, documents } = kindsOf(study.series)
  const volume = canBeVolume(study.series)
  return (
    <ChipGroup label={t('view.layout')}>
      {pictures && layouts.map((layout) => (
        <Chip key={layout} on={shown === layout} disabled={layout !== '2d' && !volume} title={layout !== '2d' && !volume ? t('view.noVolume') : undefined}
          onClick={() => show(layout)}>
          {t(`view.layouts.${layout}`)}
        </Chip>
      ))}
      {pictures && documents.length > 0 && (
        <Chip on={shown === 'documents'} onClick={() => show('documents')}>{t('view.documentsCount', { count: documents.length })}</Chip>
      )}
    </ChipGroup>
  )
}

export function ViewScreen() {
  const { t } = useTranslation()
  const format = useFormat()
  const api = useApi()
  const { studyUid = '' } = useParams()
  const query = useQuery(studyOptions(api, studyUid))
  const study = query.data
  const { shown, show, kinds, beside } = useShown(study)
  const leave = useLeave()
  const { tell } = useNotices()
  const pictures = useMemo(() => study?.series.filter((each) => each.kind === 'image').map((each) => each.uid) ?? null, [study])
  const ownWindow = (): void => {
    window.open(window.location.href, '_blank', 'popup,width=1600,height=1000')
  }
  useEffect(() => {
    if (!study) return
    document.title = `${plainName(study.patient.name)} · ${t('app.name')}`
    return () => {
      document.title = t('app.name')
    }
  }, [study, t])
  useKeys(t('view.title'), [
    { keys: ['Alt+ArrowLeft'], label: t('view.keys.back'), run: leave, inFields: true },
    { keys: ['Alt+1'], label: t('view.layouts.2d'), run: () => show('2d'), inFields: true },
    { keys: ['Alt+2'], label: t('view.layouts.mpr'), run: () => show('mpr'), inFields: true },
    { keys: ['Alt+3'], label: t('view.layouts.3d'), run: () => show('3d'), inFields: true },
    { keys: ['Alt+w'], label: t('view.ownWindow'), run: ownWindow, inFields: true },
  ])
  // The window's own listener does the rest, as if the key had been pressed outside the frame.
  const passOn = (event: KeyboardEvent): void => {
    if (!event.altKey) return
    const { key, altKey } = event
    if (!window.dispatchEvent(new KeyboardEvent('keydown', { key, altKey, cancelable: true }))) event.preventDefault()
  }
  const back = <Button kind="ghost" icon={<ArrowLeft />} aria-label={t('view.keys.back')} onPress={leave} />
  if (query.isError) {
    return (
      <div className={styles['screen']}>
        <div className={styles['top']}>{back}</div>
        <ProblemView error={query.error} {...(statusOf(query.error) === 404 ? {} : { onRetry: () => void query.refetch() })} />
        {statusOf(query.error) === 404 && <EmergencyOffer />}
      </div>
    )
  }
  const frame: ReactNode = shown === 'documents'
    ? <DocumentPane study={studyUid} series={kinds.documents} />
    // Without waiting for the answer about the study: the viewer has its own way to it.
    : <Viewer key={[studyUid, ...beside].join()} studies={[studyUid, ...beside]} layout={shown} pictures={pictures} onKey={passOn}
        onNoVolume={() => {
          show('2d')
          tell(t('view.noVolumeHere'))
        }} />
  return (
    <div className={styles['screen']}>
      {study ? (
        <PatientBanner patient={study.patient} linked before={back}>
          <span className={styles['study']}>
            <bdi>{study.description}</bdi> {leading(study.modalities).join(' ')} · {format.date(study.date)} {format.time(study)}
          </span>
          <Choices study={study} shown={shown} show={show} />
          <Button kind="ghost" icon={<AppWindow />} aria-label={t('view.ownWindow')} onPress={ownWindow} />
        </PatientBanner>
      ) : <div className={styles['top']}>{back}</div>}
      <QuietBar active={query.isPending} />
      {study && !kinds.pictures && kinds.documents.length === 0 ? <p className={styles['nothing']}>{t('view.nothing')}</p> : frame}
    </div>
  )
}
