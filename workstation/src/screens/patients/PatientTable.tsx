/** The virtual table of patients. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Patient } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import clsx from '@/ui/clsx.ts'
import list from '@/ui/list.module.css'
import { PersonName } from '@/ui/PersonName.tsx'
import styles from './PatientsScreen.module.css'

const columns = ['name', 'id', 'birth', 'sex', 'studies'] as const
const tracks = { '--columns': 'minmax(200px, 3fr) minmax(120px, 1.4fr) 200px 100px 90px', '--least': '680px' } as Record<string, string>
const rowHeight = 30
/** Asked for this many rows before the end is seen. */
const ahead = 30

export interface PatientTableProps {
  patients: readonly Patient[]
  /** The row that the keys are on; -1 is none. */
  at: number
  onOpen: (patient: Patient) => void
  onNearEnd: () => void
}

function Cells({ patient }: { patient: Patient }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <>
      <div role="gridcell" className={clsx(list['cell'], list['name'])}><PersonName name={patient.name} /></div>
      <div role="gridcell" className={list['cell']}><bdi>{patient.id}</bdi></div>
      <div role="gridcell" className={list['cell']}>{format.date(patient.birth_date)} <span className={list['quiet']}>{format.ageToday(patient.birth_date)}</span></div>
      <div role="gridcell" className={list['cell']}>{patient.sex !== null && t(`patient.sexes.${patient.sex}`)}</div>
      <div role="gridcell" className={list['cell']}>{format.number(patient.studies)}</div>
    </>
  )
}

export function PatientTable({ patients, at, onOpen, onNearEnd }: PatientTableProps) {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: patients.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 12,
    scrollPaddingEnd: rowHeight, getItemKey: (index) => patients[index]?.key ?? index,
  })
  const visible = rows.getVirtualItems()
  const last = visible.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= patients.length - ahead) onNearEnd()
  }, [last, patients.length, onNearEnd])
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' })
  }, [at, rows])
  return (
    <div className={styles['frame']}>
      <div ref={scroller} className={list['scroller']} role="grid" aria-label={t('patients.title')} aria-rowcount={patients.length + 1} tabIndex={0}
        aria-activedescendant={at >= 0 ? `patient-${at}` : undefined} style={tracks}>
        <div role="row" aria-rowindex={1} className={clsx(list['row'], list['header'])}>
          {columns.map((id) => <div key={id} role="columnheader" className={list['cell']}>{t(`patients.columns.${id}`)}</div>)}
        </div>
        <div role="rowgroup" className={list['body']} style={{ height: rows.getTotalSize() }}>
          {visible.map((item) => {
            const patient = patients[item.index]
            if (!patient) return null
            return (
              // Keys act on the grid as a whole (aria-activedescendant).
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
              <div key={item.key} id={`patient-${item.index}`} role="row" aria-rowindex={item.index + 2} aria-selected={item.index === at}
                className={clsx(list['row'], list['data'], item.index === at && list['selected'])}
                style={{ transform: `translateY(${item.start}px)` }} onClick={() => onOpen(patient)}>
                <Cells patient={patient} />
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
