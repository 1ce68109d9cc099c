/** Orders and patients that a study may be assigned to: picked by number, pressed, or dropped on. */
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Order } from '@/api/reconciliation_types.ts'
import type { PatientIdentity } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { statusText } from '@/study/order.ts'
import clsx from '@/ui/clsx.ts'
import { PersonName } from '@/ui/PersonName.tsx'
import { dragType } from './CaseList.tsx'
import styles from './Reconciliation.module.css'
import { reasonText } from './words.ts'

export interface TargetProps {
  /** The key that picks it, 1 to 9. */
  number: number | null
  picked: boolean
  reasons?: readonly string[]
  note?: string
  onPick: () => void
  onAssign: () => void
  /** A study was dropped. */
  onDrop: (uid: string) => void
}

function Target({ number, picked, reasons = [], note, onPick, onAssign, onDrop, children }: TargetProps & { children: ReactNode }) {
  const { t } = useTranslation()
  const [over, setOver] = useState(false)
  return (
    <li>
      <button type="button" aria-pressed={picked} className={clsx(styles['target'], picked && styles['picked'], over && styles['over'])}
        onClick={onPick} onDoubleClick={onAssign}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes(dragType)) return
          event.preventDefault()
          event.dataTransfer.dropEffect = 'link'
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          event.stopPropagation()
          setOver(false)
          const uid = event.dataTransfer.getData(dragType)
          if (uid !== '') onDrop(uid)
        }}>
        <span className={styles['digit']}>{number !== null && <kbd>{number}</kbd>}</span>
        <span className={styles['facts']}>
          {children}
          {(reasons.length > 0 || note !== undefined) && (
            <span className={styles['reasons']}>
              {note !== undefined && <span className={styles['taken']}>{note}</span>}
              {reasons.map((reason) => <span key={reason} className={styles['why']}>{reasonText(reason, t)}</span>)}
            </span>
          )}
        </span>
      </button>
    </li>
  )
}

function Who({ patient }: { patient: PatientIdentity }) {
  const { t } = useTranslation()
  const format = useFormat()
  const rest = [patient.birth_date === null ? '' : format.date(patient.birth_date), patient.sex === null ? '' : t(`patient.sexShort.${patient.sex}`)]
  return (
    <span className={styles['who']}>
      <PersonName name={patient.name} /> <span className={styles['quiet']}><bdi>{[patient.id, patient.issuer].filter(Boolean).join(' · ')}</bdi>{rest.filter(Boolean).map((text) => ` · ${text}`)}</span>
    </span>
  )
}

export function OrderTarget({ order, ...target }: TargetProps & { order: Order }) {
  const { t } = useTranslation()
  const format = useFormat()
  const when = [format.date(order.date), format.time({ date: order.date, time: order.time, timezone: null })].filter(Boolean).join(' ')
  const what = [order.accession, order.modality, order.description || order.procedure_id, when, statusText(order.status, t), order.stations.join(' ')]
  return (
    <Target {...target}>
      <Who patient={order.patient} />
      <span className={styles['what']}>{what.filter(Boolean).join(' · ')}</span>
    </Target>
  )
}

export function PatientTarget({ patient, ...target }: TargetProps & { patient: PatientIdentity }) {
  return <Target {...target}><Who patient={patient} /></Target>
}
