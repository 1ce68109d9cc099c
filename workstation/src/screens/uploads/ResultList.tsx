/** One line per object: what became of it, and why. */
import { CircleAlert, CircleCheck, CircleSlash, Copy, PackageX, TriangleAlert, type LucideIcon } from 'lucide-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ProblemError } from '@/api/problem.ts'
import type { Outcome } from '@/api/types.ts'
import { said } from '@/i18n/said.ts'
import { explain } from '@/ui/ProblemView.tsx'
import clsx from '@/ui/clsx.ts'
import type { Failure, ResultLine } from '@/uploads/queue.ts'
import styles from './UploadsPage.module.css'

const icons: Record<Outcome, LucideIcon> = {
  stored: CircleCheck, duplicate: Copy, conflict: TriangleAlert, quarantined: PackageX, refused: CircleAlert, skipped: CircleSlash,
}

function failureText(failure: Failure, t: TFunction): string {
  if (failure.reason !== 'answer') return t(`uploads.failure.${failure.reason}`)
  const { title, advice, reference } = explain(new ProblemError(failure.problem), t)
  return [`${title}.`, advice, reference && `${t('problem.reference')} ${reference}`].filter(Boolean).join(' ')
}

function Line({ result }: { result: ResultLine }) {
  const { t } = useTranslation()
  if (result.kind === 'failure') {
    return (
      <>
        <span className={clsx(styles['outcome'], styles['refused'])}><CircleAlert aria-hidden="true" />{t('uploads.outcomes.failed')}</span>
        <bdi className={styles['name']}>{result.file}</bdi>
        <span className={styles['reason']}>{failureText(result.failure, t)}</span>
      </>
    )
  }
  const { line } = result
  const Icon = icons[line.outcome]
  const reason = [line.reason, ...line.warnings].filter(Boolean).map((each) => said(each, t)).join(' · ')
  return (
    <>
      <span className={clsx(styles['outcome'], styles[line.outcome])}><Icon aria-hidden="true" />{t(`uploads.outcomes.${line.outcome}`)}</span>
      <bdi className={styles['name']} title={line.name}>{line.name}</bdi>
      <span className={styles['reason']} title={reason}>{reason}</span>
      {line.study_uid !== null && ['stored', 'duplicate', 'conflict'].includes(line.outcome) && <Link to={`/view/${line.study_uid}`}>{t('action.open')}</Link>}
      {line.outcome === 'quarantined' && <Link to="/inbox/quarantine">{t('inbox.quarantine')}</Link>}
    </>
  )
}

export function ResultList({ results }: { results: readonly ResultLine[] }) {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: results.length, getScrollElement: () => scroller.current, estimateSize: () => 28, overscan: 12,
    getItemKey: (index) => results[index]?.key ?? index,
  })
  return (
    // A list that scrolls has to be reachable by keys.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className={styles['results']} tabIndex={0} aria-label={t('uploads.results')} role="region">
      <ul style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map((item) => {
          const result = results[item.index]
          return result && (
            <li key={item.key} className={styles['result']} style={{ transform: `translateY(${item.start}px)` }}>
              <Line result={result} />
            </li>
          )
        })}
      </ul>
    </div>
  )
}
