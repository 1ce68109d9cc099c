/** The button of the workstation: quiet by default, filled for the one default action of a form. */
import clsx from './clsx.ts'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import type { ReactNode, Ref } from 'react'
import styles from './Button.module.css'

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children'> {
  kind?: 'plain' | 'filled' | 'ghost' | 'danger'
  icon?: ReactNode
  className?: string | undefined
  children?: ReactNode
  ref?: Ref<HTMLButtonElement>
}

export function Button({ kind = 'plain', icon, className, children, ...props }: ButtonProps) {
  const onlyIcon = children === undefined || children === null
  return (
    <AriaButton {...props} className={clsx(styles['button'], styles[kind], onlyIcon && styles['iconOnly'], className)}>
      {icon}
      {children}
    </AriaButton>
  )
}
