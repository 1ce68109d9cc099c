/** The columns of the study list: what each shows, how wide it is, and what it sorts by. */
import { FileText, Sparkle, TriangleAlert } from 'lucide-react'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import type { Study, StudySortKey } from '@/api/types.ts'
import { plainName } from '@/format/name.ts'
import type { useFormat } from '@/format/use_format.ts'
import list from '@/ui/list.module.css'
import { PersonName } from '@/ui/PersonName.tsx'
import { leading } from '@/format/modality.ts'
import styles from './StudyTable.module.css'

export type ColumnId =
  | 'patient' | 'patient_id' | 'age_sex' | 'date' | 'modality' | 'description' | 'accession' | 'images' | 'referring'
  | 'institution' | 'body_part' | 'received' | 'status'

export interface CellContext {
  t: TFunction
  format: ReturnType<typeof useFormat>
  fresh: boolean
}

export interface Column {
  id: ColumnId
  /** Pixels at least, and the share of what is left over; without one it stays as it is. */
  min: number
  share?: number
  sort?: StudySortKey
  align?: 'end'
  cell: (study: Study, context: CellContext) => ReactNode
}

/** In its own direction; whole under the pointer where the column cuts it off. */
const Text = ({ children }: { children: string }) => <bdi title={children}>{children}</bdi>

function ageAndSex(study: Study, { t, format }: CellContext): string {
  const sex = study.patient.sex === null ? '' : t(`patient.sexShort.${study.patient.sex}`)
  return [format.ageAtStudy(study), sex].filter(Boolean).join(' · ')
}

function Status({ study, context: { t, fresh } }: { study: Study; context: CellContext }) {
  return (
    <span className={styles['status']}>
      {fresh && <span className={styles['fresh']}><Sparkle aria-hidden="true" />{t('studies.fresh')}</span>}
      {study.conflicts > 0 && (
        <span className={styles['conflict']} title={t('studies.conflicts', { count: study.conflicts })}>
          <TriangleAlert aria-hidden="true" />{t('studies.conflict')}
        </span>
      )}
      {study.has_report && <span className={styles['report']}><FileText aria-hidden="true" />{t('studies.report')}</span>}
    </span>
  )
}

const dateAndTime = (study: Study, { format }: CellContext): ReactNode => (
  <>{format.date(study.date)} <span className={list['quiet']}>{format.time(study)}</span></>
)

export const columns: readonly Column[] = [
  { id: 'patient', min: 140, share: 2.4, sort: 'name', cell: (study) => <span className={list['name']}><PersonName name={study.patient.name} /></span> },
  { id: 'patient_id', min: 116, share: 1, sort: 'patient_id', cell: (study) => <Text>{study.patient.id}</Text> },
  { id: 'age_sex', min: 80, cell: ageAndSex },
  { id: 'date', min: 148, sort: 'date', cell: dateAndTime },
  { id: 'modality', min: 66, sort: 'modality', cell: (study) => <span className={styles['modality']} title={study.modalities.join(' ')}>{leading(study.modalities).join(' ')}</span> },
  { id: 'description', min: 100, share: 2.2, sort: 'description', cell: (study) => <Text>{study.description}</Text> },
  { id: 'accession', min: 116, share: 1, sort: 'accession', cell: (study) => <Text>{study.accession}</Text> },
  { id: 'images', min: 60, align: 'end', cell: (study, { format }) => format.number(study.instances) },
  { id: 'referring', min: 100, share: 1.3, cell: (study) => <Text>{plainName(study.referring)}</Text> },
  { id: 'institution', min: 100, share: 1.3, cell: (study) => <Text>{study.institution}</Text> },
  { id: 'body_part', min: 104, cell: (study) => <Text>{study.body_parts.join(', ')}</Text> },
  { id: 'received', min: 150, sort: 'received', cell: (study, { format }) => format.instant(study.received) },
  { id: 'status', min: 116, share: 0.9, cell: (study, context) => <Status study={study} context={context} /> },
]

export const defaultColumns: readonly ColumnId[] = [
  'patient', 'patient_id', 'age_sex', 'date', 'modality', 'description', 'accession', 'images', 'referring', 'status',
]

/** Left out first where there is no room for all. */
const expendable: readonly ColumnId[] = ['body_part', 'institution', 'received', 'referring']

export const leastWidth = (shown: readonly Column[]): number => shown.reduce((sum, column) => sum + column.min, 0)

export function fitting(chosen: readonly Column[], room: number): Column[] {
  let shown = [...chosen]
  for (const id of expendable) {
    if (leastWidth(shown) <= room) break
    shown = shown.filter((column) => column.id !== id)
  }
  return shown
}

export const tracksOf = (shown: readonly Column[]): string =>
  shown.map(({ min, share }) => (share === undefined ? `${min}px` : `minmax(${min}px, ${share}fr)`)).join(' ')

/** The account's choice in the fixed order; names from another version are passed over. */
export function chosenColumns(choice: readonly string[] | null | undefined): Column[] {
  const wanted = choice ?? defaultColumns
  const found = columns.filter((column) => wanted.includes(column.id))
  return found.length > 0 ? found : columns.filter((column) => defaultColumns.includes(column.id))
}
