/** Covers the whole window: nothing behind can be seen, reached or heard, and all of it stays. */
import { useEffect, type ReactNode } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import styles from './Lock.module.css'

export function Cover({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation()
  useEffect(() => {
    // Not drawn at all, so that no screenshot, print or accessibility tree has it; hidden frames keep what they hold.
    document.documentElement.setAttribute('data-covered', '')
    return () => document.documentElement.removeAttribute('data-covered')
  }, [])
  return (
    <ModalOverlay isOpen isKeyboardDismissDisabled className={styles['cover'] ?? ''} data-cover="">
      <Modal className={styles['modal'] ?? ''}>
        <Dialog className={styles['card'] ?? ''}>
          <p className={styles['brand']}>{t('app.name')}</p>
          <Heading slot="title" className={styles['title'] ?? ''}>{title}</Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
