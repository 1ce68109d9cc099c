/** The administration: one page per thing, to whom it concerns. Everybody finds their own tokens here. */
import { useTranslation } from 'react-i18next'
import { Navigate, Outlet, useLocation } from 'react-router'
import { useMay } from '@/session/session.tsx'
import { Tabs } from '@/ui/Tabs.tsx'

export function AdminScreen() {
  const { t } = useTranslation()
  const administer = useMay('administer')
  const care = useMay('care')
  const audit = useMay('audit')
  const { pathname } = useLocation()
  const pages = [
    { to: 'ae', label: t('admin.ae'), shown: administer },
    { to: 'destinations', label: t('admin.destinations'), shown: administer || care },
    { to: 'rules', label: t('rules.title'), shown: administer },
    { to: 'users', label: t('admin.users'), shown: administer },
    { to: 'roles', label: t('admin.roles'), shown: administer },
    { to: 'login', label: t('admin.login'), shown: administer },
    { to: 'tokens', label: t('admin.tokens'), shown: true },
    { to: 'audit', label: t('admin.audit'), shown: audit },
    { to: 'system', label: t('admin.system'), shown: administer },
  ].filter(({ shown }) => shown)
  const [first] = pages
  const isShown = pages.some(({ to }) => pathname === `/admin/${to}` || pathname.startsWith(`/admin/${to}/`))
  if (!isShown && first) return <Navigate to={`/admin/${first.to}`} replace />
  return (
    <>
      <Tabs title={pages.length > 1 ? t('rail.admin') : t('user.tokens')} tabs={pages} />
      <Outlet />
    </>
  )
}
