/** Changing one's own password. */
import { useMutation } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { statusOf } from '@/api/problem.ts'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import styles from './Frame.module.css'

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const api = useApi()
  const { tell } = useNotices()
  const [old, setOld] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const change = useMutation({
    mutationFn: () => api.changePassword(old, next),
    onSuccess: () => {
      tell(t('password.changed'))
      onClose()
    },
  })
  const differs = again !== '' && again !== next
  const wrong = statusOf(change.error) === 401
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (next !== '' && next === again) change.mutate()
  }
  return (
    <Dialog title={t('user.password')} open onClose={onClose}>
      <form className={styles['form']} onSubmit={submit}>
        <TextField label={t('password.old')} type="password" autoComplete="current-password" required value={old}
          error={wrong ? t('password.wrong') : undefined} onChange={(event) => setOld(event.target.value)} />
        <TextField label={t('password.new')} type="password" autoComplete="new-password" required value={next} onChange={(event) => setNext(event.target.value)} />
        <TextField label={t('password.again')} type="password" autoComplete="new-password" required value={again}
          error={differs ? t('password.differs') : undefined} onChange={(event) => setAgain(event.target.value)} />
        {change.isError && !wrong && <ProblemView compact error={change.error} />}
        <DialogActions>
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" kind="filled" isDisabled={change.isPending || differs}>{t('action.save')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
