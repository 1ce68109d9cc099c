/** Running uploads in the top bar: how far, how long still, and the way to the details. */
import { CircleAlert, CircleCheck, FileUp } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '@/format/use_format.ts'
import { useUploads, progressOf, secondsLeft } from '@/uploads/use_uploads.ts'
import { Button } from '@/ui/Button.tsx'
import { ProgressBar } from '@/ui/QuietBar.tsx'
import styles from './UploadIndicator.module.css'

/** Leaving the page would end the transfers, so the browser asks first. */
function useLeaveWarning(active: boolean): void {
  useEffect(() => {
    if (!active) return
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [active])
}

export function UploadIndicator() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const state = useUploads()
  useLeaveWarning(state.active)
  const show = (): void => void navigate('/inbox/uploads')
  const { found, finished, failed } = state.files
  if (found === 0 && !state.active) {
    return <Button kind="ghost" icon={<FileUp />} aria-label={t('uploads.title')} onPress={show} />
  }
  if (!state.active) {
    const trouble = failed + state.totals.refused + state.totals.quarantined + state.totals.conflict
    return (
      <Button kind="ghost" icon={trouble > 0 ? <CircleAlert className={styles['trouble']} /> : <CircleCheck className={styles['done']} />} onPress={show}>
        {trouble > 0 ? t('uploads.finishedTrouble', { count: trouble }) : t('uploads.finished', { count: finished })}
      </Button>
    )
  }
  const left = secondsLeft(state)
  return (
    <button type="button" className={styles['running']} onClick={show}>
      <span className={styles['text']}>
        {state.waiting ? t('uploads.waiting') : t('uploads.progress', { finished: format.number(finished), found: format.number(found) })}
        {left !== null && ` · ${t('uploads.left', { time: format.duration(left) })}`}
      </span>
      <ProgressBar value={progressOf(state)} label={t('uploads.title')} />
    </button>
  )
}
