/** The keys of the screen that is open, and those that work everywhere. */
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { useRegistry } from '@/keys/keys.tsx'
import { Dialog } from '@/ui/Overlay.tsx'
import styles from './Frame.module.css'

const named = ['Ctrl', 'Alt', 'Shift', 'Enter', 'Escape', 'Home', 'End', 'PageUp', 'PageDown', ' '] as const
type Named = (typeof named)[number]
const isNamed = (key: string): key is Named => (named as readonly string[]).includes(key)
const arrows: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→' }

export function Chord({ keys }: { keys: string }) {
  const { t } = useTranslation()
  const parts = keys === '+' ? ['+'] : keys.split('+')
  return (
    <span className={styles['chord']}>
      {parts.map((part) => <kbd key={part}>{isNamed(part) ? t(`keys.names.${part === ' ' ? 'Space' : part}`) : (arrows[part] ?? part)}</kbd>)}
    </span>
  )
}

export function KeysHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const groups = useRegistry().list()
  return (
    <Dialog title={t('keys.help')} open wide onClose={onClose}>
      <div className={styles['keys']}>
        {groups.map(({ title, commands }) => (
          <section key={title}>
            <h3>{title}</h3>
            <ul>
              {commands.map(({ keys, label }) => (
                <li key={label}>
                  <span>{label}</span>
                  <span className={styles['chord']}>{keys.map((each) => <Fragment key={each}><Chord keys={each} /></Fragment>)}</span>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
