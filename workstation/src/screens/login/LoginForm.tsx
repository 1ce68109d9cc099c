/** Name and password, then a second factor where there is one; also used over a screen whose session ended. */
import { KeyRound } from 'lucide-react'
import { useEffect, useState, type SyntheticEvent } from 'react'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem.ts'
import type { Session } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { said } from '@/i18n/said.ts'
import { hasPasskeys } from '@/session/passkeys.ts'
import { useLogin } from '@/session/use_login.ts'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { explain } from '@/ui/ProblemView.tsx'
import styles from './LoginScreen.module.css'

/** Counts down the seconds for which the server wants no further attempt. */
function useWait(error: unknown): number {
  const throttled = error instanceof ProblemError && error.problem.status === 429
  const seconds = throttled ? Math.ceil(error.problem.retryAfter ?? 30) : 0
  const [wait, setWait] = useState({ error, left: seconds })
  if (wait.error !== error) setWait({ error, left: seconds })
  useEffect(() => {
    if (wait.left <= 0) return
    const timer = setTimeout(() => setWait({ error, left: wait.left - 1 }), 1000)
    return () => clearTimeout(timer)
  }, [wait, error])
  return wait.left
}

function refusal(error: unknown, second: boolean, t: TFunction): string {
  if (error instanceof ProblemError && error.problem.status === 401) return second ? said(error.problem.detail, t) : t('login.wrong')
  const { title, advice, reference } = explain(error, t)
  return [`${title}.`, advice, reference && `${t('problem.reference')} ${reference}`].filter(Boolean).join(' ')
}

/** `second`: not of a name and a password, so that the server's own words say what is wrong. */
function Refusal({ error, wait, second }: { error: unknown; wait: number; second: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const throttled = error instanceof ProblemError && error.problem.status === 429
  return (
    <p className={styles['error']} role="alert">
      {throttled ? (wait > 0 ? t('login.throttled', { time: format.duration(wait) }) : t('login.again')) : refusal(error, second, t)}
    </p>
  )
}

type Login = ReturnType<typeof useLogin>

/** The second factor: what the application shows, a recovery code, or a passkey. */
function SecondForm({ login }: { login: Login }) {
  const { t } = useTranslation()
  const needs = login.step?.needs ?? []
  const [recovering, setRecovering] = useState(!needs.includes('totp'))
  const [code, setCode] = useState('')
  const error = login.code.error ?? login.passkey.error
  const wait = useWait(error)
  const busy = login.code.isPending || login.passkey.isPending
  const types = needs.includes('totp') || needs.includes('recovery')
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (wait === 0 && !busy) login.code.mutate(code, { onError: () => setCode('') })
  }
  const field = recovering
    ? { label: t('login.recovery'), autoComplete: 'off' }
    : { label: t('login.code'), hint: t('login.codeHint'), autoComplete: 'one-time-code', inputMode: 'numeric' as const }
  return (
    <form className={styles['form']} onSubmit={submit}>
      {types && (
        <TextField key={String(recovering)} name="code" required value={code} {...field}
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the only thing to do here
          autoFocus onChange={(event) => setCode(event.target.value)} />
      )}
      {error && <Refusal second error={error} wait={wait} />}
      {types && <Button type="submit" kind="filled" className={styles['submit']} isDisabled={wait > 0 || busy}>{busy ? t('login.pending') : t('login.submit')}</Button>}
      {needs.includes('passkey') && (
        <Button icon={<KeyRound />} kind={types ? 'plain' : 'filled'} className={styles['submit']} isDisabled={busy} onPress={() => login.passkey.mutate()}>{t('login.passkey')}</Button>
      )}
      <div className={styles['others']}>
        {needs.includes('totp') && needs.includes('recovery') && (
          <Button kind="ghost" onPress={() => setRecovering(!recovering)}>{recovering ? t('login.useCode') : t('login.useRecovery')}</Button>
        )}
        <Button kind="ghost" onPress={login.back}>{t('login.back')}</Button>
      </div>
    </form>
  )
}

export function LoginForm({ name: known, onDone }: { name?: string; onDone: (session: Session) => void }) {
  const login = useLogin(onDone)
  return login.step === null ? <FirstForm known={known} login={login} /> : <SecondForm login={login} />
}

function FirstForm({ known, login }: { known: string | undefined; login: Login }) {
  const { t } = useTranslation()
  const [name, setName] = useState(known ?? '')
  const [password, setPassword] = useState('')
  const error = login.password.error ?? login.passkey.error
  const wait = useWait(error)
  const busy = login.password.isPending || login.passkey.isPending
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    login.passkey.reset()
    if (wait === 0 && !busy) login.password.mutate({ name, password })
  }
  return (
    <form className={styles['form']} onSubmit={submit}>
      <TextField label={t('login.name')} name="username" autoComplete="username webauthn" autoCapitalize="none" required value={name}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the only thing to do on this page
        autoFocus={known === undefined} readOnly={known !== undefined} onChange={(event) => setName(event.target.value)} />
      <TextField label={t('login.password')} name="password" type="password" autoComplete="current-password" required value={password}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the only thing to do in this dialog
        autoFocus={known !== undefined} onChange={(event) => setPassword(event.target.value)} />
      {error && <Refusal second={login.password.error === null} error={error} wait={wait} />}
      <Button type="submit" kind="filled" className={styles['submit']} isDisabled={wait > 0 || busy}>
        {busy ? t('login.pending') : t('login.submit')}
      </Button>
      {hasPasskeys() && <Button icon={<KeyRound />} isDisabled={busy} onPress={() => login.passkey.mutate()}>{t('login.passkey')}</Button>}
    </form>
  )
}
