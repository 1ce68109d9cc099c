/** A screen's title and its pages. */
import { NavLink } from 'react-router'
import styles from './Tabs.module.css'

export function Tabs({ title, tabs }: { title: string; tabs: readonly { to: string; label: string }[] }) {
  return (
    <header className={styles['head']}>
      <h1>{title}</h1>
      <nav className={styles['tabs']} aria-label={title}>
        {tabs.map(({ to, label }) => <NavLink key={to} to={to} className={styles['tab'] ?? ''}>{label}</NavLink>)}
      </nav>
    </header>
  )
}
