/** What is asked at the login, who was held up by wrong attempts, and who is logged in. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Attempts } from '@/api/access_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { SessionTable } from '@/screens/account/SessionTable.tsx'
import { useSessions } from '@/screens/account/queries.ts'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './Admin.module.css'

const keys = { rules: ['login-rules'], attempts: ['login-attempts'] } as const

function FactorRoles() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<string | null>(null)
  const api = useApi()
  const client = useQueryClient()
  const { tell, tellProblem } = useNotices()
  const rules = useQuery({ queryKey: keys.rules, queryFn: ({ signal }) => api.loginRules(signal) })
  const save = useMutation({
    mutationFn: (roles: string[]) => api.saveFactorRoles(roles),
    onSuccess: (changed) => { client.setQueryData(keys.rules, changed); setTyped(null); tell(t('logins.saved')) },
    onError: tellProblem,
  })
  if (rules.isPending) return <QuietBar />
  if (rules.isError) return <ProblemView error={rules.error} onRetry={() => void rules.refetch()} />
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (typed !== null) save.mutate(typed.split(/[\s,]+/).filter((role) => role !== ''))
  }
  return (
    <>
      <form className={styles['line']} onSubmit={submit}>
        <TextField label={t('logins.roles')} hint={t('logins.rolesHint')} value={typed ?? rules.data.second_factor_roles.join(', ')} onChange={(event) => setTyped(event.target.value)} />
        <Button type="submit" isDisabled={typed === null || save.isPending}>{t('action.save')}</Button>
      </form>
      <p className={styles['lead']}>{t('logins.passwords', { length: rules.data.shortest_password, count: rules.data.password_history })}</p>
      <p className={styles['lead']}>{t('logins.sessions', { idle: rules.data.session_idle_hours, longest: rules.data.session_hours, lock: rules.data.lock_minutes })}</p>
    </>
  )
}

function HeldUp() {
  const { t } = useTranslation()
  const format = useFormat()
  const api = useApi()
  const client = useQueryClient()
  const { tellProblem } = useNotices()
  const list = useQuery({ queryKey: keys.attempts, queryFn: ({ signal }) => api.attempts(signal), refetchInterval: 15_000 })
  const release = useMutation({
    mutationFn: ({ held, name }: Attempts) => api.release(held, name),
    onSettled: () => client.invalidateQueries({ queryKey: keys.attempts }),
    onError: tellProblem,
  })
  if (list.isPending) return <QuietBar />
  if (list.isError) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  if (list.data.length === 0) return <p className={styles['lead']}>{t('logins.none')}</p>
  return (
    <table className={styles['table']}>
      <thead>
        <tr>
          <th scope="col">{t('logins.who')}</th>
          <th scope="col">{t('logins.attempts')}</th>
          <th scope="col">{t('logins.last')}</th>
          <th scope="col">{t('logins.wait')}</th>
          <th scope="col"><span className="visually-hidden">{t('inbox.columns.actions')}</span></th>
        </tr>
      </thead>
      <tbody>
        {list.data.map((one) => (
          <tr key={`${one.held} ${one.name}`}>
            <td>{t(`logins.held.${one.held}`, { name: one.name })}</td>
            <td>{format.number(one.attempts)}</td>
            <td>{format.instant(one.last)}</td>
            <td>{one.wait > 0 ? format.duration(one.wait) : t('logins.free')}</td>
            <td><span className={styles['actions']}><Button onPress={() => release.mutate(one)}>{t('logins.release')}</Button></span></td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Sessions() {
  const list = useSessions()
  if (list.isPending) return <QuietBar />
  if (list.isError) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  return <SessionTable named sessions={list.data} />
}

export function LoginPage() {
  const { t } = useTranslation()
  return (
    <div className={styles['page']}>
      <h2>{t('logins.rules')}</h2>
      <FactorRoles />
      <h2>{t('logins.title')}</h2>
      <HeldUp />
      <h2>{t('sessions.title')}</h2>
      <Sessions />
    </div>
  )
}
