/** A text that is told while it is typed, a moment after each letter, without ever losing one. */
import { useEffect, useRef, useState } from 'react'

/** Long enough to skip the letters in between, too short to be felt. */
const debounce = 80

/**
 * What was told comes back as `value` only later (the address changes in a transition), when more may have been typed.
 * So what comes back is compared with everything told since, and only a value from elsewhere replaces the text.
 */
export function useTyped(value: string, onChange: (value: string) => void) {
  const [typed, setTyped] = useState(value)
  const [seen, setSeen] = useState(value)
  const [told, setTold] = useState<readonly string[]>([value])
  if (seen !== value) {
    setSeen(value)
    const at = told.indexOf(value)
    setTold(at >= 0 ? told.slice(at) : [value])
    if (at < 0) setTyped(value)
  }
  const latest = useRef(onChange)
  useEffect(() => {
    latest.current = onChange
  })
  const last = told.at(-1)
  useEffect(() => {
    if (typed === last) return
    const timer = setTimeout(() => {
      setTold((list) => [...list, typed])
      latest.current(typed)
    }, debounce)
    return () => clearTimeout(timer)
  }, [typed, last])
  return [typed, setTyped] as const
}
