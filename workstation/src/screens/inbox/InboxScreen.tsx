/** What the machine could not decide alone. */
import { useTranslation } from 'react-i18next'
import { Outlet } from 'react-router'
import { useIsAdmin } from '@/session/session.tsx'
import { Tabs } from '@/ui/Tabs.tsx'

export function InboxScreen() {
  const { t } = useTranslation()
  const admin = useIsAdmin()
  return (
    <>
      <Tabs title={t('rail.inbox')} tabs={[
        { to: 'reconciliation', label: t('inbox.reconciliation') },
        ...(admin ? [{ to: 'messages', label: t('inbox.messages') }] : []),
        { to: 'quarantine', label: t('inbox.quarantine') },
        { to: 'conflicts', label: t('inbox.conflicts') },
        { to: 'uploads', label: t('inbox.uploads') },
      ]} />
      <Outlet />
    </>
  )
}
