/** The virtual table: rows of one height, the header above them, the selected row kept in sight. */
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import type { Study, StudySort, StudySortKey } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import clsx from '@/ui/clsx.ts'
import list from '@/ui/list.module.css'
import { useListRows } from '@/ui/list_rows.ts'
import type { Point } from '@/ui/Menu.tsx'
import { fitting, leastWidth, tracksOf, type Column } from './columns.tsx'
import styles from './StudyTable.module.css'

export const rowHeight = 30
/** Asked for this many rows before the end is seen. */
/** Beside the columns, in each row. */
const padding = 16

export interface StudyTableProps {
  studies: readonly Study[]
  columns: readonly Column[]
  sort: StudySort
  selected: string | null
  fresh: ReadonlySet<string>
  initialTop: number
  onSort: (key: StudySortKey) => void
  onSelect: (uid: string) => void
  onOpen: (uid: string) => void
  onHover: (uid: string) => void
  onNearEnd: () => void
  onScrolled: (top: number) => void
  /** The menu of the selected row is asked for: by the right button, or by the key for it. */
  onMenu: (at: Point) => void
  footer?: ReactNode
}

function Header({ columns, sort, onSort }: Pick<StudyTableProps, 'columns' | 'sort' | 'onSort'>) {
  const { t } = useTranslation()
  const direction = (key: StudySortKey) => (sort === key ? 'ascending' : sort === `-${key}` ? 'descending' : undefined)
  return (
    <div role="row" aria-rowindex={1} className={clsx(list['row'], list['header'])}>
      {columns.map(({ id, sort: key, align }) => {
        const label = t(`studies.columns.${id}`)
        const order = key && direction(key)
        return (
          <div key={id} role="columnheader" aria-sort={order ?? (key ? 'none' : undefined)} className={clsx(list['cell'], align && list['end'])}>
            {key ? (
              <button type="button" className={styles['sort']} onClick={() => onSort(key)}>
                {label}
                {order === 'ascending' && <ArrowUp aria-hidden="true" />}
                {order === 'descending' && <ArrowDown aria-hidden="true" />}
              </button>
            ) : label}
          </div>
        )
      })}
    </div>
  )
}

/**
 * Where rows came in above, the view moves with them, so that what is read stays where it is; only a list that is at
 * its top and that nobody touches shows them at once. Returns how many arrived unseen.
 */
function useAnchor(studies: readonly Study[], fresh: ReadonlySet<string>, scroller: { current: HTMLDivElement | null }) {
  const first = useRef<string | null>(null)
  const [unseen, setUnseen] = useState(0)
  useLayoutEffect(() => {
    const element = scroller.current
    const before = first.current
    first.current = studies[0]?.uid ?? null
    if (!element || before === null || before === first.current) return
    const moved = studies.findIndex((study) => study.uid === before)
    const arrived = moved > 0 && studies.slice(0, moved).every((study) => fresh.has(study.uid))
    const touched = element.scrollTop > 0 || element.matches(':hover, :focus-within')
    if (!arrived || !touched) return
    element.scrollBy({ top: moved * rowHeight, behavior: 'instant' })
    setUnseen((count) => count + moved)
  }, [studies, fresh, scroller])
  return { unseen, seen: () => setUnseen(0) }
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(Infinity)
  useLayoutEffect(() => {
    if (!element.current || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? Infinity))
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return width
}

export function StudyTable(props: StudyTableProps) {
  const { studies, columns: chosen, selected, fresh, initialTop, onSelect, onOpen, onHover, onNearEnd, onScrolled, onMenu } = props
  const { t } = useTranslation()
  const format = useFormat()
  const scroller = useRef<HTMLDivElement>(null)
  const index = studies.findIndex((study) => study.uid === selected)
  const rows = useListRows({
    scroller, count: studies.length, rowHeight, keyAt: (at) => studies[at]?.uid, selected, selectedIndex: index,
    initialOffset: initialTop, onNearEnd,
  })
  const columns = fitting(chosen, useWidth(scroller) - padding)
  const { unseen, seen } = useAnchor(studies, fresh, scroller)
  const visible = rows.getVirtualItems()

  const askMenu = (event: MouseEvent): void => {
    const row = (event.target as Element).closest('[role=row][aria-selected]') ?? scroller.current?.querySelector('[aria-selected=true]')
    if (!row) return
    event.preventDefault()
    // The key for it points at the whole list: the selected row is meant.
    const { left, bottom } = row.getBoundingClientRect()
    onMenu(event.button === 2 ? { x: event.clientX, y: event.clientY } : { x: left + padding, y: bottom })
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    // The screen's own keys do it; the browser's scrolling would come on top.
    if (['ArrowUp', 'ArrowDown', 'Home', 'End', ' '].includes(event.key)) event.preventDefault()
  }
  const toTop = (): void => {
    scroller.current?.scrollTo({ top: 0 })
    seen()
  }
  return (
    <div className={styles['frame']}>
      {unseen > 0 && (
        <button type="button" className={styles['arrived']} onClick={toTop}>
          <ArrowUp aria-hidden="true" />{t('studies.arrived', { count: unseen })}
        </button>
      )}
      <div ref={scroller} className={list['scroller']} role="grid" aria-label={t('studies.title')} aria-rowcount={studies.length + 1}
        aria-activedescendant={index >= 0 ? `study-${index}` : undefined} tabIndex={0} onKeyDownCapture={onKeyDown}
        style={{ '--columns': tracksOf(columns), '--least': `${leastWidth(columns) + padding}px` } as Record<string, string>}
        onContextMenu={askMenu}
        onScroll={(event) => {
          if (event.currentTarget.scrollTop === 0) seen()
          onScrolled(event.currentTarget.scrollTop)
        }}>
        <Header {...props} columns={columns} />
        <div className={list['body']} role="rowgroup" style={{ height: rows.getTotalSize() }}>
          {visible.map((item) => {
            const study = studies[item.index]
            if (!study) return null
            const isFresh = fresh.has(study.uid)
            return (
              // Keys act on the grid as a whole (aria-activedescendant).
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
              <div key={item.key} id={`study-${item.index}`} role="row" aria-rowindex={item.index + 2} aria-selected={item.index === index}
                className={clsx(list['row'], list['data'], item.index === index && list['selected'], isFresh && styles['isFresh'])}
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={() => onSelect(study.uid)} onDoubleClick={() => onOpen(study.uid)} onPointerEnter={() => onHover(study.uid)}
                onContextMenu={() => onSelect(study.uid)}>
                {columns.map(({ id, align, cell }) => (
                  <div key={id} role="gridcell" className={clsx(list['cell'], align && list['end'])}>
                    {cell(study, { t, format, fresh: isFresh })}
                  </div>
                ))}
              </div>
            )
          })}
        </div>
        {props.footer}
      </div>
    </div>
  )
}
