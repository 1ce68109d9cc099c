/** One's own account: how it is protected, where it is logged in, when the screen is locked. */
import { SquareAsterisk } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PasswordDialog } from '@/frame/PasswordDialog.tsx'
import { useSavePreferences, useSession } from '@/session/session.tsx'
import { Button } from '@/ui/Button.tsx'
import { SelectField } from '@/ui/Field.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './Account.module.css'
import { FactorSection } from './FactorSection.tsx'
import { useSessions } from './queries.ts'
import { SessionTable } from './SessionTable.tsx'

const choices = [1, 2, 5, 10, 15, 30, 60, 120]

function LockSection() {
  const { t } = useTranslation()
  const { lock, preferences } = useSession()
  const save = useSavePreferences()
  const { tellProblem } = useNotices()
  const chosen = preferences.lock_minutes ?? 0
  const offered = choices.filter((minutes) => lock.longest === 0 || minutes < lock.longest)
  const all = chosen > 0 && !offered.includes(chosen) && (lock.longest === 0 || chosen < lock.longest) ? [...offered, chosen].sort((a, b) => a - b) : offered
  return (
    <section className={styles['section']} aria-labelledby="lock">
      <h2 id="lock">{t('lock.section')}</h2>
      <div className={styles['narrow']}>
        <SelectField label={t('lock.after')} value={all.includes(chosen) ? chosen : 0}
          onChange={(event) => save.mutate({ lock_minutes: Number(event.target.value) || null }, { onError: tellProblem })}>
          <option value={0}>{lock.longest === 0 ? t('lock.never') : t('lock.site', { count: lock.longest })}</option>
          {all.map((minutes) => <option key={minutes} value={minutes}>{t('lock.minutes', { count: minutes })}</option>)}
        </SelectField>
      </div>
    </section>
  )
}

function SessionSection() {
  const { t } = useTranslation()
  const { user } = useSession()
  const list = useSessions()
  if (list.isPending) return <QuietBar />
  if (list.isError) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  return (
    <section className={styles['section']} aria-labelledby="sessions">
      <h2 id="sessions">{t('sessions.title')}</h2>
      <SessionTable named={false} sessions={list.data.filter((session) => session.user === user.name)} />
    </section>
  )
}

export function AccountScreen() {
  const { t } = useTranslation()
  const { user } = useSession()
  const [changing, setChanging] = useState(false)
  return (
    <div className={styles['page']}>
      <h1>{t('account.title', { name: user.display_name || user.name })}</h1>
      <section className={styles['section']} aria-labelledby="password">
        <h2 id="password">{t('login.password')}</h2>
        <Button icon={<SquareAsterisk />} onPress={() => setChanging(true)}>{t('user.password')}</Button>
      </section>
      <FactorSection />
      <LockSection />
      <SessionSection />
      {changing && <PasswordDialog onClose={() => setChanging(false)} />}
    </div>
  )
}
