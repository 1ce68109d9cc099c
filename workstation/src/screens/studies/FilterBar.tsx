/** The filters as chips, the search box, and the columns to choose. */
import { CalendarRange, Columns3, ListFilter } from 'lucide-react'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import type { StudyCount } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { Button } from '@/ui/Button.tsx'
import { Chip, ChipGroup, RemovableChip } from '@/ui/Chip.tsx'
import { DateRange, type Range } from '@/ui/DateRange.tsx'
import { CheckField, TypedField } from '@/ui/Field.tsx'
import { PopoverTrigger } from '@/ui/Overlay.tsx'
import { SearchBox } from '@/ui/SearchBox.tsx'
import { columns, type ColumnId } from './columns.tsx'
import styles from './FilterBar.module.css'
import { everyday, isNarrowed, otherModalities, presets, textFields, type DateFilter, type FilterState } from './filters.ts'

export interface FilterBarProps {
  filters: FilterState
  onChange: (next: FilterState) => void
  count: StudyCount | undefined
  shownColumns: readonly ColumnId[]
  onColumns: (next: ColumnId[]) => void
  searchBox: RefObject<HTMLInputElement | null>
  onLeaveSearch: () => void
}

function toFilter(range: Range): DateFilter {
  return range.from === '' && range.to === '' ? { kind: 'any' } : { kind: 'range', ...range }
}

function DateChips({ date, onChange }: { date: DateFilter; onChange: (date: DateFilter) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const range = date.kind === 'range' ? `${format.date(date.from)} – ${format.date(date.to)}` : t('studies.range')
  return (
    <ChipGroup label={t('studies.dates')}>
      {presets.map((preset) => {
        const on = date.kind === 'preset' && date.preset === preset
        return <Chip key={preset} on={on} onClick={() => onChange(on ? { kind: 'any' } : { kind: 'preset', preset })}>{t(`studies.presets.${preset}`)}</Chip>
      })}
      <PopoverTrigger label={t('studies.range')}
        trigger={<Button className={date.kind === 'range' ? styles['chipOn'] : styles['chip']} icon={<CalendarRange />}>{range}</Button>}>
        <DateRange value={date.kind === 'range' ? date : { from: '', to: '' }} onChange={({ from, to }) => onChange(toFilter({ from, to }))} />
      </PopoverTrigger>
    </ChipGroup>
  )
}

function ModalityChips({ chosen, onChange }: { chosen: readonly string[]; onChange: (modalities: string[]) => void }) {
  const { t } = useTranslation()
  const toggle = (modality: string): void =>
    onChange(chosen.includes(modality) ? chosen.filter((each) => each !== modality) : [...chosen, modality])
  const extra = chosen.filter((modality) => !(everyday as readonly string[]).includes(modality))
  return (
    <ChipGroup label={t('studies.modalities')}>
      {[...everyday, ...extra].map((modality) => (
        <Chip key={modality} on={chosen.includes(modality)} onClick={() => toggle(modality)}>{modality}</Chip>
      ))}
      <PopoverTrigger label={t('studies.moreModalities')}
        trigger={<Button className={styles['chip']} aria-label={t('studies.moreModalities')}>…</Button>}>
        <div className={styles['modalities']}>
          {otherModalities.map((modality) => (
            <Chip key={modality} on={chosen.includes(modality)} onClick={() => toggle(modality)}>{modality}</Chip>
          ))}
        </div>
      </PopoverTrigger>
    </ChipGroup>
  )
}

function FieldFilters({ filters, onChange }: Pick<FilterBarProps, 'filters' | 'onChange'>) {
  const { t } = useTranslation()
  const set = (field: (typeof textFields)[number], value: string): void => {
    const others = Object.fromEntries(Object.entries(filters.texts).filter(([name]) => name !== field))
    onChange({ ...filters, texts: value === '' ? others : { ...others, [field]: value } })
  }
  return (
    <>
      <PopoverTrigger label={t('studies.fields')} trigger={<Button className={styles['chip']} icon={<ListFilter />}>{t('studies.fields')}</Button>}>
        <div className={styles['fields']}>
          {textFields.map((field, index) => (
            // eslint-disable-next-line jsx-a11y/no-autofocus -- the popover was opened in order to type
            <TypedField key={field} autoFocus={index === 0} label={t(`studies.fieldNames.${field}`)} value={filters.texts[field] ?? ''}
              onType={(value) => set(field, value)} />
          ))}
        </div>
      </PopoverTrigger>
      {textFields.map((field) => {
        const value = filters.texts[field]
        if (!value) return null
        return (
          <RemovableChip key={field} label={t('studies.removeFilter', { name: t(`studies.fieldNames.${field}`) })} onRemove={() => set(field, '')}>
            {t(`studies.fieldNames.${field}`)}: <bdi>{value}</bdi>
          </RemovableChip>
        )
      })}
    </>
  )
}

function ColumnChooser({ shownColumns, onColumns }: Pick<FilterBarProps, 'shownColumns' | 'onColumns'>) {
  const { t } = useTranslation()
  return (
    <PopoverTrigger label={t('studies.chooseColumns')} placement="bottom end"
      trigger={<Button kind="ghost" icon={<Columns3 />} aria-label={t('studies.chooseColumns')} />}>
      <div className={styles['columns']}>
        {columns.map(({ id }) => (
          <CheckField key={id} label={t(`studies.columns.${id}`)} checked={shownColumns.includes(id)} disabled={id === 'patient'}
            onChange={(event) => onColumns(event.target.checked ? [...shownColumns, id] : shownColumns.filter((each) => each !== id))} />
        ))}
      </div>
    </PopoverTrigger>
  )
}

export function FilterBar({ filters, onChange, count, shownColumns, onColumns, searchBox, onLeaveSearch }: FilterBarProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className={styles['bar']} role="search">
      <SearchBox ref={searchBox} value={filters.search} onChange={(search) => onChange({ ...filters, search })} onLeave={onLeaveSearch}
        label={t('studies.search')} hint={t('studies.searchHint')} clearLabel={t('studies.clearSearch')} />
      <DateChips date={filters.date} onChange={(date) => onChange({ ...filters, date })} />
      <ModalityChips chosen={filters.modalities} onChange={(modalities) => onChange({ ...filters, modalities })} />
      <FieldFilters filters={filters} onChange={onChange} />
      {isNarrowed(filters) && (
        <Button kind="ghost" className={styles['chip']} onPress={() => onChange({ search: '', date: { kind: 'any' }, modalities: [], texts: {}, sort: filters.sort })}>
          {t('studies.clear')}
        </Button>
      )}
      <span className={styles['end']}>
        <span className={styles['count']} role="status">
          {count && (count.exact ? t('count.studies', { count: count.count, shown: format.number(count.count) })
            : t('studies.moreThan', { shown: format.number(count.count) }))}
        </span>
        <ColumnChooser shownColumns={shownColumns} onColumns={onColumns} />
      </span>
    </div>
  )
}
