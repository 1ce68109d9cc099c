/** What stands where a list would be: says how it gets filled. */
import type { ReactNode } from 'react'
import styles from './Empty.module.css'

export function Empty({ icon, title, children }: { icon?: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className={styles['empty']}>
      {icon}
      <h2>{title}</h2>
      {children}
    </div>
  )
}
