/** The columns of the study list: what each shows, how wide it is, and what it sorts by. */
import { FileText, Sparkle, TriangleAlert } from 'lucide-react'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import type { Study, StudySortKey } from '@/api/types.ts'
import { plainName } from '@/format/name.ts'
import type { useFormat } from '@/format/use_format.ts'
import { PersonName } from '@/ui/PersonName.tsx'
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
  /** A track of the grid. */
  width: string
  sort?: StudySortKey
  align?: 'end'
  cell: (study: Study, context: CellContext) => ReactNode
}

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
  <>{format.date(study.date)} <span className={styles['quiet']}>{format.time(study)}</span></>
)

export const columns: readonly Column[] = [
  { id: 'patient', width: 'minmax(150px, 2.4fr)', sort: 'name', cell: (study) => <span className={styles['name']}><PersonName name={study.patient.name} /></span> },
  { id: 'patient_id', width: 'minmax(84px, 1fr)', sort: 'patient_id', cell: (study) => <bdi>{study.patient.id}</bdi> },
  { id: 'age_sex', width: '88px', cell: ageAndSex },
  { id: 'date', width: '144px', sort: 'date', cell: dateAndTime },
  { id: 'modality', width: '84px', sort: 'modality', cell: (study) => <span className={styles['modality']}>{study.modalities.join(' ')}</span> },
  { id: 'description', width: 'minmax(120px, 2.2fr)', sort: 'description', cell: (study) => <bdi>{study.description}</bdi> },
  { id: 'accession', width: 'minmax(84px, 1fr)', sort: 'accession', cell: (study) => <bdi>{study.accession}</bdi> },
  { id: 'images', width: '72px', align: 'end', cell: (study, { format }) => format.number(study.instances) },
  { id: 'referring', width: 'minmax(100px, 1.3fr)', cell: (study) => plainName(study.referring) },
  { id: 'institution', width: 'minmax(100px, 1.3fr)', cell: (study) => <bdi>{study.institution}</bdi> },
  { id: 'body_part', width: '104px', cell: (study) => study.body_parts.join(', ') },
  { id: 'received', width: '144px', sort: 'received', cell: (study, { format }) => format.instant(study.received) },
  { id: 'status', width: 'minmax(96px, 0.9fr)', cell: (study, context) => <Status study={study} context={context} /> },
]

export const defaultColumns: readonly ColumnId[] = [
  'patient', 'patient_id', 'age_sex', 'date', 'modality', 'description', 'accession', 'images', 'referring', 'status',
]

/** The account's choice in the fixed order; names from another version are passed over. */
export function chosenColumns(choice: readonly string[] | null | undefined): Column[] {
  const wanted = choice ?? defaultColumns
  const found = columns.filter((column) => wanted.includes(column.id))
  return found.length > 0 ? found : columns.filter((column) => defaultColumns.includes(column.id))
}
