/** Another password, before anything else. */
import { useMutation } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { statusOf } from '@/api/problem.ts'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { Leave } from './Leave.tsx'
import styles from './Lock.module.css'

export function NewPassword({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const api = useApi()
  const [old, setOld] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const change = useMutation({ mutationFn: () => api.changePassword(old, next), retry: false, onSuccess: onDone })
  const differs = again !== '' && again !== next
  const wrong = statusOf(change.error) === 401
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (next !== '' && next === again) change.mutate()
  }
  return (
    <form className={styles['form']} onSubmit={submit}>
      <p>{t('lock.passwordText')}</p>
      <TextField label={t('password.old')} type="password" autoComplete="current-password" required value={old}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the only thing to do here
        autoFocus error={wrong ? t('password.wrong') : undefined} onChange={(event) => setOld(event.target.value)} />
      <TextField label={t('password.new')} type="password" autoComplete="new-password" required value={next} onChange={(event) => setNext(event.target.value)} />
      <TextField label={t('password.again')} type="password" autoComplete="new-password" required value={again}
        error={differs ? t('password.differs') : undefined} onChange={(event) => setAgain(event.target.value)} />
      {change.isError && !wrong && <ProblemView compact error={change.error} />}
      <Button type="submit" kind="filled" className={styles['wide']} isDisabled={change.isPending || differs}>{t('action.save')}</Button>
      <Leave />
    </form>
  )
}
