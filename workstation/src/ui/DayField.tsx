/** A day, typed in the reader's order of day, month and year. */
import { parseDate as parseIso, type CalendarDate } from '@internationalized/date'
import { DateField, DateInput, DateSegment, Label } from 'react-aria-components'
import { parseDate } from '@/format/date.ts'
import clsx from './clsx.ts'
import styles from './DateRange.module.css'

export const toCalendar = (date: string): CalendarDate | null =>
  parseDate(date) ? parseIso(date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')) : null

export const fromCalendar = (date: { toString: () => string } | null): string => (date ? date.toString().slice(0, 10).replaceAll('-', '') : '')

export interface DayFieldProps {
  label: string
  /** As DICOM writes it, YYYYMMDD; empty is none. */
  value: string
  onChange: (value: string) => void
  autoFocus?: boolean
  required?: boolean
}

export function DayField({ label, value, onChange, autoFocus = false, required = false }: DayFieldProps) {
  return (
    // eslint-disable-next-line jsx-a11y/no-autofocus -- as its place says
    <DateField className={clsx(styles['field'])} value={toCalendar(value)} onChange={(date) => onChange(fromCalendar(date))} autoFocus={autoFocus} isRequired={required}>
      <Label className={styles['label']}>{label}</Label>
      <DateInput className={clsx(styles['input'])}>{(segment) => <DateSegment segment={segment} className={clsx(styles['segment'])} />}</DateInput>
    </DateField>
  )
}
