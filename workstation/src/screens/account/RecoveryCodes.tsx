/** Recovery codes, shown this once. */
import { useTranslation } from 'react-i18next'
import { Button } from '@/ui/Button.tsx'
import { CopyButton } from '@/ui/CopyButton.tsx'
import { DialogActions } from '@/ui/Overlay.tsx'
import styles from './Account.module.css'

export function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <div className={styles['form']}>
      <p>{t('factors.codesText')}</p>
      <ul className={styles['codes']}>{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ul>
      <DialogActions>
        <CopyButton text={codes.join('\n')} />
        <Button kind="filled" onPress={onClose}>{t('factors.codesKept')}</Button>
      </DialogActions>
    </div>
  )
}
