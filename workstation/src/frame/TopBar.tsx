/** The top bar: search, the state of the line, running uploads, the user. */
import { CloudOff, Keyboard, Search } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useConnectionState } from '@/session/services.tsx'
import { useMay } from '@/session/session.tsx'
import { Button } from '@/ui/Button.tsx'
import styles from './Frame.module.css'
import { UploadIndicator } from './UploadIndicator.tsx'
import { UserMenu } from './UserMenu.tsx'

export function TopBar({ onSearch, onKeys }: { onSearch: () => void; onKeys: () => void }) {
  const { t } = useTranslation()
  const { reachable } = useConnectionState()
  const store = useMay('store')
  return (
    <header className={styles['bar']}>
      <button type="button" className={styles['search']} onClick={onSearch}>
        <Search aria-hidden="true" />
        <span>{t('palette.hint')}</span>
        <kbd>{t('keys.names.Ctrl')} K</kbd>
      </button>
      <div className={styles['right']}>
        {!reachable && <span className={styles['offline']} role="status"><CloudOff aria-hidden="true" />{t('state.offline')}</span>}
        {store && <UploadIndicator />}
        <Button kind="ghost" icon={<Keyboard />} aria-label={t('keys.help')} onPress={onKeys} />
        <UserMenu />
      </div>
    </header>
  )
}
