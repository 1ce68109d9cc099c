/** What is shown of the audit trail: by patient, account, kind, outcome, study and day. */
import { CalendarRange, ListFilter } from 'lucide-react'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { auditKinds } from '@/api/audit_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { Button } from '@/ui/Button.tsx'
import { Chip, RemovableChip } from '@/ui/Chip.tsx'
import { DateRange } from '@/ui/DateRange.tsx'
import { SelectField, TypedField } from '@/ui/Field.tsx'
import { PopoverTrigger } from '@/ui/Overlay.tsx'
import { SearchBox } from '@/ui/SearchBox.tsx'
import styles from './Audit.module.css'
import { everything, isNarrowed, type AuditFilters } from './filters.ts'

export interface AuditBarProps {
  filters: AuditFilters
  onChange: (filters: AuditFilters) => void
  searchBox: RefObject<HTMLInputElement | null>
  onLeaveSearch: () => void
}

export function AuditBar({ filters, onChange, searchBox, onLeaveSearch }: AuditBarProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const dated = filters.from !== '' || filters.to !== ''
  const range = `${format.date(filters.from)} – ${format.date(filters.to)}`
  const removable = (['patient', 'account', 'study'] as const).filter((name) => filters[name] !== '')
  return (
    <div className={styles['bar']} role="search">
      <SearchBox ref={searchBox} value={filters.patient_id} onChange={(patient_id) => onChange({ ...filters, patient_id })} onLeave={onLeaveSearch}
        label={t('audit.search')} hint={t('audit.searchHint')} clearLabel={t('studies.clearSearch')} />
      <Chip on={filters.failures} onClick={() => onChange({ ...filters, failures: !filters.failures })}>{t('audit.failures')}</Chip>
      <PopoverTrigger label={t('studies.range')} trigger={<Button className={dated ? styles['chipOn'] : styles['chip']} icon={<CalendarRange />}>{dated ? range : t('audit.columns.at')}</Button>}>
        <DateRange value={{ from: filters.from, to: filters.to }} onChange={({ from, to }) => onChange({ ...filters, from, to })} />
      </PopoverTrigger>
      <PopoverTrigger label={t('studies.fields')} trigger={<Button className={styles['chip']} icon={<ListFilter />}>{t('studies.fields')}</Button>}>
        <div className={styles['fields']}>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the popover was opened in order to type */}
          <TypedField autoFocus label={t('audit.columns.account')} value={filters.account} onType={(account) => onChange({ ...filters, account })} />
          <TypedField label={t('audit.columns.study')} value={filters.study} onType={(study) => onChange({ ...filters, study })} />
          <SelectField label={t('audit.columns.kind')} value={filters.kind ?? ''}
            onChange={(event) => onChange({ ...filters, kind: auditKinds.find((kind) => kind === event.target.value) ?? null })}>
            <option value="">{t('audit.allKinds')}</option>
            {auditKinds.map((kind) => <option key={kind} value={kind}>{t(`audit.kinds.${kind}`)}</option>)}
          </SelectField>
        </div>
      </PopoverTrigger>
      {filters.kind !== null && (
        <RemovableChip label={t('studies.removeFilter', { name: t('audit.columns.kind') })} onRemove={() => onChange({ ...filters, kind: null })}>
          {t(`audit.kinds.${filters.kind}`)}
        </RemovableChip>
      )}
      {removable.map((name) => (
        <RemovableChip key={name} label={t('studies.removeFilter', { name: t(`audit.columns.${name}`) })} onRemove={() => onChange({ ...filters, [name]: '' })}>
          {t(`audit.columns.${name}`)}{name !== 'patient' && <>: <bdi>{filters[name]}</bdi></>}
        </RemovableChip>
      ))}
      {isNarrowed(filters) && <Button kind="ghost" className={styles['chip']} onPress={() => onChange(everything)}>{t('studies.clear')}</Button>}
    </div>
  )
}
