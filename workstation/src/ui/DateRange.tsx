/** From and to: typed in the reader's order of day and month, or picked from a calendar. Both ends may stay open. */
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { CalendarCell, CalendarGrid, Heading, RangeCalendar } from 'react-aria-components'
import { Button } from './Button.tsx'
import clsx from './clsx.ts'
import styles from './DateRange.module.css'
import { DayField, fromCalendar, toCalendar } from './DayField.tsx'

/** As DICOM writes them, YYYYMMDD; empty is open. */
export interface Range {
  from: string
  to: string
}

export function DateRange({ value, onChange }: { value: Range; onChange: (value: Range) => void }) {
  const { t } = useTranslation()
  const [start, end] = [toCalendar(value.from), toCalendar(value.to)]
  return (
    <div className={styles['range']}>
      <div className={styles['ends']}>
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the popover was opened in order to type a date */}
        <DayField label={t('studies.from')} value={value.from} onChange={(from) => onChange({ ...value, from })} autoFocus />
        <DayField label={t('studies.to')} value={value.to} onChange={(to) => onChange({ ...value, to })} />
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
