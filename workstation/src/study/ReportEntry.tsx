/** One report: the version that counts, its text in place, its documents in a tab of their own. */
import { ExternalLink } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Report, ReportVersion } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import clsx from '@/ui/clsx.ts'
import styles from './ReportEntry.module.css'

const pdf = 'application/pdf'
const withdrawn = new Set(['cancelled', 'entered-in-error'])

const named = (author: string): string => author.split('^').filter(Boolean).join(' ')

/** What stands around it may say the time already. */
function Version({ version, isTimed, children }: { version: ReportVersion; isTimed: boolean; children?: ReactNode }) {
  const { t } = useTranslation()
  const format = useFormat()
  const isWithdrawn = withdrawn.has(version.status)
  return (
    <>
      <p className={styles['head']}>
        <span className={clsx(styles['status'], isWithdrawn && styles['withdrawn'])}>{t(`report.status.${version.status}`)}</span>
        <bdi className={styles['title']}>{version.title || t('report.untitled')}</bdi>
        {isTimed && <span className={styles['quiet']}>{format.instant(version.at)}</span>}
        {version.author !== '' && <bdi className={styles['quiet']}>{named(version.author)}</bdi>}
        {version.documents.map(({ media_type: type, url }) => (
          <a key={url} href={url} target="_blank" rel="noopener noreferrer">
            <ExternalLink aria-hidden="true" /> {type === pdf ? t('report.pdf') : t('report.document')}
          </a>
        ))}
        {children}
      </p>
      {version.text !== '' && (
        <details>
          <summary>{t('report.text')}</summary>
          <p className={clsx(styles['text'], isWithdrawn && styles['withdrawn'])} dir="auto">{version.text}</p>
        </details>
      )}
    </>
  )
}

/** A report: its version that counts, and the older ones behind it. */
export function ReportEntry({ report, children }: { report: Report; children?: ReactNode }) {
  const { t } = useTranslation()
  const [newest, ...older] = report.versions
  if (!newest) return null
  return (
    <div className={styles['body']}>
      <Version version={newest} isTimed={false}>{children}</Version>
      {older.length > 0 && (
        <details>
          <summary>{t('report.older', { count: older.length })}</summary>
          <ol className={styles['older']}>
            {older.map((version) => <li key={version.number}><Version version={version} isTimed /></li>)}
          </ol>
        </details>
      )}
    </div>
  )
}
