/** Several short texts: each becomes a chip with Enter, a semicolon, or when the field is left; Backspace takes the last one back. */
import { X } from 'lucide-react'
import { useId, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './ListField.module.css'

export interface ListFieldProps {
  label: string
  hint?: string
  values: readonly string[]
  onChange: (values: string[]) => void
  autoFocus?: boolean
  /** What a text becomes: in capitals, say. */
  clean?: (text: string) => string
}

const several = /[;\n]+/

export function ListField({ label, hint, values, onChange, autoFocus = false, clean = (text) => text }: ListFieldProps) {
  const { t } = useTranslation()
  const id = useId()
  const [typed, setTyped] = useState('')
  const add = (text: string): void => {
    const more = text.split(several).map((each) => clean(each.trim())).filter(Boolean)
    if (more.length > 0) onChange([...new Set([...values, ...more])])
    setTyped('')
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Backspace' && typed === '') onChange(values.slice(0, -1))
    // In a form with nothing left to add, Enter sends the form.
    if (event.key !== 'Enter' || typed.trim() === '') return
    event.preventDefault()
    add(typed)
  }
  return (
    <div className={styles['frame']}>
      <label className={styles['label']} htmlFor={id}>{label}</label>
      <div className={styles['box']}>
        {values.map((value) => (
          <span key={value} className={styles['value']}>
            <bdi>{value}</bdi>
            <button type="button" aria-label={t('list.remove', { value })} onClick={() => onChange(values.filter((each) => each !== value))}><X aria-hidden="true" /></button>
          </span>
        ))}
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- as its place says */}
        <input id={id} value={typed} spellCheck={false} autoComplete="off" autoFocus={autoFocus} aria-describedby={hint === undefined ? undefined : `${id}-note`}
          onKeyDown={onKeyDown} onBlur={() => add(typed)}
          onChange={(event) => (several.test(event.target.value) ? add(event.target.value) : setTyped(event.target.value))} />
      </div>
      {hint !== undefined && <p className={styles['hint']} id={`${id}-note`}>{hint}</p>}
    </div>
  )
}
