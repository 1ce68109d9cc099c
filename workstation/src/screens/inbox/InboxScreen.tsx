/** What the machine could not decide alone. */
import { useTranslation } from 'react-i18next'
import { Outlet } from 'react-router'
import { Tabs } from '@/ui/Tabs.tsx'

export function InboxScreen() {
  const { t } = useTranslation()
  return (
    <>
      <Tabs title={t('rail.inbox')} tabs={[
        { to: 'quarantine', label: t('inbox.quarantine') },
        { to: 'conflicts', label: t('inbox.conflicts') },
        { to: 'uploads', label: t('inbox.uploads') },
      ]} />
      <Outlet />
    </>
  )
}
