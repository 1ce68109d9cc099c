import { useTranslation } from 'react-i18next'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import styles from './Lock.module.css'

/** The way out for whoever cannot do now what is asked. */
export function Leave() {
  const { t } = useTranslation()
  const api = useApi()
  const leave = (): void => {
    void api.logout().finally(() => window.location.assign('/login'))
  }
  return <div className={styles['others']}><Button kind="ghost" onPress={leave}>{t('user.logout')}</Button></div>
}
