/** Asks for the password again before something is changed that protects the account. */
import { useState, type ReactNode, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { statusOf } from '@/api/problem.ts'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import styles from './Account.module.css'

export interface PasswordStepProps {
  label: string
  busy: boolean
  error: unknown
  danger?: boolean
  onPassword: (password: string) => void
  onCancel: () => void
  children?: ReactNode
}

export function PasswordStep({ label, busy, error, danger = false, onPassword, onCancel, children }: PasswordStepProps) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const wrong = statusOf(error) === 401
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (!busy) onPassword(password)
  }
  return (
    <form className={styles['form']} onSubmit={submit}>
      {children}
      <TextField label={t('password.old')} type="password" autoComplete="current-password" required value={password}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- what is asked for next
        autoFocus error={wrong ? t('password.wrong') : undefined} onChange={(event) => setPassword(event.target.value)} />
      {error !== null && error !== undefined && !wrong && <ProblemView compact error={error} />}
      <DialogActions>
        <Button onPress={onCancel}>{t('action.cancel')}</Button>
        <Button type="submit" kind={danger ? 'danger' : 'filled'} isDisabled={busy}>{label}</Button>
      </DialogActions>
    </form>
  )
}
