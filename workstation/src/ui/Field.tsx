/** Form fields with their label above and their error below. */
import { useId, type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes, type TextareaHTMLAttributes } from 'react'
import clsx from './clsx.ts'
import styles from './Field.module.css'
import { useTyped } from './use_typed.ts'

interface Labelled {
  label: string
  hint?: ReactNode
  error?: string | undefined
}

function Frame({ id, label, hint, error, children }: Labelled & { id: string; children: ReactNode }) {
  return (
    <div className={styles['frame']}>
      <label className={styles['label']} htmlFor={id}>{label}</label>
      {children}
      {error !== undefined ? <p className={styles['error']} id={`${id}-note`} role="alert">{error}</p>
        : hint !== undefined && <p className={styles['hint']} id={`${id}-note`}>{hint}</p>}
    </div>
  )
}

export type TextFieldProps = Labelled & InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }

export function TextField({ label, hint, error, className, ...input }: TextFieldProps) {
  const id = useId()
  const noted = error !== undefined || hint !== undefined
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <input id={id} spellCheck={false} autoComplete="off" {...input} className={clsx(styles['input'], className)}
        aria-invalid={error !== undefined || undefined} aria-describedby={noted ? `${id}-note` : undefined} />
    </Frame>
  )
}

/** A text field that tells its text while it is typed. */
export function TypedField({ value, onType, ...field }: Omit<TextFieldProps, 'value' | 'onChange'> & { value: string; onType: (value: string) => void }) {
  const [typed, setTyped] = useTyped(value, onType)
  return <TextField {...field} value={typed} onChange={(event) => setTyped(event.target.value)} />
}

export type AreaFieldProps = Labelled & TextareaHTMLAttributes<HTMLTextAreaElement>

export function AreaField({ label, hint, error, className, ...area }: AreaFieldProps) {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <textarea id={id} {...area} className={clsx(styles['input'], styles['area'], className)} aria-describedby={error !== undefined || hint !== undefined ? `${id}-note` : undefined} />
    </Frame>
  )
}

export type SelectFieldProps = Labelled & SelectHTMLAttributes<HTMLSelectElement>

export function SelectField({ label, hint, error, className, children, ...select }: SelectFieldProps) {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select id={id} {...select} className={clsx(styles['input'], className)}>{children}</select>
    </Frame>
  )
}

export function CheckField({ label, note, ...input }: { label: string; note?: string } & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId()
  return (
    <label className={clsx(styles['check'], note !== undefined && styles['noted'])}>
      <input type="checkbox" aria-label={label} aria-describedby={note === undefined ? undefined : id} {...input} />
      <span>{label}{note !== undefined && <span className={styles['hint']} id={id}>{note}</span>}</span>
    </label>
  )
}
