/** A search field that tells its text while it is typed, a moment after each letter. */
import { Search, X } from 'lucide-react'
import type { RefObject } from 'react'
import { Button } from './Button.tsx'
import styles from './SearchBox.module.css'
import { useTyped } from './use_typed.ts'

export interface SearchBoxProps {
  value: string
  onChange: (value: string) => void
  /** Enter, Escape in an empty field, or the arrow down: on to the list. */
  onLeave: () => void
  label: string
  hint: string
  clearLabel: string
  ref: RefObject<HTMLInputElement | null>
}

export function SearchBox({ value, onChange, onLeave, label, hint, clearLabel, ref }: SearchBoxProps) {
  const [typed, setTyped] = useTyped(value, onChange)
  return (
    <div className={styles['search']}>
      <Search aria-hidden="true" />
      <input ref={ref} type="search" value={typed} spellCheck={false} autoComplete="off" aria-label={label} placeholder={hint}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && typed !== '') setTyped('')
          else if (['Escape', 'Enter', 'ArrowDown'].includes(event.key)) onLeave()
          else return
          event.preventDefault()
        }} />
      {typed === '' ? <kbd aria-hidden="true">/</kbd> : <Button kind="ghost" icon={<X />} aria-label={clearLabel} onPress={() => setTyped('')} />}
    </div>
  )
}
