/** Opens a locked screen: with the password, with a passkey, or for somebody else on a clean page. */
import { KeyRound } from 'lucide-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { statusOf } from '@/api/problem.ts'
import { hasPasskeys, signWithPasskey, wasGivenUp } from '@/session/passkeys.ts'
import { useApi } from '@/session/services.tsx'
import { useSession } from '@/session/session.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import styles from './Lock.module.css'

/** `onLook`: it may have been opened in another tab. */
export function Unlock({ onOpen, onLook }: { onOpen: () => void; onLook: () => void }) {
  const { t } = useTranslation()
  const api = useApi()
  const { user } = useSession()
  const [password, setPassword] = useState('')
  const [leaving, setLeaving] = useState(false)
  const typed = useMutation({ mutationFn: () => api.unlock(password), retry: false, onSuccess: onOpen, onError: () => setPassword('') })
  const signed = useMutation({
    mutationFn: async () => {
      try {
        const { ticket, options } = await api.askUnlockKey()
        await api.unlockKey(ticket, await signWithPasskey(options))
        return true
      } catch (error) {
        if (wasGivenUp(error)) return false
        throw error
      }
    },
    retry: false,
    onSuccess: (opened) => { if (opened) onOpen() },
  })
  useEffect(() => {
    window.addEventListener('focus', onLook)
    return () => window.removeEventListener('focus', onLook)
  }, [onLook])
  const busy = typed.isPending || signed.isPending
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (!busy) typed.mutate()
  }
  const leave = (): void => {
    void api.logout().finally(() => window.location.assign('/login'))
  }
  const wrong = statusOf(typed.error) === 401
  const error = (wrong ? null : typed.error) ?? signed.error
  return (
    <form className={styles['form']} onSubmit={submit}>
      <p>{t('lock.text', { name: user.display_name || user.name })}</p>
      <TextField label={t('login.password')} name="password" type="password" autoComplete="current-password" required value={password}
        error={wrong ? t('password.wrong') : undefined}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the only thing to do here
        autoFocus onChange={(event) => setPassword(event.target.value)} />
      {error && <ProblemView compact error={error} />}
      {statusOf(signed.error) === 401 && <p role="alert">{t('lock.keyRefused')}</p>}
      <Button type="submit" kind="filled" className={styles['wide']} isDisabled={busy}>{t('lock.open')}</Button>
      {hasPasskeys() && <Button icon={<KeyRound />} isDisabled={busy} onPress={() => signed.mutate()}>{t('lock.passkey')}</Button>}
      {leaving ? (
        <>
          <p className={styles['note']}>{t('lock.leaveText')}</p>
          <div className={styles['others']}>
            <Button onPress={() => setLeaving(false)}>{t('action.cancel')}</Button>
            <Button kind="danger" onPress={leave}>{t('lock.leaveNow')}</Button>
          </div>
        </>
      ) : <div className={styles['others']}><Button kind="ghost" onPress={() => setLeaving(true)}>{t('lock.other')}</Button></div>}
    </form>
  )
}
