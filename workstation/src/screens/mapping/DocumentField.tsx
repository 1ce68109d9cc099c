/** The profile's text with its line numbers; the line that is wrong is marked. */
import { useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import clsx from '@/ui/clsx.ts'
import styles from './Mapping.module.css'

export interface DocumentFieldProps {
  value: string
  onChange: (value: string) => void
  /** The line that the problem is about. */
  line: number | null
  problem: string
}

export function DocumentField({ value, onChange, line, problem }: DocumentFieldProps) {
  const { t } = useTranslation()
  const id = useId()
  const numbers = useRef<HTMLPreElement>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (area.current && numbers.current) numbers.current.scrollTop = area.current.scrollTop
  }, [value])
  return (
    <div className={styles['document']}>
      <label htmlFor={id}>{t('mapping.document')}</label>
      <div className={clsx(styles['editor'], problem !== '' && styles['invalid'])}>
        <pre ref={numbers} aria-hidden="true" className={styles['numbers']}>
          {value.split('\n').map((_, index) => (
            <span key={index} className={clsx(index + 1 === line && styles['wrongLine'])}>{index + 1}{'\n'}</span>
          ))}
        </pre>
        <textarea ref={area} id={id} value={value} spellCheck={false} autoComplete="off" wrap="off" aria-invalid={problem !== ''} aria-describedby={`${id}-note`}
          onChange={(event) => onChange(event.target.value)}
          onScroll={(event) => { if (numbers.current) numbers.current.scrollTop = event.currentTarget.scrollTop }} />
      </div>
      <p id={`${id}-note`} className={problem === '' ? styles['quiet'] : styles['bad']} role={problem === '' ? undefined : 'alert'}>
        {problem === '' ? t('mapping.hint') : line === null ? problem : t('mapping.atLine', { line, problem })}
      </p>
    </div>
  )
}
