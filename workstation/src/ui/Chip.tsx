/** A filter that is on or off. */
import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { X } from 'lucide-react'
import clsx from './clsx.ts'
import styles from './Chip.module.css'

export interface ChipProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  on: boolean
  children: ReactNode
}

export function Chip({ on, children, className, ...props }: ChipProps) {
  return (
    <button type="button" aria-pressed={on} {...props} className={clsx(styles['chip'], on && styles['on'], className)}>
      {children}
    </button>
  )
}

/** A filter in use, with its value; pressing it takes it away. */
export function RemovableChip({ label, children, onRemove }: { label: string; children: ReactNode; onRemove: () => void }) {
  return (
    <button type="button" className={clsx(styles['chip'], styles['on'])} aria-label={label} title={label} onClick={onRemove}>
      {children}
      <X aria-hidden="true" />
    </button>
  )
}

export const ChipGroup = ({ label, children }: { label: string; children: ReactNode }) => (
  <div role="group" aria-label={label} className={styles['group']}>{children}</div>
)
