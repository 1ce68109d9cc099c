/** What is shown of the messages: by state, text, type, sender and day. */
import { CalendarRange, ListFilter } from 'lucide-react'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { messageStates, type MessageSummary } from '@/api/exchange_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { Button } from '@/ui/Button.tsx'
import { Chip, ChipGroup, RemovableChip } from '@/ui/Chip.tsx'
import { DateRange } from '@/ui/DateRange.tsx'
import { TypedField } from '@/ui/Field.tsx'
import { PopoverTrigger } from '@/ui/Overlay.tsx'
import { SearchBox } from '@/ui/SearchBox.tsx'
import { everything, isNarrowed, type MessageFilters } from './filters.ts'
import styles from './Messages.module.css'

export interface MessageBarProps {
  filters: MessageFilters
  onChange: (filters: MessageFilters) => void
  summary: MessageSummary | undefined
  searchBox: RefObject<HTMLInputElement | null>
  onLeaveSearch: () => void
}

export function MessageBar({ filters, onChange, summary, searchBox, onLeaveSearch }: MessageBarProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const counted = (state: (typeof messageStates)[number]): string => {
    const found = summary?.states.find((each) => each.state === state)
    return found ? `${format.number(found.count)}${found.exact ? '' : '+'}` : ''
  }
  const dated = filters.from !== '' || filters.to !== ''
  const range = `${format.date(filters.from)} – ${format.date(filters.to)}`
  return (
    <div className={styles['bar']} role="search">
      <SearchBox ref={searchBox} value={filters.text} onChange={(text) => onChange({ ...filters, text })} onLeave={onLeaveSearch}
        label={t('messages.search')} hint={t('messages.searchHint')} clearLabel={t('studies.clearSearch')} />
      <ChipGroup label={t('messages.columns.state')}>
        {messageStates.map((state) => (
          <Chip key={state} on={filters.state === state} onClick={() => onChange({ ...filters, state: filters.state === state ? null : state })}>
            {t(`messages.states.${state}`)} <span className={styles['count']}>{counted(state)}</span>
          </Chip>
        ))}
      </ChipGroup>
      <PopoverTrigger label={t('studies.range')} trigger={<Button className={dated ? styles['chipOn'] : styles['chip']} icon={<CalendarRange />}>{dated ? range : t('messages.days')}</Button>}>
        <DateRange value={{ from: filters.from, to: filters.to }} onChange={({ from, to }) => onChange({ ...filters, from, to })} />
      </PopoverTrigger>
      <PopoverTrigger label={t('studies.fields')} trigger={<Button className={styles['chip']} icon={<ListFilter />}>{t('studies.fields')}</Button>}>
        <div className={styles['fields']}>
          {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the popover was opened in order to type */}
          <TypedField autoFocus label={t('messages.columns.type')} hint={t('messages.typeHint')} value={filters.type} onType={(type) => onChange({ ...filters, type })} />
          <TypedField label={t('messages.columns.source')} hint={t('messages.sourceHint')} value={filters.source} onType={(source) => onChange({ ...filters, source })} />
        </div>
      </PopoverTrigger>
      {(['type', 'source'] as const).map((name) => filters[name] !== '' && (
        <RemovableChip key={name} label={t('studies.removeFilter', { name: t(`messages.columns.${name}`) })} onRemove={() => onChange({ ...filters, [name]: '' })}>
          {t(`messages.columns.${name}`)}: <bdi>{filters[name]}</bdi>
        </RemovableChip>
      ))}
      {isNarrowed(filters) && <Button kind="ghost" className={styles['chip']} onPress={() => onChange(everything)}>{t('studies.clear')}</Button>}
    </div>
  )
}
