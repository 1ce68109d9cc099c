/** What only administrators may see; others are told so, and where else to go. */
import { Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useIsAdmin } from '@/session/session.tsx'
import { Empty } from '@/ui/Empty.tsx'

export function ForAdministrators({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  if (useIsAdmin()) return children
  return <Empty icon={<Lock aria-hidden="true" />} title={t('problem.403.title')}><p>{t('problem.403.advice')}</p></Empty>
}
