/** Name and password; also used over a screen whose session ended. */
import { useEffect, useState, type SyntheticEvent } from 'react'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem.ts'
import type { Session } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
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

function refusal(error: unknown, t: TFunction): string {
  if (error instanceof ProblemError && error.problem.status === 401) return t('login.wrong')
  const { title, advice, reference } = explain(error, t)
  return [`${title}.`, advice, reference && `${t('problem.reference')} ${reference}`].filter(Boolean).join(' ')
}

export function LoginForm({ name: known, onDone }: { name?: string; onDone: (session: Session) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [name, setName] = useState(known ?? '')
  const [password, setPassword] = useState('')
  const login = useLogin(onDone)
  const wait = useWait(login.error)
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (wait === 0 && !login.isPending) login.mutate({ name, password })
  }
  return (
    <form className={styles['form']} onSubmit={submit}>
      <TextField label={t('login.name')} name="username" autoComplete="username" autoCapitalize="none" required value={name}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the only thing to do on this page
        autoFocus={known === undefined} readOnly={known !== undefined} onChange={(event) => setName(event.target.value)} />
      <TextField label={t('login.password')} name="password" type="password" autoComplete="current-password" required value={password}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the only thing to do in this dialog
        autoFocus={known !== undefined} onChange={(event) => setPassword(event.target.value)} />
      {login.isError && (
        <p className={styles['error']} role="alert">
          {login.error instanceof ProblemError && login.error.problem.status === 429
            ? (wait > 0 ? t('login.throttled', { time: format.duration(wait) }) : t('login.again'))
            : refusal(login.error, t)}
        </p>
      )}
      <Button type="submit" kind="filled" className={styles['submit']} isDisabled={wait > 0 || login.isPending}>
        {login.isPending ? t('login.pending') : t('login.submit')}
      </Button>
    </form>
  )
}
