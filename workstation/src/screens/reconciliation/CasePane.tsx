/** One study that does not fit: what it says, what it may be, and what to do about it. */
import { Check, ExternalLink, Undo2, UserPlus } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Choice, Order, StudyReconciliation } from '@/api/reconciliation_types.ts'
import type { PatientIdentity } from '@/api/types.ts'
import { leading } from '@/format/modality.ts'
import { plainName } from '@/format/name.ts'
import { useFormat } from '@/format/use_format.ts'
import { useKeys } from '@/keys/keys.tsx'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { SearchBox } from '@/ui/SearchBox.tsx'
import { dragType, StudyPicture } from './CaseList.tsx'
import { Comparison, comparedWith } from './Comparison.tsx'
import { History } from './History.tsx'
import { reconciliationOptions, useSearch } from './queries.ts'
import styles from './Reconciliation.module.css'
import { OrderTarget, PatientTarget } from './Targets.tsx'

/** Something to assign a study to. */
export type Aim = { kind: 'order'; order: Order } | { kind: 'patient'; patient: PatientIdentity }

/** So many leave patients and search in sight; the likeliest come first. */
const fewOrders = 5

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9']

const keyOf = (aim: Aim): string => (aim.kind === 'order' ? `order ${aim.order.key}` : `patient ${aim.patient.key}`)

export interface Asked {
  uid: string
  choice: Choice
  title: string
}

export interface CasePaneProps {
  uid: string
  onAsk: (asked: Asked) => void
}

function Head({ shown }: { shown: StudyReconciliation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { study, source } = shown
  const facts = [leading(study.modalities).join(' '), format.date(study.date), format.time(study), t('count.images', { count: study.instances, shown: format.number(study.instances) }), study.institution, source]
  return (
    <header className={styles['head']} draggable onDragStart={(event) => {
      event.dataTransfer.setData(dragType, study.uid)
      event.dataTransfer.effectAllowed = 'link'
    }}>
      <StudyPicture uid={study.uid} size={72} />
      <div className={styles['facts']}>
        <h2>{study.description || t('studies.noDescription')}</h2>
        <p className={styles['quiet']}>{facts.filter(Boolean).join(' · ')}</p>
        <Link to={`/view/${study.uid}`}><ExternalLink aria-hidden="true" /> {t('conflicts.openStudy')}</Link>
      </div>
    </header>
  )
}

export function CasePane({ uid, onAsk }: CasePaneProps) {
  const { t } = useTranslation()
  const study = useQuery(reconciliationOptions(useApi(), uid))
  const [picked, setPicked] = useState<string | null>(null)
  const [text, setText] = useState('')
  const searchBox = useRef<HTMLInputElement>(null)
  const found = useSearch(text)
  const [all, setAll] = useState(false)
  const shown = study.data
  const proposed: { aim: Aim; reasons: string[]; isTaken: boolean }[] = [
    ...(shown?.orders ?? []).slice(0, all ? undefined : fewOrders).map((one) => ({ aim: { kind: 'order', order: one.order } as const, reasons: one.reasons, isTaken: one.is_taken })),
    ...(shown?.patients ?? []).map((one) => ({ aim: { kind: 'patient', patient: one.patient } as const, reasons: one.reasons, isTaken: false })),
  ]
  const known = new Set(proposed.map(({ aim }) => keyOf(aim)))
  const searched: Aim[] = [
    ...found.orders.map((order) => ({ kind: 'order', order } as const)), ...found.patients.map((patient) => ({ kind: 'patient', patient } as const)),
  ].filter((aim) => !known.has(keyOf(aim)))
  const aims = [...proposed.map(({ aim }) => aim), ...searched]
  const askFor = (aim: Aim, of: string): void => {
    onAsk(aim.kind === 'order'
      ? { uid: of, choice: { decision: 'assign-order', target: aim.order.key }, title: t('reconciliation.assignOrderTitle', { order: aim.order.accession || aim.order.description || aim.order.procedure_id, name: plainName(aim.order.patient.name) }) }
      : { uid: of, choice: { decision: 'assign-patient', target: aim.patient.key }, title: t('reconciliation.assignPatientTitle', { name: plainName(aim.patient.name) || aim.patient.id }) })
  }
  const pickedAim = aims.find((aim) => keyOf(aim) === picked)
  const assign = (): void => { if (pickedAim) askFor(pickedAim, uid) }
  const kind = shown?.kinds[0]
  const accept = (): void => {
    if (kind) onAsk({ uid, choice: { decision: 'accept', target: kind }, title: t('reconciliation.acceptTitle', { kind: t(`reconciliation.kinds.${kind}`) }) })
  }
  const register = (): void => { if (shown?.can_register === true) onAsk({ uid, choice: { decision: 'register' }, title: t('reconciliation.registerTitle', { name: plainName(shown.own.patient.name) || shown.own.patient.id }) }) }
  const undo = (): void => { if (shown?.can_undo === true) onAsk({ uid, choice: { decision: 'undo' }, title: t('reconciliation.undoTitle') }) }
  useKeys(t('reconciliation.study'), [
    { keys: digits, label: t('reconciliation.keys.pick'), run: (event) => { const aim = aims[Number(event.key) - 1]; if (aim) setPicked(keyOf(aim)) } },
    { keys: ['Enter'], label: t('reconciliation.keys.assign'), run: assign },
    { keys: ['a'], label: t('reconciliation.accept'), run: accept },
    { keys: ['g'], label: t('reconciliation.register'), run: register },
    { keys: ['u'], label: t('reconciliation.undo'), run: undo },
    { keys: ['/'], label: t('reconciliation.search'), run: () => { searchBox.current?.focus(); searchBox.current?.select() } },
  ])
  if (study.isPending) return <div className={styles['pane']}><QuietBar /></div>
  if (!shown) return <div className={styles['pane']}><ProblemView error={study.error} onRetry={() => void study.refetch()} /></div>
  const target = (aim: Aim, index: number) => ({
    number: index < 9 ? index + 1 : null, picked: keyOf(aim) === picked, onPick: () => setPicked(keyOf(aim)),
    onAssign: () => askFor(aim, uid), onDrop: (dropped: string) => askFor(aim, dropped),
  })
  const list = (wanted: Aim['kind']) => proposed.map(({ aim, reasons, isTaken }, index) => {
    if (aim.kind !== wanted) return null
    const props = { ...target(aim, index), reasons, ...(isTaken && { note: t('reconciliation.taken') }) }
    return aim.kind === 'order' ? <OrderTarget key={keyOf(aim)} order={aim.order} {...props} /> : <PatientTarget key={keyOf(aim)} patient={aim.patient} {...props} />
  })
  const comparison = pickedAim?.kind === 'order' ? { patient: pickedAim.order.patient, accession: pickedAim.order.accession }
    : pickedAim ? { patient: pickedAim.patient, accession: '' } : comparedWith(shown)
  return (
    <div className={styles['pane']}>
      <Head shown={shown} />
      <div className={styles['columns']}>
        <div className={styles['column']}>
          {shown.kinds.map((each) => <p key={each} className={styles['explained']}><strong>{t(`reconciliation.kinds.${each}`)}</strong> {t(`reconciliation.explained.${each}`)}</p>)}
          {shown.kinds.length === 0 && <p className={styles['settled']}><Check aria-hidden="true" />{t('reconciliation.fits')}</p>}
          <Comparison shown={shown} other={comparison} />
          <div className={styles['actions']}>
            {kind && <Button icon={<Check />} onPress={accept}>{t('reconciliation.accept')}</Button>}
            {shown.can_register && <Button icon={<UserPlus />} onPress={register}>{t('reconciliation.register')}</Button>}
            {shown.can_undo && <Button icon={<Undo2 />} onPress={undo}>{t('reconciliation.undo')}</Button>}
          </div>
          <History decisions={shown.decisions} />
        </div>
        <div className={styles['column']}>
          {shown.orders.length > 0 && <section><h3>{t('reconciliation.orders')}</h3><ul className={styles['targets']}>{list('order')}</ul>{!all && shown.orders.length > fewOrders && <Button kind="ghost" onPress={() => setAll(true)}>{t('reconciliation.moreOrders', { count: shown.orders.length - fewOrders })}</Button>}</section>}
          {shown.patients.length > 0 && <section><h3>{t('reconciliation.patients')}</h3><ul className={styles['targets']}>{list('patient')}</ul></section>}
          {proposed.length === 0 && <p className={styles['quiet']}>{t('reconciliation.nothingProposed')}</p>}
          <section>
            <h3>{t('reconciliation.others')}</h3>
            <SearchBox ref={searchBox} value={text} onChange={setText} label={t('reconciliation.search')} hint={t('reconciliation.searchHint')}
              clearLabel={t('studies.clearSearch')} onLeave={() => { searchBox.current?.blur(); const aim = searched[0]; if (aim) setPicked(keyOf(aim)) }} />
            {found.error && <ProblemView compact error={found.error} />}
            {found.enabled && !found.isPending && searched.length === 0 && !found.error && <p className={styles['quiet']}>{t('reconciliation.noneFound')}</p>}
            <ul className={styles['targets']}>
              {searched.map((aim, index) => (aim.kind === 'order'
                ? <OrderTarget key={keyOf(aim)} order={aim.order} {...target(aim, proposed.length + index)} />
                : <PatientTarget key={keyOf(aim)} patient={aim.patient} {...target(aim, proposed.length + index)} />))}
            </ul>
          </section>
          <div className={styles['assign']}>
            <Button kind="filled" isDisabled={!pickedAim} onPress={assign}>{pickedAim?.kind === 'patient' ? t('reconciliation.decide.assign-patient') : t('reconciliation.decide.assign-order')}</Button>
            <span className={styles['quiet']}>{t('reconciliation.how')}</span>
          </div>
        </div>
      </div>
    </div>
  )
}
