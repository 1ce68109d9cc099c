/** What the machine could not decide alone. */
import { useTranslation } from 'react-i18next'
import { Navigate, Outlet, useLocation } from 'react-router'
import { Allowed } from '@/frame/Allowed.tsx'
import { useMay } from '@/session/session.tsx'
import { Tabs } from '@/ui/Tabs.tsx'

export function InboxScreen() {
  const { t } = useTranslation()
  const care = useMay('care')
  const store = useMay('store')
  const { pathname } = useLocation()
  const isUploads = pathname === '/inbox/uploads'
  if (pathname === '/inbox') return <Navigate to={care || !store ? '/inbox/quarantine' : '/inbox/uploads'} replace />
  return (
    <>
      <Tabs title={t('rail.inbox')} tabs={[
        ...(care ? [
          { to: 'reconciliation', label: t('inbox.reconciliation') },
          { to: 'messages', label: t('inbox.messages') },
          { to: 'quarantine', label: t('inbox.quarantine') },
          { to: 'conflicts', label: t('inbox.conflicts') },
        ] : []),
        ...(store ? [{ to: 'uploads', label: t('inbox.uploads') }] : []),
      ]} />
      <Allowed to={isUploads ? 'store' : 'care'}><Outlet /></Allowed>
    </>
  )
}
