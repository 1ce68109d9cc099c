/** A menu hanging from a button. */
import { useRef, type ReactNode } from 'react'
import {
  Header, Menu as AriaMenu, MenuItem as AriaMenuItem, MenuSection as AriaMenuSection, MenuTrigger, Popover, Separator,
  type MenuItemProps, type PopoverProps,
} from 'react-aria-components'
import clsx from './clsx.ts'
import styles from './Menu.module.css'

export interface MenuProps {
  label: string
  trigger: ReactNode
  placement?: PopoverProps['placement']
  children: ReactNode
}

export function Menu({ label, trigger, placement = 'bottom end', children }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={clsx(styles['popover'])} placement={placement} offset={4}>
        <AriaMenu aria-label={label} className={clsx(styles['menu'])}>{children}</AriaMenu>
      </Popover>
    </MenuTrigger>
  )
}

export interface Point {
  x: number
  y: number
}

/** A menu at a place on the page, open until it is answered. */
export function PointMenu({ label, at, onClose, children }: { label: string; at: Point; onClose: () => void; children: ReactNode }) {
  const anchor = useRef<HTMLSpanElement>(null)
  return (
    <>
      <span ref={anchor} aria-hidden="true" className={styles['point']} style={{ left: at.x, top: at.y }} />
      <Popover className={clsx(styles['popover'])} placement="bottom start" offset={2} triggerRef={anchor} isOpen onOpenChange={(open) => { if (!open) onClose() }}>
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- a menu takes the keys */}
        <AriaMenu aria-label={label} className={clsx(styles['menu'])} autoFocus="first" onClose={onClose}>{children}</AriaMenu>
      </Popover>
    </>
  )
}

export interface ItemProps extends Omit<MenuItemProps, 'className' | 'children'> {
  icon?: ReactNode
  hint?: string
  children: string
}

export function MenuItem({ icon, hint, children, ...props }: ItemProps) {
  return (
    <AriaMenuItem {...props} textValue={children} className={clsx(styles['item'])}>
      {({ selectionMode, isSelected }) => (
        <>
          <span className={styles['icon']} aria-hidden="true">{selectionMode === 'none' ? icon : isSelected ? '✓' : ''}</span>
          <span className={styles['text']}>{children}</span>
          {hint !== undefined && <kbd>{hint}</kbd>}
        </>
      )}
    </AriaMenuItem>
  )
}

export interface ChoiceProps<Value extends string> {
  title: string
  options: readonly { value: Value; label: string }[]
  value: Value
  onChange: (value: Value) => void
}

/** A part of a menu in which one of several is chosen. */
export function MenuChoice<Value extends string>({ title, options, value, onChange }: ChoiceProps<Value>) {
  return (
    <AriaMenuSection selectionMode="single" disallowEmptySelection selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const chosen = options.find((option) => keys !== 'all' && keys.has(option.value))
        if (chosen) onChange(chosen.value)
      }}>
      <Header className={styles['header']}>{title}</Header>
      {options.map((option) => <MenuItem key={option.value} id={option.value}>{option.label}</MenuItem>)}
    </AriaMenuSection>
  )
}

export const MenuSeparator = () => <Separator className={clsx(styles['separator'])} />
