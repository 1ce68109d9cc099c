/** A search field that tells its text while it is typed, a moment after each letter. */
import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState, type RefObject } from 'react'
import { Button } from './Button.tsx'
import styles from './SearchBox.module.css'

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

/** Long enough to skip the letters in between, too short to be felt. */
const debounce = 80

function useTyped(value: string, onChange: (value: string) => void) {
  const [typed, setTyped] = useState(value)
  const [given, setGiven] = useState(value)
  if (given !== value) {
    setGiven(value)
    setTyped(value)
  }
  const latest = useRef(onChange)
  useEffect(() => {
    latest.current = onChange
  })
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => {
      setGiven(typed)
      latest.current(typed)
    }, debounce)
    return () => clearTimeout(timer)
  }, [typed, value])
  return [typed, setTyped] as const
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
