/** The virtual table of events, newest first: one line each. */
import { useRef, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditEvent } from '@/api/audit_types.ts'
import { alphabeticName } from '@/format/name.ts'
import { useFormat } from '@/format/use_format.ts'
import clsx from '@/ui/clsx.ts'
import list from '@/ui/list.module.css'
import { useListRows } from '@/ui/list_rows.ts'
import styles from './Audit.module.css'

const rowHeight = 30
const columns = ['at', 'account', 'kind', 'patient', 'study', 'address'] as const

export interface AuditTableProps {
  events: readonly AuditEvent[]
  selected: string | null
  onSelect: (id: string) => void
  onNearEnd: () => void
  footer?: ReactNode
}

/** What an event was about, where it was neither patient nor study. */
export const subjectOf = (event: AuditEvent): string =>
  [event.study?.accession, event.study?.uid, event.query, event.things.map((thing) => [thing.name, thing.id].filter(Boolean).join(' ')).join(' ')]
    .find(Boolean) ?? ''

export function AuditTable({ events, selected, onSelect, onNearEnd, footer }: AuditTableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const scroller = useRef<HTMLDivElement>(null)
  const index = events.findIndex((event) => event.id === selected)
  const rows = useListRows({
    scroller, count: events.length, rowHeight, keyAt: (at) => events[at]?.id, selected, selectedIndex: index, onNearEnd,
  })
  const visible = rows.getVirtualItems()
  const onKeyDown = (event: KeyboardEvent): void => {
    if (['ArrowUp', 'ArrowDown', 'Home', 'End', ' '].includes(event.key)) event.preventDefault()
  }
  return (
    <div className={styles['frame']}>
      <div ref={scroller} className={list['scroller']} role="grid" aria-label={t('audit.title')} aria-rowcount={events.length + 1}
        aria-activedescendant={index >= 0 ? `event-${index}` : undefined} tabIndex={0} onKeyDownCapture={onKeyDown}
        style={{ '--columns': '156px minmax(110px, 0.8fr) minmax(170px, 1.2fr) minmax(140px, 1fr) minmax(140px, 1.6fr) 130px', '--least': '846px' } as Record<string, string>}>
        <div role="row" aria-rowindex={1} className={clsx(list['row'], list['header'])}>
          {columns.map((name) => <div key={name} role="columnheader" className={list['cell']}>{t(`audit.columns.${name}`)}</div>)}
        </div>
        <div className={list['body']} role="rowgroup" style={{ height: rows.getTotalSize() }}>
          {visible.map((item) => {
            const event = events[item.index]
            if (!event) return null
            const failed = event.outcome !== 0
            return (
              // Keys act on the grid as a whole (aria-activedescendant).
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
              <div key={item.key} id={`event-${item.index}`} role="row" aria-rowindex={item.index + 2} aria-selected={item.index === index}
                className={clsx(list['row'], list['data'], item.index === index && list['selected'])}
                style={{ transform: `translateY(${item.start}px)` }} onClick={() => onSelect(event.id)}>
                <div role="gridcell" className={list['cell']}>{format.instant(event.at)}</div>
                <div role="gridcell" className={list['cell']}><bdi>{event.account}</bdi></div>
                <div role="gridcell" className={clsx(list['cell'], failed && styles['failed'])}>
                  {t(`audit.kinds.${event.kind}`)}{failed && ` · ${t('audit.failed')}`}
                </div>
                <div role="gridcell" className={list['cell']}>{event.patient && <bdi>{alphabeticName(event.patient.name) || event.patient.id}</bdi>}</div>
                <div role="gridcell" className={list['cell']} title={subjectOf(event)}><bdi>{subjectOf(event)}</bdi></div>
                <div role="gridcell" className={list['cell']}>{event.actors.find((actor) => actor.address !== '')?.address}</div>
              </div>
            )
          })}
        </div>
        {footer}
      </div>
    </div>
  )
}
