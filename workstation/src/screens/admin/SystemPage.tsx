/** How the system is: what runs, how much is kept, how much room is left. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { SystemState } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { ProgressBar, QuietBar } from '@/ui/QuietBar.tsx'
import styles from './Admin.module.css'
import { useSystem } from './queries.ts'

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return <div className={styles['fact']}><dt>{label}</dt><dd>{children}</dd></div>
}

function Space({ used_bytes: used, free_bytes: free }: SystemState['store']) {
  const { t } = useTranslation()
  const format = useFormat()
  if (used === null) return t('system.storeUnknown')
  if (free === null) return t('system.storeUsed', { used: format.bytes(used) })
  return (
    <>
      {t('system.storeUse', { used: format.bytes(used), free: format.bytes(free) })}
      <ProgressBar value={used + free > 0 ? used / (used + free) : 0} label={t('system.store')} />
    </>
  )
}

export function SystemPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useSystem()
  if (query.isPending) return <QuietBar />
  if (!query.data) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />
  const { version, started, database, store, counts, quarantine, conflicts, processes } = query.data
  return (
    <div className={styles['page']}>
      {query.isError && <ProblemView compact error={query.error} />}
      <dl className={styles['facts']}>
        <Fact label={t('system.version')}>{version}</Fact>
        <Fact label={t('system.started')}>{format.instant(started)}</Fact>
        <Fact label={t('system.database')}>{database}</Fact>
        <Fact label={t('system.store')}>
          <Space {...store} />
        </Fact>
        <Fact label={t('system.kept')}>
          {[t('count.patients', { count: counts.patients, shown: format.number(counts.patients) }), t('count.studies', { count: counts.studies, shown: format.number(counts.studies) }),
            t('count.series', { count: counts.series, shown: format.number(counts.series) }), t('count.images', { count: counts.instances, shown: format.number(counts.instances) })].join(' · ')}
        </Fact>
        <Fact label={t('inbox.quarantine')}><Link to="/inbox/quarantine">{format.number(quarantine)}</Link></Fact>
        <Fact label={t('inbox.conflicts')}><Link to="/inbox/conflicts">{format.number(conflicts)}</Link></Fact>
        <Fact label={t('system.api')}><a href="/api/docs">{t('system.apiDocs')}</a></Fact>
      </dl>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">{t('system.role')}</th>
            <th scope="col">{t('system.pid')}</th>
            <th scope="col">{t('system.memory')}</th>
          </tr>
        </thead>
        <tbody>
          {processes.map((process) => (
            <tr key={process.pid}><td>{process.role}</td><td>{process.pid}</td><td>{format.bytes(process.rss_bytes)}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
