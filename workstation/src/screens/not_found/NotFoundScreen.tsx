/** An address that leads nowhere. */
import { MapPinOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Empty } from '@/ui/Empty.tsx'

export function NotFoundScreen() {
  const { t } = useTranslation()
  return (
    <Empty icon={<MapPinOff aria-hidden="true" />} title={t('notFound.title')}>
      <p>{t('notFound.text')}</p>
      <Link to="/studies">{t('notFound.toStudies')}</Link>
    </Empty>
  )
}
