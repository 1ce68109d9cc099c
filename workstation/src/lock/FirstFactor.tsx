/** The first second factor of somebody whose role needs one. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AddApplication } from '@/screens/account/AddApplication.tsx'
import { AddPasskey } from '@/screens/account/AddPasskey.tsx'
import { RecoveryCodes } from '@/screens/account/RecoveryCodes.tsx'
import { hasPasskeys } from '@/session/passkeys.ts'
import { Button } from '@/ui/Button.tsx'
import { Leave } from './Leave.tsx'
import styles from './Lock.module.css'

export function FirstFactor({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const [way, setWay] = useState<'application' | 'passkey' | null>(null)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  if (codes !== null) return <RecoveryCodes codes={codes} onClose={onDone} />
  const back = (): void => setWay(null)
  if (way === 'application') return <AddApplication onDone={setCodes} onCancel={back} />
  if (way === 'passkey') return <AddPasskey onDone={setCodes} onCancel={back} />
  return (
    <div className={styles['form']}>
      <p>{t('lock.factorText')}</p>
      <Button kind="filled" className={styles['wide']} onPress={() => setWay('application')}>{t('factors.addApplication')}</Button>
      {hasPasskeys() && <Button className={styles['wide']} onPress={() => setWay('passkey')}>{t('factors.addPasskey')}</Button>}
      <Leave />
    </div>
  )
}
