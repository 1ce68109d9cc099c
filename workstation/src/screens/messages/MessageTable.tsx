/** The virtual table of messages: one line each, the one that is looked at marked, others picked by their box. */
import { useRef, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Hl7Message } from '@/api/exchange_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { said } from '@/i18n/said.ts'
import clsx from '@/ui/clsx.ts'
import list from '@/ui/list.module.css'
import { useListRows } from '@/ui/list_rows.ts'
import styles from './Messages.module.css'
import { StateChip } from './StateChip.tsx'

const rowHeight = 30
const wide = '32px 156px minmax(120px, 1fr) 92px 124px minmax(96px, 0.9fr) minmax(96px, 0.9fr) minmax(180px, 2.4fr)'
/** Beside an open message. */
const narrow = '32px 156px minmax(104px, 1fr) 92px 124px minmax(140px, 1.8fr)'

export interface MessageTableProps {
  messages: readonly Hl7Message[]
  selected: number | null
  picked: ReadonlySet<number>
  isNarrow: boolean
  onSelect: (id: number) => void
  onOpen: (id: number) => void
  onPick: (id: number) => void
  onNearEnd: () => void
  footer?: ReactNode
}

export function MessageTable({ messages, selected, picked, isNarrow, onSelect, onOpen, onPick, onNearEnd, footer }: MessageTableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const scroller = useRef<HTMLDivElement>(null)
  const index = messages.findIndex((message) => message.id === selected)
  const rows = useListRows({
    scroller, count: messages.length, rowHeight, keyAt: (at) => messages[at]?.id, selected, selectedIndex: index, onNearEnd,
  })
  const visible = rows.getVirtualItems()
  const onKeyDown = (event: KeyboardEvent): void => {
    if (['ArrowUp', 'ArrowDown', 'Home', 'End', ' '].includes(event.key)) event.preventDefault()
  }
  const header = isNarrow ? (['received', 'source', 'type', 'state', 'reason'] as const)
    : (['received', 'source', 'type', 'state', 'patient', 'accession', 'reason'] as const)
  return (
    <div className={styles['frame']}>
      <div ref={scroller} className={list['scroller']} role="grid" aria-label={t('inbox.messages')} aria-rowcount={messages.length + 1}
        aria-multiselectable="true" aria-activedescendant={index >= 0 ? `message-${index}` : undefined} tabIndex={0} onKeyDownCapture={onKeyDown}
        style={{ '--columns': isNarrow ? narrow : wide, '--least': isNarrow ? '648px' : '796px' } as Record<string, string>}>
        <div role="row" aria-rowindex={1} className={clsx(list['row'], list['header'])}>
          <div role="columnheader" className={list['cell']}><span className="visually-hidden">{t('messages.pick')}</span></div>
          {header.map((name) => <div key={name} role="columnheader" className={list['cell']}>{t(`messages.columns.${name}`)}</div>)}
        </div>
        <div className={list['body']} role="rowgroup" style={{ height: rows.getTotalSize() }}>
          {visible.map((item) => {
            const message = messages[item.index]
            if (!message) return null
            const reason = said(message.reason, t)
            return (
              // Keys act on the grid as a whole (aria-activedescendant).
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
              <div key={item.key} id={`message-${item.index}`} role="row" aria-rowindex={item.index + 2} aria-selected={item.index === index}
                className={clsx(list['row'], list['data'], item.index === index && list['selected'])}
                style={{ transform: `translateY(${item.start}px)` }} onClick={() => onSelect(message.id)} onDoubleClick={() => onOpen(message.id)}>
                <div role="gridcell" className={styles['box']}>
                  <input type="checkbox" tabIndex={-1} checked={picked.has(message.id)} aria-label={t('messages.pickOne', { id: message.control_id || message.id })}
                    onChange={() => onPick(message.id)} onClick={(event) => event.stopPropagation()} />
                </div>
                <div role="gridcell" className={list['cell']}>{format.instant(message.received)}</div>
                <div role="gridcell" className={list['cell']} title={message.source}><bdi>{message.source.replace('^', ' · ')}</bdi></div>
                <div role="gridcell" className={list['cell']}>{message.type}</div>
                <div role="gridcell" className={list['cell']}><StateChip state={message.state} /></div>
                {!isNarrow && <div role="gridcell" className={list['cell']}><bdi>{message.patient_id}</bdi></div>}
                {!isNarrow && <div role="gridcell" className={list['cell']}><bdi>{message.accession}</bdi></div>}
                <div role="gridcell" className={list['cell']} title={reason}>
                  {message.location !== '' && <code className={styles['place']}>{message.location}</code>}{reason}
                </div>
              </div>
            )
          })}
        </div>
        {footer}
      </div>
    </div>
  )
}
