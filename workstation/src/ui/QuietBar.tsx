/** The thin bar that says that something is under way. Shows only after a moment, so that quick answers do not flash. */
import { useTranslation } from 'react-i18next'
import styles from './QuietBar.module.css'

export function QuietBar({ active = true }: { active?: boolean }) {
  const { t } = useTranslation()
  return (
    <div className={styles['track']} aria-hidden={!active}>
      {active && <div className={styles['bar']} role="progressbar" aria-label={t('state.loading')} />}
    </div>
  )
}

export function ProgressBar({ value, label }: { value: number; label: string }) {
  const percent = Math.round(value * 100)
  return (
    <div className={styles['progress']} role="progressbar" aria-label={label} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100}>
      <div className={styles['done']} style={{ width: `${percent}%` }} />
    </div>
  )
}
