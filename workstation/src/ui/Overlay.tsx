/** Dialogs and popovers: focus is kept inside, Escape closes, and it returns to where it came from. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { X } from 'lucide-react'
import {
  Dialog as AriaDialog, DialogTrigger, Heading, Modal, ModalOverlay, Popover as AriaPopover, type PopoverProps,
} from 'react-aria-components'
import { Button } from './Button.tsx'
import clsx from './clsx.ts'
import styles from './Overlay.module.css'

export interface DialogProps {
  title: string
  open: boolean
  onClose: () => void
  /** Must be answered: no Escape, no click beside it. */
  firm?: boolean
  wide?: boolean
  children: ReactNode
}

export function Dialog({ title, open, onClose, firm = false, wide = false, children }: DialogProps) {
  const { t } = useTranslation()
  return (
    <ModalOverlay className={clsx(styles['scrim'])} isOpen={open} isDismissable={!firm} isKeyboardDismissDisabled={firm}
      onOpenChange={(next) => { if (!next) onClose() }}>
      <Modal className={clsx(styles['modal'], wide && styles['wide'])}>
        <AriaDialog className={clsx(styles['dialog'])}>
          <header className={styles['head']}>
            <Heading slot="title" className={clsx(styles['title'])}>{title}</Heading>
            {!firm && <Button kind="ghost" icon={<X />} aria-label={t('action.close')} onPress={onClose} />}
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}

export const DialogActions = ({ children }: { children: ReactNode }) => <footer className={styles['actions']}>{children}</footer>

export interface PopoverTriggerProps {
  label: string
  trigger: ReactNode
  placement?: PopoverProps['placement']
  children: ReactNode | ((close: () => void) => ReactNode)
}

/** `trigger` is a Button; the popover hangs from it. */
export function PopoverTrigger({ label, trigger, placement = 'bottom start', children }: PopoverTriggerProps) {
  return (
    <DialogTrigger>
      {trigger}
      <AriaPopover className={clsx(styles['popover'])} placement={placement} offset={4}>
        <AriaDialog aria-label={label} className={clsx(styles['popoverBody'])}>
          {({ close }) => (typeof children === 'function' ? children(close) : children)}
        </AriaDialog>
      </AriaPopover>
    </DialogTrigger>
  )
}
