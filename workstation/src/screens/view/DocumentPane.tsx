/** What has no pictures to look at: documents and structured reports. A document that is no PDF (CDA, STL) can be saved. */
import { FileText, ScrollText } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { firstText, renderedDocument, seriesMetadata } from '@/api/dicomweb.ts'
import type { Series } from '@/api/types.ts'
import { ReportText } from '@/study/ReportText.tsx'
import clsx from '@/ui/clsx.ts'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './ViewScreen.module.css'

const tags = { instance: '00080018', title: '00420010', mediaType: '00420012' } as const

function Documents({ study, series }: { study: string; series: string }) {
  const { t } = useTranslation()
  const query = useQuery({ queryKey: ['document', study, series], queryFn: ({ signal }) => seriesMetadata(study, series, signal), staleTime: 60_000 })
  if (query.isPending) return <QuietBar />
  if (query.isError) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />
  return query.data.map((dataset) => {
    const instance = firstText(dataset, tags.instance)
    const title = firstText(dataset, tags.title) || t('series.document')
    const mediaType = firstText(dataset, tags.mediaType) || 'application/pdf'
    const address = renderedDocument(study, series, instance, mediaType)
    // A browser would show the others raw, as a page of our own origin.
    if (mediaType !== 'application/pdf') {
      return (
        <p key={instance} className={styles['nothing']}>
          {t('view.notShown', { title, mediaType })} <a href={address} download={`${title}.${mediaType.split('/')[1] ?? ''}`}>{t('view.save')}</a>
        </p>
      )
    }
    return <iframe key={instance} className={styles['document']} title={title} src={address} />
  })
}

export function DocumentPane({ study, series }: { study: string; series: readonly Series[] }) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState(series[0]?.uid)
  const current = series.find((each) => each.uid === chosen) ?? series[0]
  if (!current) return <p className={styles['nothing']}>{t('view.nothing')}</p>
  return (
    <div className={styles['pane']}>
      {series.length > 1 && (
        <nav className={styles['list']} aria-label={t('view.documents')}>
          {series.map((each) => (
            <button key={each.uid} type="button" aria-current={each.uid === current.uid} className={clsx(each.uid === current.uid && styles['current'])}
              onClick={() => setChosen(each.uid)}>
              {each.kind === 'report' ? <ScrollText aria-hidden="true" /> : <FileText aria-hidden="true" />}
              <span>{each.description || t(each.kind === 'report' ? 'series.report' : 'series.document')}</span>
            </button>
          ))}
        </nav>
      )}
      {current.kind === 'report'
        ? <div className={styles['sheet']}><ReportText study={study} series={current.uid} /></div>
        : <div className={styles['documents']}><Documents key={current.uid} study={study} series={current.uid} /></div>}
    </div>
  )
}
