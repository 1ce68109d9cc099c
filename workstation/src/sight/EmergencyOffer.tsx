/** Stands where nothing was found that the user may see: a patient can be opened in an emergency. */
import { Siren } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '@/session/session.tsx'
import { Button } from '@/ui/Button.tsx'
import { EmergencyDialog } from './EmergencyDialog.tsx'
import styles from './Sight.module.css'

export function EmergencyOffer({ wanted = '' }: { wanted?: string }) {
  const { t } = useTranslation()
  const may = useMay('emergency')
  const [open, setOpen] = useState(false)
  if (!may) return null
  return (
    <div className={styles['offer']}>
      <p>{t('emergency.offer')}</p>
      <Button icon={<Siren />} onPress={() => setOpen(true)}>{t('emergency.open')}</Button>
      {open && <EmergencyDialog wanted={wanted} onClose={() => setOpen(false)} />}
    </div>
  )
}
