/** Sessions, and the way to end them. */
import { LogOut } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ListedSession } from '@/api/access_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { Button } from '@/ui/Button.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import styles from './Account.module.css'
import { nameAgent } from './agent.ts'
import { useEndSession } from './queries.ts'

export function SessionTable({ sessions, named }: { sessions: readonly ListedSession[]; named: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const end = useEndSession()
  const { tellProblem } = useNotices()
  return (
    <table className={styles['table']}>
      <thead>
        <tr>
          {named && <th scope="col">{t('accounts.name')}</th>}
          <th scope="col">{t('sessions.browser')}</th>
          <th scope="col">{t('sessions.address')}</th>
          <th scope="col">{t('sessions.since')}</th>
          <th scope="col">{t('sessions.seen')}</th>
          <th scope="col">{t('accounts.state')}</th>
          <th scope="col"><span className="visually-hidden">{t('inbox.columns.actions')}</span></th>
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <tr key={session.id}>
            {named && <td>{session.user}</td>}
            <td title={session.agent}><bdi>{nameAgent(session.agent)}</bdi></td>
            <td>{session.address}</td>
            <td>{format.instant(session.created)}</td>
            <td>{format.instant(session.seen)}</td>
            <td>{session.is_own ? t('sessions.own') : session.is_locked ? t('sessions.locked') : t('sessions.open')}</td>
            <td className={styles['end']}>
              {!session.is_own && (
                <Button icon={<LogOut />} isDisabled={end.isPending} onPress={() => end.mutate(session.id, { onError: tellProblem })}>{t('sessions.end')}</Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
