/** The administration: one page per thing. Those who are no administrators find their own tokens here. */
import { useTranslation } from 'react-i18next'
import { Navigate, Outlet, useLocation } from 'react-router'
import { useIsAdmin } from '@/session/session.tsx'
import { Tabs } from '@/ui/Tabs.tsx'

export function AdminScreen() {
  const { t } = useTranslation()
  const admin = useIsAdmin()
  const { pathname } = useLocation()
  const own = { to: 'tokens', label: t('admin.tokens') }
  if (!admin && pathname !== '/admin/tokens') return <Navigate to="/admin/tokens" replace />
  return (
    <>
      <Tabs title={admin ? t('rail.admin') : t('user.tokens')} tabs={!admin ? [own] : [
        { to: 'ae', label: t('admin.ae') }, { to: 'destinations', label: t('admin.destinations') }, { to: 'rules', label: t('rules.title') },
        { to: 'users', label: t('admin.users') }, { to: 'login', label: t('admin.login') }, own, { to: 'system', label: t('admin.system') },
      ]} />
      <Outlet />
    </>
  )
}
