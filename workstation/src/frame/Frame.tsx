/** What stands around every screen: the rail, the top bar, and what can come over a screen at any time. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Outlet, useNavigate } from 'react-router'
import { useKeys } from '@/keys/keys.tsx'
import { useMay } from '@/session/session.tsx'
import { EmergencyDialog } from '@/sight/EmergencyDialog.tsx'
import { DropZone } from './DropZone.tsx'
import styles from './Frame.module.css'
import { KeysHelp } from './KeysHelp.tsx'
import { Palette } from './Palette.tsx'
import { Rail } from './Rail.tsx'
import { TopBar } from './TopBar.tsx'
import { useWarmViewer } from './use_warm_viewer.ts'

export function Frame() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const read = useMay('read')
  const care = useMay('care')
  const store = useMay('store')
  const emergency = useMay('emergency')
  const [open, setOpen] = useState<'palette' | 'keys' | 'emergency' | null>(null)
  const [wanted, setWanted] = useState('')
  const close = (): void => setOpen(null)
  useWarmViewer()
  useKeys(t('keys.everywhere'), [
    { keys: ['Ctrl+k'], label: t('keys.palette'), run: () => setOpen('palette'), inFields: true },
    { keys: ['?'], label: t('keys.help'), run: () => setOpen('keys') },
    ...(read ? [
      { keys: ['Alt+1'], label: t('rail.studies'), run: () => void navigate('/studies'), inFields: true },
      { keys: ['Alt+2'], label: t('rail.patients'), run: () => void navigate('/patients'), inFields: true },
    ] : []),
    ...(care || store ? [{ keys: ['Alt+3'], label: t('rail.inbox'), run: () => void navigate('/inbox'), inFields: true }] : []),
  ])
  return (
    <div className={styles['frame']}>
      <Rail />
      <div className={styles['side']}>
        <TopBar onSearch={() => setOpen('palette')} onKeys={() => setOpen('keys')} />
        <main className={styles['screen']}><Outlet /></main>
      </div>
      {store && <DropZone />}
      {open === 'palette' && <Palette onClose={close} onKeys={() => setOpen('keys')} onEmergency={emergency ? (text) => { setWanted(text); setOpen('emergency') } : null} />}
      {open === 'emergency' && <EmergencyDialog wanted={wanted} onClose={close} />}
      {open === 'keys' && <KeysHelp onClose={close} />}
    </div>
  )
}
