/** A patient: who it is on top, and below every order, study and report in order of time. */
import { Columns2, ExternalLink, ShieldCheck, Siren } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import { statusOf } from '@/api/problem.ts'
import { useFormat } from '@/format/use_format.ts'
import { useKeys } from '@/keys/keys.tsx'
import { useMay } from '@/session/session.tsx'
import { EmergencyDialog } from '@/sight/EmergencyDialog.tsx'
import { EmergencyOffer } from '@/sight/EmergencyOffer.tsx'
import { useEmergencyEnd } from '@/sight/queries.ts'
import { PatientBanner } from '@/study/PatientBanner.tsx'
import { Button } from '@/ui/Button.tsx'
import { Chip, ChipGroup } from '@/ui/Chip.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { AccessDialog } from './AccessDialog.tsx'
import { AlsoKnown } from './AlsoKnown.tsx'
import { EventCard } from './EventCard.tsx'
import styles from './PatientScreen.module.css'
import { usePatient, useTimeline } from './queries.ts'
import { byYear, isChosen, kinds, modalitiesOf, toggled, togglePick, type Event, type Kind } from './timeline.ts'

/** The study that an event is about and that can be looked at; an order may have its images already. */
function studyOf(event: Event | undefined, archived: ReadonlySet<string>): string | null {
  if (event?.kind === 'order') return archived.has(event.order.study_uid) ? event.order.study_uid : null
  return event?.study.uid ?? null
}

export function PatientScreen() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const { patientKey = '' } = useParams()
  const auditor = useMay('audit')
  const query = usePatient(patientKey)
  const all = useTimeline(query.data)
  const [chosen, setChosen] = useState<readonly Kind[]>([])
  const [modalities, setModalities] = useState<readonly string[]>([])
  const [picked, setPicked] = useState<readonly string[]>([])
  // By what it is: reports that are found later push the others down.
  const [at, setAt] = useState('')
  const [asked, setOpen] = useState<'access' | 'emergency' | null>(null)
  const mayFlag = useMay('flag')
  const mayBreak = useMay('emergency')
  const emergency = useEmergencyEnd(patientKey) === null && mayBreak

  const years = byYear(all.filter((event) => isChosen(event, chosen, modalities)))
  const events = years.flatMap((year) => year.events)
  const index = Math.max(events.findIndex(({ id }) => id === at), 0)
  const current = events[index]
  const archived = new Set(query.data?.studies_list.map(({ uid }) => uid))
  const shown = studyOf(current, archived)
  const move = (by: number): void => setAt(events[Math.min(Math.max(index + by, 0), events.length - 1)]?.id ?? '')
  const open = (uid: string | null): void => {
    if (uid !== null) void navigate(`/view/${uid}`)
  }
  const compare = (): void => {
    const [first, second] = picked
    if (first !== undefined && second !== undefined) void navigate(`/view/${first}?with=${second}`)
  }
  const pick = (event: Event | undefined): void => {
    if (event?.kind === 'study') setPicked(togglePick(picked, event.study.uid))
  }
  useKeys(t('patient.title'), [
    { keys: ['ArrowDown', 'j'], label: t('patient.keys.down'), run: () => move(1) },
    { keys: ['ArrowUp', 'k'], label: t('patient.keys.up'), run: () => move(-1) },
    { keys: ['Enter'], label: t('studies.keys.open'), run: () => open(shown) },
    { keys: [' '], label: t('patient.pick'), run: () => pick(current) },
    { keys: ['c'], label: t('patient.compare'), run: compare },
    ...(mayFlag ? [{ keys: ['a'], label: t('patientAccess.title'), run: () => setOpen('access') }] : []),
    ...(emergency ? [{ keys: ['e'], label: t('emergency.whole'), run: () => setOpen('emergency') }] : []),
    { keys: ['Escape'], label: t('patient.back'), run: () => void navigate(-1) },
  ])
  if (query.isError && !query.data) {
    return (
      <>
        <ProblemView error={query.error} onRetry={() => void query.refetch()} />
        {statusOf(query.error) === 404 && <EmergencyOffer />}
      </>
    )
  }
  if (!query.data) return <QuietBar />
  const { studies_list: studies, merged } = query.data
  const present = kinds.filter((kind) => all.some((event) => event.kind === kind))
  return (
    <>
      <PatientBanner patient={query.data}>
        <span className={styles['quiet']}>{t('count.studies', { count: studies.length, shown: format.number(studies.length) })}</span>
        {mayFlag && <Button icon={<ShieldCheck />} onPress={() => setOpen('access')}>{t('patientAccess.open')}</Button>}
        {emergency && <Button kind="ghost" icon={<Siren />} aria-label={t('emergency.whole')} onPress={() => setOpen('emergency')} />}
        {auditor && <Link className={styles['quiet']} to={`/admin/audit?patient=${encodeURIComponent(patientKey)}`}>{t('audit.whoSaw')}</Link>}
      </PatientBanner>
      <AlsoKnown patient={query.data} merged={merged} />
      <div className={styles['tools']}>
        <div className={styles['filters']}>
          {present.length > 1 && (
            <ChipGroup label={t('patient.kindsLabel')}>
              {present.map((kind) => <Chip key={kind} on={chosen.includes(kind)} onClick={() => setChosen(toggled(chosen, kind))}>{t(`patient.kinds.${kind}`)}</Chip>)}
            </ChipGroup>
          )}
          <ChipGroup label={t('studies.modalities')}>
            {modalitiesOf(all).map((modality) => <Chip key={modality} on={modalities.includes(modality)} onClick={() => setModalities(toggled(modalities, modality))}>{modality}</Chip>)}
          </ChipGroup>
        </div>
        <span className={styles['compare']}>
          {picked.length === 1 && <span className={styles['quiet']}>{t('patient.pickAnother')}</span>}
          <Button icon={<Columns2 />} isDisabled={picked.length < 2} onPress={compare}>{t('patient.compare')}</Button>
          {current && <Button kind="ghost" icon={<ExternalLink />} isDisabled={shown === null} onPress={() => open(shown)}>{t('patient.openSelected')}</Button>}
        </span>
      </div>
      <div className={styles['timeline']}>
        {years.map(({ year, events: group }) => (
          <section key={year ?? 'none'} aria-label={year ?? t('patient.noDate')}>
            <h2 className={styles['year']}>{year ?? t('patient.noDate')}</h2>
            <ol>
              {group.map((event) => (
                <EventCard key={event.id} event={event} current={event.id === current?.id} picked={event.kind === 'study' && picked.includes(event.study.uid)}
                  onSelect={() => setAt(event.id)} onOpen={() => open(studyOf(event, archived))} onPick={() => pick(event)} />
              ))}
            </ol>
          </section>
        ))}
        {events.length === 0 && <p className={styles['none']}>{all.length === 0 ? t('patient.nothing') : t('empty.noneWithFilters')}</p>}
      </div>
      {asked === 'access' && <AccessDialog patient={query.data} onClose={() => setOpen(null)} />}
      {asked === 'emergency' && <EmergencyDialog patient={query.data} onClose={() => setOpen(null)} />}
    </>
  )
}
