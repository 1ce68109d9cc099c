/** The rows of a virtual list that are drawn: they follow the selected one, and tell when the end comes near. */
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type RefObject } from 'react'

/** So many rows before the end, more are asked for. */
const ahead = 30

export interface ListRows<Key extends string | number> {
  scroller: RefObject<HTMLDivElement | null>
  count: number
  rowHeight: number
  keyAt: (index: number) => Key | undefined
  selected: Key | null
  selectedIndex: number
  initialOffset?: number
  onNearEnd: () => void
}

export function useListRows<Key extends string | number>(list: ListRows<Key>): Virtualizer<HTMLDivElement, Element> {
  const { scroller, count, rowHeight, keyAt, selected, selectedIndex, initialOffset = 0, onNearEnd } = list
  const rows = useVirtualizer({
    count, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 12,
    // The header lies over the first row's height; what it covers is added at the end.
    scrollPaddingEnd: rowHeight, initialOffset, getItemKey: (index) => keyAt(index) ?? index,
  })
  const last = rows.getVirtualItems().at(-1)?.index ?? 0
  useEffect(() => {
    if (count > 0 && last >= count - ahead) onNearEnd()
  }, [last, count, onNearEnd])
  const followed = useRef<Key | null>(null)
  useEffect(() => {
    if (selectedIndex < 0 || selected === followed.current) return
    followed.current = selected
    rows.scrollToIndex(selectedIndex, { align: 'auto' })
  }, [selected, selectedIndex, rows])
  return rows
}
