/** From and to: typed in the reader's order of day and month, or picked from a calendar. Both ends may stay open. */
import { parseDate as parseIso, type CalendarDate } from '@internationalized/date'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import {
  CalendarCell, CalendarGrid, DateField, DateInput, DateSegment, Heading, Label, RangeCalendar,
} from 'react-aria-components'
import { parseDate } from '@/format/date.ts'
import { Button } from './Button.tsx'
import clsx from './clsx.ts'
import styles from './DateRange.module.css'

/** As DICOM writes them, YYYYMMDD; empty is open. */
export interface Range {
  from: string
  to: string
}

const toCalendar = (date: string): CalendarDate | null =>
  parseDate(date) ? parseIso(date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')) : null

const fromCalendar = (date: { toString: () => string } | null): string => (date ? date.toString().slice(0, 10).replaceAll('-', '') : '')

function End({ label, value, onChange, autoFocus }: { label: string; value: string; onChange: (value: string) => void; autoFocus?: boolean }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-autofocus -- as its place in the popover says
    <DateField className={clsx(styles['field'])} value={toCalendar(value)} onChange={(date) => onChange(fromCalendar(date))} autoFocus={autoFocus ?? false}>
      <Label className={styles['label']}>{label}</Label>
      <DateInput className={clsx(styles['input'])}>{(segment) => <DateSegment segment={segment} className={clsx(styles['segment'])} />}</DateInput>
    </DateField>
  )
}

export function DateRange({ value, onChange }: { value: Range; onChange: (value: Range) => void }) {
  const { t } = useTranslation()
  const [start, end] = [toCalendar(value.from), toCalendar(value.to)]
  return (
    <div className={styles['range']}>
      <div className={styles['ends']}>
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the popover was opened in order to type a date */}
        <End label={t('studies.from')} value={value.from} onChange={(from) => onChange({ ...value, from })} autoFocus />
        <End label={t('studies.to')} value={value.to} onChange={(to) => onChange({ ...value, to })} />
      </div>
      <RangeCalendar aria-label={t('studies.dates')} value={start && end && start.compare(end) <= 0 ? { start, end } : null}
        onChange={(range) => onChange({ from: fromCalendar(range.start), to: fromCalendar(range.end) })}>
        <header className={styles['month']}>
          <Button kind="ghost" slot="previous" icon={<ChevronLeft />} />
          <Heading className={clsx(styles['name'])} />
          <Button kind="ghost" slot="next" icon={<ChevronRight />} />
        </header>
        <CalendarGrid className={clsx(styles['grid'])}>{(date) => <CalendarCell date={date} className={clsx(styles['day'])} />}</CalendarGrid>
      </RangeCalendar>
    </div>
  )
}
