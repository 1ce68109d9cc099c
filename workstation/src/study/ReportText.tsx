/** A structured report's text, read from the series' metadata. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { firstText, seriesMetadata } from '@/api/dicomweb.ts'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './ReportText.module.css'
import { reportTree, type ReportNode } from './sr.ts'

const instanceUid = '00080018'

function Node({ node, depth }: { node: ReportNode; depth: number }) {
  if (node.children.length === 0) {
    return (
      <p className={styles['line']} dir="auto">
        {node.name !== '' && <span className={styles['name']}>{node.name}: </span>}
        {node.value}
      </p>
    )
  }
  return (
    <div className={depth > 0 ? styles['part'] : undefined}>
      {node.name !== '' && <p className={styles['heading']} dir="auto">{node.name}</p>}
      {node.value !== '' && <p className={styles['line']} dir="auto">{node.value}</p>}
      {node.children.map((child, index) => <Node key={index} node={child} depth={depth + 1} />)}
    </div>
  )
}

export function ReportText({ study, series }: { study: string; series: string }) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['report', study, series],
    queryFn: ({ signal }) => seriesMetadata(study, series, signal),
    staleTime: 60_000,
  })
  if (query.isPending) return <QuietBar />
  if (query.isError) return <p className={styles['name']}>{t('report.unreadable')}</p>
  return query.data.map((dataset, index) => (
    <article key={firstText(dataset, instanceUid) || index} className={styles['report']}>
      <Node node={reportTree(dataset)} depth={0} />
    </article>
  ))
}
