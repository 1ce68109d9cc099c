/** What only some may see; others are told so, and where else to go. */
import { Lock } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Action } from '@/api/sight_types.ts'
import { useMay } from '@/session/session.tsx'
import { Empty } from '@/ui/Empty.tsx'

export function Allowed({ to, children }: { to: Action; children: ReactNode }) {
  const { t } = useTranslation()
  if (useMay(to)) return children
  return <Empty icon={<Lock aria-hidden="true" />} title={t('problem.403.title')}><p>{t('problem.403.advice')}</p></Empty>
}
