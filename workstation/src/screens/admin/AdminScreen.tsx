/**
 * The administration: one page per thing. Those who are no administrators find their own tokens here, and those who may
 * read the audit trail find it.
 */
import { useTranslation } from 'react-i18next'
import { Navigate, Outlet, useLocation } from 'react-router'
import { useIsAdmin, useSession } from '@/session/session.tsx'
import { Tabs } from '@/ui/Tabs.tsx'

export function AdminScreen() {
  const { t } = useTranslation()
  const admin = useIsAdmin()
  const { pathname } = useLocation()
  const own = { to: 'tokens', label: t('admin.tokens') }
  const audit = useSession().user.actions.includes('audit') ? [{ to: 'audit', label: t('admin.audit') }] : []
  if (!admin && pathname !== '/admin/tokens' && !(audit.length > 0 && pathname === '/admin/audit')) return <Navigate to="/admin/tokens" replace />
  return (
    <>
      <Tabs title={admin ? t('rail.admin') : t('user.tokens')} tabs={!admin ? [own, ...audit] : [
        { to: 'ae', label: t('admin.ae') }, { to: 'destinations', label: t('admin.destinations') }, { to: 'rules', label: t('rules.title') },
        { to: 'users', label: t('admin.users') }, { to: 'login', label: t('admin.login') }, own, ...audit, { to: 'system', label: t('admin.system') },
      ]} />
      <Outlet />
    </>
  )
}
