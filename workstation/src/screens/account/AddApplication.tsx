/** An authenticator application: the password, the picture, and the first code. */
import { useMutation } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { CopyButton } from '@/ui/CopyButton.tsx'
import { TextField } from '@/ui/Field.tsx'
import { DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import styles from './Account.module.css'
import { PasswordStep } from './PasswordStep.tsx'

export interface AddFactorProps {
  /** With new recovery codes, where it is the first factor. */
  onDone: (codes: readonly string[]) => void
  onCancel: () => void
}

export function AddApplication({ onDone, onCancel }: AddFactorProps) {
  const { t } = useTranslation()
  const api = useApi()
  const [code, setCode] = useState('')
  const begin = useMutation({ mutationFn: (password: string) => api.beginTotp(password), retry: false })
  const confirm = useMutation({ mutationFn: () => api.confirmTotp(code), retry: false, onSuccess: onDone, onError: () => setCode('') })
  const made = begin.data
  if (!made) {
    return (
      <PasswordStep label={t('factors.next')} busy={begin.isPending} error={begin.error} onPassword={begin.mutate} onCancel={onCancel}>
        <p>{t('factors.applicationText')}</p>
      </PasswordStep>
    )
  }
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (!confirm.isPending) confirm.mutate()
  }
  return (
    <form className={styles['form']} onSubmit={submit}>
      <p>{t('factors.scan')}</p>
      <img className={styles['picture']} alt={t('factors.picture')} src={`data:image/svg+xml,${encodeURIComponent(made.picture)}`} />
      <p className={styles['secret']}><code>{made.secret}</code><CopyButton text={made.secret} /></p>
      <TextField label={t('login.code')} hint={t('login.codeHint')} inputMode="numeric" autoComplete="one-time-code" required value={code}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- what is asked for next
        autoFocus onChange={(event) => setCode(event.target.value)} />
      {confirm.isError && <ProblemView compact error={confirm.error} />}
      <DialogActions>
        <Button onPress={onCancel}>{t('action.cancel')}</Button>
        <Button type="submit" kind="filled" isDisabled={confirm.isPending}>{t('factors.confirm')}</Button>
      </DialogActions>
    </form>
  )
}
